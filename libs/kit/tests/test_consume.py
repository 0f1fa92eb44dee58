"""The loop against a real Kafka and a real Postgres: nothing lost, nothing doubled (docs/design.md, In)."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tieout_kit import metrics
from tieout_kit.clock import utc_now
from tieout_kit.errors import RetryLater, TooManyParked
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka.batch import FetchedRecords, Handlers
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import CONNECTION, SETTINGS, partition_of
from tieout_testing.kafka import Speaker, make_topics, running, speaker, wait_until
from tieout_testing.outages import down, frozen

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]

PARTITIONS = 4
SERVICE = "bills"


class World:
    """A service that writes down what it handles."""

    def __init__(self, database: Database, bootstrap: str, say: Speaker) -> None:
        self.database = database
        self.bootstrap = bootstrap
        self.say = say
        self.tenants = [uuid4() for _ in range(8)]
        self.said: Counter[tuple[UUID, int]] = Counter()

    def loop(self, handler: Any = None, **more: Any) -> Consumer:
        handler = handler or applied
        handlers = Handlers.by_topic({SETTINGS: handler, CONNECTION: handler})
        return Consumer(more.get("database", self.database), self.bootstrap, self.say.prefix, SERVICE, handlers)

    async def talk(self, first: int, count: int) -> None:
        """So many versions of the settings of every tenant."""
        for version in range(first, first + count):
            for tenant_id in self.tenants:
                await self.say.say(SETTINGS, tenant_id, settings(tenant_id, version), version)
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


@pytest_asyncio.fixture
async def world(kafka: Any, database: str, topic_prefix: str) -> AsyncIterator[World]:
    await make_topics(kafka.bootstrap, topic_prefix, [SETTINGS, CONNECTION], PARTITIONS)
    async with opened(database) as db, speaker(kafka.bootstrap, topic_prefix, PARTITIONS) as say:
        yield World(db, kafka.bootstrap, say)


async def test_events_are_handled_once_each_and_in_order_and_the_positions_say_so(world: World) -> None:
    await world.talk(1, 20)

    async with running(world.loop().run()):
        await world.all_seen()

    async with world.database.transaction() as tx:
        rows = await tx.db.fetch("select topic, partition, next_offset from position")
    ours = [row for row in rows if row["topic"].endswith(SETTINGS.name)]
    assert len(rows) == 2 * PARTITIONS
    assert sum(row["next_offset"] for row in ours) == len(world.said)


async def test_a_second_loop_goes_on_where_one_was_cancelled_in_its_batch(world: World) -> None:
    await world.talk(1, 5)
    stuck = asyncio.Event()

    async def never_ends(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        await applied(tx, events)
        stuck.set()
        await asyncio.Event().wait()

    async with running(world.loop(never_ends).run()):
        await asyncio.wait_for(stuck.wait(), 20)
    assert await world.seen() == []

    await world.talk(6, 5)
    async with running(world.loop().run()):
        await world.all_seen()


async def test_a_topic_seen_for_the_first_time_is_read_from_its_beginning(world: World) -> None:
    await world.talk(1, 2)
    handlers = Handlers.by_topic({CONNECTION: applied})
    async with running(Consumer(world.database, world.bootstrap, world.say.prefix, SERVICE, handlers).run()):
        tenant_id = world.tenants[0]
        connection = Connection(tenant_id=tenant_id, state=ConnectionState.CONNECTED)
        await world.say.say(CONNECTION, tenant_id, connection, 1000)
        await wait_until(world.seen, lambda seen: seen == [(tenant_id, 1000)])

    world.said[tenant_id, 1000] += 1
    async with running(world.loop().run()):
        seen = await wait_until(world.seen, lambda seen: len(seen) >= len(world.said))
    assert Counter(seen) == world.said


async def test_members_that_join_and_leave_apply_each_event_once(world: World) -> None:
    async with contextlib.AsyncExitStack() as stack:
        first = await stack.enter_async_context(running(world.loop().run()))
        await world.talk(1, 5)
        second, third = world.loop(), world.loop()
        await stack.enter_async_context(running(second.run()))
        await world.talk(6, 5)
        async with running(third.run()):
            await world.talk(11, 5)
            await wait_until(lambda: _trouble(second), lambda trouble: trouble is None)
        first[0].cancel()
        await world.talk(16, 5)
        await world.all_seen()


async def test_a_position_moved_by_somebody_else_is_loaded_again(world: World) -> None:
    conflicts = metrics.CONFLICTS._value.get()
    async with running(world.loop().run()):
        await world.talk(1, 2)
        await world.all_seen()
        # Another member, so to say: it handled what comes next.
        async with world.database.transaction() as tx:
            await tx.db.fetch("select * from position order by topic, partition for update")
            await world.talk(3, 1)
            await tx.db.execute(
                "insert into applied (tenant_id, sequence) select tenant_id, 3 from unnest($1::uuid[]) as t(tenant_id)",
                world.tenants,
            )
            ends = Counter(partition_of(tenant_id, PARTITIONS) for tenant_id in world.tenants)
            await tx.db.executemany(
                "update position set next_offset = next_offset + $3 where topic = $1 and partition = $2",
                [(world.say.prefix + SETTINGS.name, partition, count) for partition, count in ends.items()],
            )
        await world.talk(4, 2)
        await world.all_seen()
    assert metrics.CONFLICTS._value.get() > conflicts


async def test_a_rebalance_while_a_batch_is_handled_applies_it_once(world: World) -> None:
    first: Consumer

    async def slow(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        await applied(tx, events)
        await first.on_partitions_revoked(set())

    first = world.loop(slow)
    async with running(first.run()):
        await world.talk(1, 3)
        await world.all_seen()


async def test_a_position_outside_the_log_stops_the_loop_and_is_said(world: World) -> None:
    await world.talk(1, 1)
    async with running(world.loop().run()):
        await world.all_seen()
    async with world.database.transaction() as tx:
        await tx.db.execute("update position set next_offset = 1000000 where topic like '%settings%'")

    stopped = world.loop()
    await asyncio.wait_for(stopped.run(), 25)

    assert stopped.unhealthy_because
    assert "stopped: out of range" in stopped.unhealthy_because
    assert SETTINGS.name in stopped.unhealthy_because
    await world.all_seen()


async def test_a_partition_without_a_position_stops_the_loop(world: World) -> None:
    await world.talk(1, 1)
    async with running(world.loop().run()):
        await world.all_seen()
    async with world.database.transaction() as tx:
        await tx.db.execute("delete from position where partition = 1 and topic like '%settings%'")

    stopped = world.loop()
    await asyncio.wait_for(stopped.run(), 25)

    assert "no stored position" in str(stopped.unhealthy_because)


async def test_a_spare_member_is_ready_too(world: World) -> None:
    members = [world.loop() for _ in range(PARTITIONS + 1)]

    async with running(*(member.run() for member in members)):
        await wait_until(lambda: _troubles(members), lambda troubles: not any(troubles))


async def test_work_resumes_after_kafka_was_away(world: World, kafka: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout_kit.kafka.consumer._SILENT_AFTER_S", 1.5)
    loop = world.loop()
    async with running(loop.run()):
        await world.talk(1, 2)
        await world.all_seen()
        async with down(kafka, killed=True):
            await wait_until(lambda: _trouble(loop), lambda trouble: trouble is not None)
        await world.talk(3, 2)
        await world.all_seen()
        assert loop.unhealthy_because is None


async def test_work_resumes_after_postgres_was_away(world: World, postgres: Any) -> None:
    loop = world.loop()
    async with running(loop.run()):
        await world.talk(1, 2)
        await world.all_seen()
        async with down(postgres):
            await world.talk(3, 2)
            await wait_until(lambda: _trouble(loop), lambda trouble: trouble is not None)
        await world.all_seen()
        await wait_until(lambda: _trouble(loop), lambda trouble: trouble is None)


async def test_a_loop_started_without_kafka_works_when_it_comes(world: World, kafka: Any) -> None:
    await world.talk(1, 1)
    loop = world.loop()
    async with contextlib.AsyncExitStack() as stack:
        async with down(kafka):
            await stack.enter_async_context(running(loop.run()))
            await wait_until(lambda: _trouble(loop), lambda trouble: trouble not in (None, "not started"))
        await world.all_seen()


async def test_a_cancelled_loop_ends_though_kafka_is_frozen(world: World, kafka: Any) -> None:
    loop = world.loop()
    await world.talk(1, 1)
    task = asyncio.create_task(loop.run())
    await world.all_seen()

    async with frozen(kafka):
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=8)

    assert done, "the loop did not end within 8 s"
    assert task.cancelled()


async def test_a_connection_cut_in_the_middle_is_nobodys_poison(world: World) -> None:
    cut = 0

    async def cuts(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        nonlocal cut
        await applied(tx, events)
        if cut < 3:
            cut += 1
            end = "terminate" if cut == 3 else "cancel"
            await tx.db.execute(f"select pg_{end}_backend(pg_backend_pid()), pg_sleep(5)")

    async with running(world.loop(cuts).run()):
        await world.talk(1, 1)
        await world.all_seen()

    async with world.database.transaction() as tx:
        assert await tx.db.fetchval("select count(*) from outbox") == 0


async def test_one_share_of_a_batch_is_handled_again_and_the_others_are_not(world: World) -> None:
    world.tenants = _one_on_each_partition()
    failed: list[int] = []

    async def fails_once(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        await applied(tx, events)
        if not failed and any(partition_of(event.tenant_id, PARTITIONS) == 1 for event in events):
            failed.append(len(events))
            # The others are through by then, or on their way.
            await asyncio.sleep(0.1)
            raise RetryLater("a race was lost")

    await world.talk(1, 10)
    async with running(world.loop(fails_once).run()):
        await world.all_seen()

    assert failed


async def test_what_needs_a_person_is_not_lost_behind_what_passes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tenants = _one_on_each_partition()
    await world.talk(1, 1)
    loop = world.loop()

    async def live(_: str, batch: FetchedRecords, *__: Any) -> None:
        raise RetryLater("Postgres is away") if any(tp.partition == 0 for tp in batch) else TooManyParked("21 are")

    monkeypatch.setattr(loop.batch_handler, "handle_fetched", live)
    async with running(loop.run()):
        await wait_until(lambda: _trouble(loop), lambda trouble: trouble == "stopped: 21 are")


def _one_on_each_partition() -> list[UUID]:
    some = {partition_of(tenant_id, PARTITIONS): tenant_id for tenant_id in (uuid4() for _ in range(500))}
    return [some[partition] for partition in range(PARTITIONS)]


async def _trouble(loop: Consumer) -> str | None:
    return loop.unhealthy_because


async def _troubles(loops: Sequence[Consumer]) -> list[str | None]:
    return [loop.unhealthy_because for loop in loops]
