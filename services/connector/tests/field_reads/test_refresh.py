"""The answer to a refresh is lost and the process restarts: the old token is good for half an hour (F16)."""

import asyncio
from datetime import timedelta

import pytest

from tieout_schemas.platform import Connection
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = [pytest.mark.real, pytest.mark.field("F16")]


async def test_a_lost_refresh_and_a_restart_cost_no_consent(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    await harness.control.advance(timedelta(minutes=31))
    await harness.control.add_fault("lost", times=1, method="POST", path="connect/token")
    await harness.deliver(contact_intent("Kea"))
    first = harness.process()
    task = asyncio.create_task(first.gateway.run())
    await harness.until("select failures from turn", 1)
    await first.die(task)
    await harness.control.advance(timedelta(minutes=29))
    harness.clock.ahead = timedelta(seconds=30)

    async with harness.working():
        await harness.results(1)

    refreshes = await harness.control.calls(identity="true", path="connect/token")
    assert [call["status"] for call in refreshes][-2:] == [200, 200]
    assert "connection_lost" not in [connection.state for connection in await harness.published(Connection)]
