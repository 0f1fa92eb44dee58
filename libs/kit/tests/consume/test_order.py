"""Events are handled once each and in order, whatever becomes of a member or a position."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tieout_kit import metrics
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka.batch import Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.postgres.database import Tx
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.topics import CONNECTION, SETTINGS, partition_of
from tieout_testing.kafka import running, wait_until

from .world import PARTITIONS, SERVICE, World, applied, trouble, troubles

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]


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
    async with running(
        Consumer(world.database, KafkaConnection(world.bootstrap), world.publisher.prefix, SERVICE, handlers).run()
    ):
        tenant_id = world.tenants[0]
        connection = Connection(tenant_id=tenant_id, state=ConnectionState.CONNECTED)
        await world.publisher.publish(CONNECTION, tenant_id, connection, 1000)
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
            await wait_until(lambda: trouble(second), lambda trouble: trouble is None)
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
                [(world.publisher.prefix + SETTINGS.name, partition, count) for partition, count in ends.items()],
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
        await wait_until(lambda: troubles(members), lambda troubles: not any(troubles))
