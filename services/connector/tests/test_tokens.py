"""Tokens are encrypted at rest, refreshed once, and stored before they are used."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tieout_connector.xero.errors import RetryAfter
from tieout_connector.xero.identity import Tokens
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real


async def token_set(harness: ConnectorHarness) -> Any:
    return (await harness.sql("select id from token_set"))[0][0]


def counted(harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    real = harness.identity.refresh

    async def refresh(token: str, now: Any) -> Tokens:
        calls.append(token)
        await asyncio.sleep(0.05)
        return await real(token, now)

    monkeypatch.setattr(harness.identity, "refresh", refresh)
    return calls


async def test_no_token_is_readable_anywhere_in_the_database(harness: ConnectorHarness) -> None:
    await harness.connect()
    tokens = await harness.tokens.access(await token_set(harness))
    tables = [row[0] for row in await harness.sql("select tablename from pg_tables where schemaname = 'public'")]

    rows = [str([bytes(v) if isinstance(v, memoryview) else v for v in row.values()])
            for table in tables for row in await harness.sql(f"select * from {table}")]  # fmt: skip

    assert any(str(harness.tenant_id) in row for row in rows) or len(rows) > 5
    assert [row for row in rows if tokens.access in row or tokens.refresh in row] == []
    assert tokens.access not in repr(tokens)
    assert tokens.refresh not in repr(tokens)


async def test_two_refreshes_at_once_make_one_call(harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    await harness.connect()
    calls, one = counted(harness, monkeypatch), await token_set(harness)
    harness.clock.ahead = timedelta(minutes=29)

    got = await asyncio.gather(*[harness.tokens.access(one) for _ in range(5)])

    assert len(calls) == 1
    assert len({tokens.access for tokens in got}) == 1


async def test_while_xero_is_slow_to_refresh_postgres_is_there_for_all_else(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when each that waited for the token held a connection: none was left to keep the leases with."""
    await harness.connect()
    one, answers, asked = await token_set(harness), asyncio.Event(), asyncio.Event()
    real = harness.identity.refresh

    async def slowly(token: str, now: Any) -> Tokens:
        asked.set()
        await answers.wait()
        return await real(token, now)

    monkeypatch.setattr(harness.identity, "refresh", slowly)
    harness.clock.ahead = timedelta(minutes=29)
    waiting = asyncio.gather(*[harness.tokens.access(one) for _ in range(30)])
    await asyncio.wait_for(asked.wait(), 5)

    async with asyncio.timeout(3):
        # Often enough that all of those wait in earnest.
        for _ in range(30):
            assert await harness.sql("select 1") == [(1,)]
    answers.set()
    assert len({tokens.access for tokens in await waiting}) == 1


async def test_a_token_is_refreshed_before_it_ends_and_stored_before_it_is_used(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    calls = counted(harness, monkeypatch)
    before = await harness.tokens.access(await token_set(harness))
    harness.clock.ahead = timedelta(minutes=29)
    await harness.deliver(contact_intent("Kea"))
    process = harness.process()
    used: list[str] = []
    real = process.api.call

    async def look(token: str, *args: Any, **more: Any) -> Any:
        used.append(token)
        assert (await harness.tokens.access(await token_set(harness))).access == token
        return await real(token, *args, **more)

    monkeypatch.setattr(process.api, "call", look)
    async with harness.working(process):
        await harness.results(1)

    assert len(calls) == 1
    assert before.access not in used


async def test_a_token_expired_by_xeros_clock_is_refreshed_and_the_call_made_anew(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.control.advance(timedelta(minutes=31))
    await harness.deliver(contact_intent("Kea"))

    async with harness.working():
        await harness.results(1)

    assert [call["status"] for call in await harness.control.calls(path="Contacts")][-1:] == [200]
    assert len(await harness.xero("Contacts")) == 1


@pytest.mark.parametrize("secret", ["wrong"])
async def test_a_wrong_secret_of_ours_costs_no_tenant_its_connection(harness: ConnectorHarness, secret: str) -> None:
    await harness.connect()
    harness.identity._secret = secret
    harness.clock.ahead = timedelta(minutes=29)

    with pytest.raises(RetryAfter, match="invalid_client"):
        await harness.tokens.access(await token_set(harness))

    assert await harness.sql("select state from connection") == [("importing",)]
