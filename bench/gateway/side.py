"""The gateway as a process, on clocks that the benchmark moves: `python -m bench.gateway.side CLOCKS`."""

import asyncio
import sys
from pathlib import Path

import httpx
import structlog

from tieout_connector.app import SERVICE, xero_side
from tieout_connector.config import ConnectorSettings
from tieout_connector.pacing import Usage
from tieout_kit.postgres import Database
from tieout_kit.telemetry import set_up
from tieout_testing.shared_clock import SharedClock


async def main(clocks: Path) -> None:
    """Run until SIGINT."""
    clock = SharedClock(clocks)
    clock.move_monotonic()
    set_up(SERVICE, None, "json")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    settings = ConnectorSettings()
    database = Database(settings.database_url, SERVICE, clock.now, connections=20)
    await database.open()
    async with httpx.AsyncClient(trust_env=False) as client:
        gateway, _ = xero_side(settings, database, client, Usage(clock.now), clock.now)
        await gateway.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
