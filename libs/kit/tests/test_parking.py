"""A tenant in trouble waits in order, its neighbours go on, too many stop everything (docs/design.md, Trouble)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tieout_kit.clock import utc_now
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka import parking
from tieout_kit.kafka.batch import Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.kafka.parking import LIMITS, Limits
from tieout_kit.kafka.relay import Relay
from tieout_kit.kafka.unparking import drain
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_kit.process.every import every
from tieout_local.servers import KafkaServer
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import SETTINGS, dead_letter_topic, replay_topic
from tieout_testing.kafka import EventPublisher, event_publisher, make_topics, running, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

SERVICE, PARTITIONS = "bills", 2
SOON = Limits(burst=3, most_parked=2)
"""Three letters are a burst here, and two parked tenants are too many."""


@dataclass
class World:
    """A service whose handler cannot handle the versions of `broken`, one partition for everybody."""

    database: Database
    bootstrap: str
    publisher: EventPublisher
    broken: set[int] = field(default_factory=set)

    def loop(self, limits: Limits = LIMITS) -> Consumer:
        replay, prefix = replay_topic(SERVICE), self.publisher.prefix
        handlers = Handlers.by_topic({SETTINGS: self.handle})
        return Consumer(
            self.database, KafkaConnection(self.bootstrap), prefix, SERVICE, handlers, replay=replay, limits=limits
        )

    def relay(self) -> Relay:
        return Relay(self.database, KafkaConnection(self.bootstrap), self.publisher.prefix, SERVICE, PARTITIONS)

    async def handle(self, tx: Tx, events: Sequence[ReceivedEvent[TenantSettings]]) -> None:
        for event in events:
            if event.data.version in self.broken:
                raise ValueError(f"version {event.data.version} cannot be handled")
            await tx.db.execute("insert into applied values ($1, $2)", event.tenant_id, event.data.version)

    async def tell(self, tenant_id: UUID, *versions: int) -> None:
        for version in versions:
            await self.publisher.publish(
                SETTINGS, tenant_id, TenantSettings(tenant_id=tenant_id, version=version), version
            )

    async def applied(self, tenant_id: UUID) -> list[int]:
        async with self.database.transaction() as tx:
            rows = await tx.db.fetch("select version from applied where tenant_id = $1 order by ctid", tenant_id)
        return [row["version"] for row in rows]

    async def parked(self) -> dict[UUID, int]:
        async with self.database.transaction() as tx:
            return {row["tenant_id"]: row["waiting"] for row in await parking.listed(tx)}

    async def park(self, tenant_id: UUID) -> None:
        """The tenant's first three versions cannot be handled, which is a burst for a loop with the limits `SOON`."""
        self.broken = {1, 2, 3}
        await self.tell(tenant_id, 1, 2, 3)
        await wait_until(self.parked, lambda seen: tenant_id in seen)

    async def release(self, tenant_id: UUID) -> None:
        async with self.database.transaction() as tx:
            await parking.release(tx, tenant_id)


@pytest_asyncio.fixture
async def world(database: str, kafka: KafkaServer, topic_prefix: str) -> AsyncIterator[World]:
    topics = (SETTINGS, dead_letter_topic(SERVICE), replay_topic(SERVICE))
    await make_topics(kafka.bootstrap, topic_prefix, topics, PARTITIONS)
    db = Database(database, SERVICE, utc_now)
    await db.open()
    await migrate(db, ["tieout_kit"])
    async with db.transaction() as tx:
        await tx.db.execute("create table applied (tenant_id uuid, version int)")
    async with event_publisher(kafka.bootstrap, topic_prefix, PARTITIONS) as publisher:
        yield World(db, kafka.bootstrap, publisher)
    await db.close()


