"""The answer to a refresh is lost and the process restarts: the old token is good for half an hour (F16)."""

import asyncio
from datetime import timedelta

import pytest

from tieout_schemas.platform import Connection
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = [pytest.mark.real, pytest.mark.field("F16")]


async def test_a_lost_refresh_and_a_restart_cost_no_consent(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.connect_idle()
    await stage.control.advance(timedelta(minutes=31))
    await stage.control.add_fault("lost", times=1, method="POST", path="connect/token")
    await stage.deliver(contact_intent("Kea"))
    first = stage.process()
    task = asyncio.create_task(first.gateway.run())
    await stage.until("select failures from turn", 1)
    await first.die(task)
    await stage.control.advance(timedelta(minutes=29))
    stage.clock.ahead = timedelta(seconds=30)

    async with stage.working():
        await stage.results(1)

    refreshes = await stage.control.calls(identity="true", path="connect/token")
    assert [call["status"] for call in refreshes][-2:] == [200, 200]
    assert "connection_lost" not in [connection.state for connection in await stage.published(Connection)]
