"""A service that writes down what it handles."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from tieout_kit.clock import utc_now
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka.batch import Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import CONNECTION, SETTINGS, partition_of
from tieout_testing.kafka import EventPublisher, wait_until

PARTITIONS = 4
SERVICE = "bills"


class World:
    """A service that writes down what it handles."""

    def __init__(self, database: Database, bootstrap: str, publisher: EventPublisher) -> None:
        self.database = database
        self.bootstrap = bootstrap
        self.publisher = publisher
        self.tenants = [uuid4() for _ in range(8)]
        self.said: Counter[tuple[UUID, int]] = Counter()

    def loop(self, handler: Any = None, **more: Any) -> Consumer:
        handler = handler or applied
        handlers = Handlers.by_topic({SETTINGS: handler, CONNECTION: handler})
        return Consumer(
            self.database, KafkaConnection(self.bootstrap), self.publisher.prefix, SERVICE, handlers, **more
        )

    async def talk(self, first: int, count: int) -> None:
        """So many versions of the settings of every tenant."""
        for version in range(first, first + count):
            for tenant_id in self.tenants:
                await self.publisher.publish(SETTINGS, tenant_id, settings(tenant_id, version), version)
                self.said[tenant_id, version] += 1

    async def seen(self) -> list[tuple[UUID, int]]:
        """What was handled, in the order it was committed in."""
        async with self.database.transaction() as tx:
            rows = await tx.db.fetch("select tenant_id, sequence from applied order by id")
        return [(row["tenant_id"], row["sequence"]) for row in rows]

    async def all_seen(self, within: float = 25.0) -> None:
        """Each said event was handled once, each tenant's in order."""
        seen = await wait_until(self.seen, lambda seen: len(set(seen)) >= len(self.said), within)
        assert Counter(seen) == self.said
        for tenant_id in self.tenants:
            versions = [version for tenant, version in seen if tenant == tenant_id]
            assert versions == sorted(versions)


def settings(tenant_id: UUID, version: int) -> TenantSettings:
    return TenantSettings(tenant_id=tenant_id, version=version)


async def applied(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
    await tx.db.executemany(
        "insert into applied (tenant_id, sequence) values ($1, $2)", [(e.tenant_id, e.sequence) for e in events]
    )


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(url, SERVICE, utc_now)
    await database.open()
    await migrate(database, ["tieout_kit"])
    async with database.transaction() as tx:
        await tx.db.execute(
            "create table applied (id bigint generated always as identity, tenant_id uuid, sequence bigint)"
        )
    try:
        yield database
    finally:
        await database.close()


def one_on_each_partition() -> list[UUID]:
    some = {partition_of(tenant_id, PARTITIONS): tenant_id for tenant_id in (uuid4() for _ in range(500))}
    return [some[partition] for partition in range(PARTITIONS)]


async def trouble(loop: Consumer) -> str | None:
    return loop.unhealthy_because


async def troubles(loops: Sequence[Consumer]) -> list[str | None]:
    return [loop.unhealthy_because for loop in loops]
