"""The parts of the service under fire, within the test's own process: where a test steers what happens between them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tieout_kit.cause import Cause
from tieout_kit.clock import utc_now
from tieout_kit.consume import Loop
from tieout_kit.migrate import migrate
from tieout_kit.postgres import Database, Tx
from tieout_kit.relay import Relay
from tieout_kit.sweeper import Sweeper
from tieout_kit.testing import wait_until

from .service import HANDLERS, RETRIES, apply
from .troubles import SERVICE
from .world import World

_WAITING = "select count(*) from pg_locks where not granted"


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    """The service's database, migrated."""
    database = Database(dsn, SERVICE, utc_now)
    await database.open()
    await migrate(database, ["tieout_kit"])
    try:
        yield database
    finally:
        await database.close()


def loop(world: World, database: Database, handlers: Mapping[Any, Any] = HANDLERS) -> Loop:
    return Loop(database, world.bootstrap, world.say.prefix, SERVICE, handlers)


def relay(world: World, database: Database) -> Relay:
    return Relay(database, world.bootstrap, world.say.prefix, SERVICE, world.say.partitions)


def sweeper(database: Database) -> Sweeper:
    return Sweeper(database, RETRIES)


async def request(world: World, database: Database, change_id: str) -> None:
    """Change the world's first vendor, as an HTTP handler would."""
    tenant = world.tenants[0]
    key = (tenant, world.vendors[tenant][0])
    world.asked[change_id] = "unknown"

    async def change(tx: Tx) -> None:
        await apply(tx, [(key, change_id, Cause.request())])

    await database.run(change)
    world.asked[change_id] = "done"


async def somebody_waits(world: World) -> None:
    """Until a transaction waits for another's lock."""

    async def waiting() -> int:
        return int((await world.rows(_WAITING))[0][0])

    await wait_until(waiting, bool)


async def trouble_of(part: Loop | Relay) -> str | None:
    return part.trouble


class Gate:
    """A handler comes to it and waits there, once, until it is opened."""

    def __init__(self) -> None:
        self._reached, self._opened = asyncio.Event(), asyncio.Event()

    async def passes(self) -> None:
        self._reached.set()
        await self._opened.wait()

    async def reached(self) -> None:
        await asyncio.wait_for(self._reached.wait(), 25)

    def open(self) -> None:
        self._opened.set()
