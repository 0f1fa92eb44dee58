"""A service that stores what it receives: `python tiny_service.py`, run by test_service.py."""

import asyncio
from collections.abc import Sequence
from typing import Any

import uvloop

from tieout_kit.clock import utc_now
from tieout_kit.events import ReceivedEvent
from tieout_kit.http.app import make_app
from tieout_kit.http.auth import Keys
from tieout_kit.kafka import outbox
from tieout_kit.kafka.batch import Handlers
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.process.config import ServiceConfig
from tieout_kit.process.consumption import Consumption
from tieout_kit.process.service import run
from tieout_kit.records.sweeps import Rechecks
from tieout_kit.records.tenants import closed_by_plan
from tieout_schemas.topics import CONNECTION, SETTINGS

# The name of a real one, so that the migrations of a package are found.
SERVICE = "bills"


async def settings_changed(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
    """tieout.settings.v1 → published again on tieout.connection.v1."""
    await outbox.add(tx, [outbox.event(tx, CONNECTION, e.tenant_id, e.data, e.sequence, e.cause) for e in events])


async def main() -> None:
    """Run until SIGTERM."""
    settings = ServiceConfig()
    database = Database(settings.database_url, SERVICE, utc_now)
    api_database = Database(settings.api_database_url, SERVICE, utc_now)
    app = make_app("Tiny", "For a test.", Keys(settings.jwks_url, settings.jwt_issuer), closed_by_plan(api_database))

    @app.get("/now")
    async def now() -> Any:
        return await api_database.run(lambda tx: tx.db.fetchval("select now()"))

    @app.get("/never")
    async def never() -> None:
        await asyncio.Event().wait()

    working = asyncio.Event()

    async def work() -> None:
        working.set()
        try:
            await asyncio.Event().wait()
        finally:
            working.clear()

    @app.get("/works-while-answered")
    async def works_while_answered() -> bool:
        await asyncio.sleep(1)
        return working.is_set()

    handlers = Handlers.by_topic({SETTINGS: settings_changed})
    consumption = Consumption(settings, SERVICE, database, handlers, Rechecks({}, serial=False))
    await run(settings, SERVICE, database, app, consumption, [work], api_database=api_database)


uvloop.run(main())
