"""Xero forgets a refresh token after 60 days without use: a connected tenant never gets there, and others are told."""

from datetime import timedelta

import pytest

from tieout_connector.connecting import connections
from tieout_schemas.platform import Connection
from tieout_schemas.roles import Feature
from tieout_schemas.writes import Outcome
from tieout_testing.access_sweep import ANA
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-6")]
STATE = "select state from connection"


async def passes(harness: ConnectorHarness, days: int) -> None:
    """For us and for Xero."""
    harness.clock.ahead += timedelta(days=days)
    await harness.control.advance(timedelta(days=days))


async def test_the_polls_of_a_tenant_that_does_nothing_keep_its_token(harness: ConnectorHarness) -> None:
    await harness.connect()
    for _ in range(2):
        async with harness.working():
            await harness.until(STATE, "connected")
            fresh = f"select bool_and(expires_at > '{harness.clock()}') from token_set"
            await harness.until(fresh, wanted=True)
        await passes(harness, 59)
    await harness.deliver(contact_intent("Kea"))

    async with harness.working():
        (written,) = await harness.results(1)

    assert written.outcome is Outcome.DONE
    assert "connection_lost" not in [said.state for said in await harness.published(Connection)]


async def test_after_60_days_without_us_the_connection_is_lost_and_says_why_and_the_way_back_works(
    harness: ConnectorHarness,
) -> None:
    """We were away so long: while we run, polls refresh it."""
    await harness.connect()
    async with harness.working():
        await harness.until(STATE, "connected")
    await passes(harness, 61)
    await harness.deliver(contact_intent("Kea"))

    async with harness.working():
        await harness.until(STATE, "connection_lost")
        assert (await harness.published(Connection))[-1].lost_because == "the consent ended (invalid_grant)"
        await harness.database.run(lambda tx: connections.put_plan(tx, ANA, harness.tenant_id, [Feature.AUDIT]))
        assert (await harness.published(Connection))[-1].lost_because == "the consent ended (invalid_grant)"
        await harness.connect(harness.org_id, harness.tenant_id)
        (written,) = await harness.results(1)

    assert written.outcome is Outcome.DONE
    assert (await harness.published(Connection))[-1].lost_because == ""
