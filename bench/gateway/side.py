"""The gateway as a process of its own, on clocks that are moved: `python -m bench.gateway.side CLOCKS`."""

import asyncio
import sys
from pathlib import Path

import httpx
import structlog

from tieout_connector.app import SERVICE, at_xero
from tieout_connector.config import ConnectorSettings
from tieout_connector.pacing import Usage
from tieout_kit.postgres import Database
from tieout_kit.telemetry import set_up
from tieout_local.ahead import Ahead


async def main(clocks: Path) -> None:
    """Until SIGINT."""
    ahead = Ahead(clocks)
    ahead.move_monotonic()
    set_up(SERVICE, None, "json")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    settings = ConnectorSettings()
    database = Database(settings.database_url, SERVICE, ahead.now, connections=20)
    await database.open()
    async with httpx.AsyncClient(trust_env=False) as client:
        gateway, _ = at_xero(settings, database, client, Usage(ahead.now), ahead.now)
        await gateway.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