async def test_a_parked_tenant_waits_in_order_while_its_neighbours_go_on(world: World) -> None:
    troubled, neighbour = uuid4(), uuid4()
    async with running(world.loop(SOON).run()):
        await world.park(troubled)
        await world.tell(troubled, 4, 5, 6)
        await world.tell(neighbour, 7, 8)
        await wait_until(lambda: world.applied(neighbour), lambda seen: seen == [7, 8])
        await wait_until(world.parked, lambda seen: seen == {troubled: 3})
        assert await world.applied(troubled) == []


async def test_a_tenant_that_is_let_go_is_handled_in_order_and_then_live(world: World) -> None:
    troubled = uuid4()
    loop = world.loop(SOON)
    async with running(loop.run()):
        await world.park(troubled)
        await world.tell(troubled, *range(4, 30))
        await wait_until(world.parked, lambda seen: seen == {troubled: 26})

        await world.release(troubled)
        async with running(every(timedelta(milliseconds=10), lambda: drain(loop.batch_handler))):
            await world.tell(troubled, *range(30, 60))
            await wait_until(world.parked, lambda seen: seen == {})
        await world.tell(troubled, 60)
        await wait_until(lambda: world.applied(troubled), lambda seen: len(seen) == 57)
        assert await world.applied(troubled) == list(range(4, 61))


async def test_what_cannot_be_handled_while_draining_becomes_a_dead_letter_and_the_rest_goes_on(world: World) -> None:
    troubled = uuid4()
    loop = world.loop(SOON)
    async with running(loop.run()):
        await world.park(troubled)
        await world.tell(troubled, 4, 5, 6)
        await wait_until(world.parked, lambda seen: seen == {troubled: 3})
    async with world.database.transaction() as tx:
        await parking.return_dead_letters(tx, troubled, replay_topic(SERVICE))
    world.broken = {5}

    await world.release(troubled)
    await drain(loop.batch_handler)

    assert await world.applied(troubled) == [4, 6]
    assert await world.parked() == {}


async def test_too_many_parked_tenants_stop_consuming_until_they_are_let_go(world: World) -> None:
    first, second, neighbour = uuid4(), uuid4(), uuid4()
    world.broken = {1, 2, 3}
    loop = world.loop(SOON)
    async with running(loop.run()):
        await world.tell(first, 1, 2, 3)
        await world.tell(second, 1, 2, 3)

        async def trouble() -> str | None:
            return loop.unhealthy_because

        await wait_until(trouble, lambda seen: seen is not None and "2 tenants are parked" in seen)
        await world.tell(neighbour, 7)
        await world.release(first)
        await wait_until(lambda: world.applied(neighbour), lambda seen: seen == [7])


async def test_a_restarted_service_with_too_many_parked_tenants_does_not_begin(world: World) -> None:
    async with world.database.transaction() as tx:
        await tx.db.execute("insert into parked_tenant (tenant_id, at, reason) values ($1, now(), 'broken')", uuid4())
    loop = world.loop(Limits(most_parked=1))
    async with running(loop.run()):

        async def trouble() -> str | None:
            return loop.unhealthy_because

        await wait_until(trouble, lambda seen: seen is not None and seen.startswith("stopped: 1 tenants"))


async def test_mended_letters_come_back_by_the_replay_topic_once(world: World) -> None:
    troubled = uuid4()
    world.broken = {2}
    async with running(world.loop().run(), world.relay().run()):
        await world.tell(troubled, 1, 2, 3)
        await wait_until(lambda: world.applied(troubled), lambda seen: seen == [1, 3])

        async def letters() -> list[dict[str, Any]]:
            async with world.database.transaction() as tx:
                return await parking.dead_letters_of(tx, troubled, 10)

        (letter,) = await wait_until(letters, bool)
        assert "version 2 cannot be handled" in letter["reason"]

        world.broken = set()
        async with world.database.transaction() as tx:
            assert await parking.return_dead_letters(tx, troubled, replay_topic(SERVICE)) == 1
            assert await parking.return_dead_letters(tx, troubled, replay_topic(SERVICE)) == 0
        await wait_until(lambda: world.applied(troubled), lambda seen: seen == [1, 3, 2])
