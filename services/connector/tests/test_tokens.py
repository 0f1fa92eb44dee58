"""Tokens are encrypted at rest, refreshed once, and stored before they are used."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tieout_connector.xero.errors import RetryAfter
from tieout_connector.xero.identity import Tokens
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real


async def token_set(stage: ConnectorHarness) -> Any:
    return (await stage.sql("select id from token_set"))[0][0]


def counted(stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    real = stage.identity.refresh

    async def refresh(token: str, now: Any) -> Tokens:
        calls.append(token)
        await asyncio.sleep(0.05)
        return await real(token, now)

    monkeypatch.setattr(stage.identity, "refresh", refresh)
    return calls


async def test_no_token_is_readable_anywhere_in_the_database(stage: ConnectorHarness) -> None:
    await stage.connect()
    tokens = await stage.tokens.access(await token_set(stage))
    tables = [row[0] for row in await stage.sql("select tablename from pg_tables where schemaname = 'public'")]

    rows = [str([bytes(v) if isinstance(v, memoryview) else v for v in row.values()])
            for table in tables for row in await stage.sql(f"select * from {table}")]  # fmt: skip

    assert any(str(stage.tenant_id) in row for row in rows) or len(rows) > 5
    assert [row for row in rows if tokens.access in row or tokens.refresh in row] == []
    assert tokens.access not in repr(tokens)
    assert tokens.refresh not in repr(tokens)


async def test_two_refreshes_at_once_make_one_call(stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    await stage.connect()
    calls, one = counted(stage, monkeypatch), await token_set(stage)
    stage.clock.ahead = timedelta(minutes=29)

    got = await asyncio.gather(*[stage.tokens.access(one) for _ in range(5)])

    assert len(calls) == 1
    assert len({tokens.access for tokens in got}) == 1


async def test_while_xero_is_slow_to_refresh_postgres_is_there_for_all_else(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when each that waited for the token held a connection: none was left to keep the leases with."""
    await stage.connect()
    one, answers, asked = await token_set(stage), asyncio.Event(), asyncio.Event()
    real = stage.identity.refresh

    async def slowly(token: str, now: Any) -> Tokens:
        asked.set()
        await answers.wait()
        return await real(token, now)

    monkeypatch.setattr(stage.identity, "refresh", slowly)
    stage.clock.ahead = timedelta(minutes=29)
    waiting = asyncio.gather(*[stage.tokens.access(one) for _ in range(30)])
    await asyncio.wait_for(asked.wait(), 5)

    async with asyncio.timeout(3):
        # Often enough that all of those wait in earnest.
        for _ in range(30):
            assert await stage.sql("select 1") == [(1,)]
    answers.set()
    assert len({tokens.access for tokens in await waiting}) == 1


async def test_a_token_is_refreshed_before_it_ends_and_stored_before_it_is_used(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.connect_idle()
    calls = counted(stage, monkeypatch)
    before = await stage.tokens.access(await token_set(stage))
    stage.clock.ahead = timedelta(minutes=29)
    await stage.deliver(contact_intent("Kea"))
    process = stage.process()
    used: list[str] = []
    real = process.api.call

    async def look(token: str, *args: Any, **more: Any) -> Any:
        used.append(token)
        assert (await stage.tokens.access(await token_set(stage))).access == token
        return await real(token, *args, **more)

    monkeypatch.setattr(process.api, "call", look)
    async with stage.working(process):
        await stage.results(1)

    assert len(calls) == 1
    assert before.access not in used


async def test_a_token_expired_by_xeros_clock_is_refreshed_and_the_call_made_anew(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    await stage.control.advance(timedelta(minutes=31))
    await stage.deliver(contact_intent("Kea"))

    async with stage.working():
        await stage.results(1)

    assert [call["status"] for call in await stage.control.calls(path="Contacts")][-1:] == [200]
    assert len(await stage.xero("Contacts")) == 1


@pytest.mark.parametrize("secret", ["wrong"])
async def test_a_wrong_secret_of_ours_costs_no_tenant_its_connection(stage: ConnectorHarness, secret: str) -> None:
    await stage.connect()
    stage.identity._secret = secret
    stage.clock.ahead = timedelta(minutes=29)

    with pytest.raises(RetryAfter, match="invalid_client"):
        await stage.tokens.access(await token_set(stage))

    assert await stage.sql("select state from connection") == [("importing",)]
