"""The parts of the service under fire, within the test's own process: where a test steers what happens between them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID

from tieout_kit.clock import utc_now
from tieout_kit.kafka.batch import Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.kafka.relay import Relay
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_kit.records.sweeper import Sweeper
from tieout_testing.kafka import wait_until

from .kind import SERVICE
from .service import HANDLERS, PEOPLE, WIRED, change, seen
from .world import World

_WAITING = "select count(*) from pg_locks where not granted"


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    """The service's database, migrated."""
    database = Database(dsn, SERVICE, utc_now)
    await database.open()
    await migrate(database, ["tieout_kit"])
    async with database.transaction() as tx:
        # Known here, though no loop may have heard of them yet.
        await tx.db.execute(
            "insert into tenant (tenant_id) select distinct tenant_id from people on conflict do nothing"
        )
    try:
        yield database
    finally:
        await database.close()


def loop(world: World, database: Database, handlers: Handlers = HANDLERS) -> Consumer:
    return Consumer(database, KafkaConnection(world.bootstrap), world.publisher.prefix, SERVICE, handlers)


def relay(world: World, database: Database) -> Relay:
    return Relay(
        database, KafkaConnection(world.bootstrap), world.publisher.prefix, SERVICE, world.publisher.partitions
    )


def sweeper(database: Database) -> Sweeper:
    return Sweeper(database, WIRED.rechecks)


async def request(world: World, database: Database, change_id: str, person: UUID | None = None) -> None:
    """Change a person of the world's first tenant as an HTTP handler would; by default its first person."""
    tenant = world.tenants[0]
    world.requests[change_id] = "unknown"
    await database.run(
        partial(request_in, tenant=tenant, person=person or world.vendors[tenant][0], change_id=change_id)
    )
    world.requests[change_id] = "done"


async def request_in(tx: Tx, tenant: UUID, person: UUID, change_id: str) -> None:
    """The same within a transaction, based on the state that it finds."""
    await PEOPLE.lock(tx, [tenant])
    await PEOPLE.records.lock(tx, [(tenant, person)])
    await change(tx, tenant, person, change_id, await seen(tx, tenant, person))


async def somebody_waits(world: World) -> None:
    """Wait until a transaction waits for another's lock."""

    async def waiting() -> int:
        return int((await world.rows(_WAITING))[0][0])

    await wait_until(waiting, bool)


async def trouble_of(part: Consumer | Relay) -> str | None:
    return part.unhealthy_because


class Gate:
    """A handler waits at it until it is opened."""

    def __init__(self) -> None:
        self._reached, self._opened = asyncio.Event(), asyncio.Event()

    async def passes(self) -> None:
        self._reached.set()
        await self._opened.wait()

    async def reached(self) -> None:
        await asyncio.wait_for(self._reached.wait(), 25)

    def open(self) -> None:
        self._opened.set()
