"""What a member must not do with partitions that it has just got, or no longer has (docs/design.md, In)."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete

from tieout_kit.events import ReceivedEvent
from tieout_kit.postgres.database import Tx
from tieout_schemas.topics import WRITE, Topic
from tieout_testing.kafka import running, wait_until
from tieout_testing.outages import down

from .books import in_xero
from .kind import IN_XERO, SERVICE, InXero
from .ledger import account, applied_once
from .parts import Gate, loop, opened, relay, request, somebody_waits, sweeper, trouble_of
from .service import handled_by
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def _ahead(world: World) -> None:
    """Kafka's own offsets of the group are at the end of the log: with them, everything would be skipped."""
    consumer = AIOKafkaConsumer(bootstrap_servers=world.bootstrap, group_id=f"{world.publisher.prefix}tieout-{SERVICE}")
    await consumer.start()
    try:
        consumer.assign(_partitions(world))
        await consumer.commit(await consumer.end_offsets(_partitions(world)))
    finally:
        await consumer.stop()


def _partitions(world: World, topic: Topic = IN_XERO) -> list[TopicPartition]:
    return [TopicPartition(world.publisher.prefix + topic.name, n) for n in range(world.publisher.partitions)]


async def test_records_are_read_from_the_position_in_postgres_and_never_from_kafkas_own(
    small: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when a loaded position was not sought: reading began at Kafka's own offset, and what lay before it
    was lost."""
    await small.feed(30)
    await _ahead(small)
    async with opened(small.database) as database:
        late = loop(small, database)
        seek, waited = late._seek, False

        async def slow(partitions: set[TopicPartition]) -> None:
            nonlocal waited
            if not waited:
                # Records from Kafka's own offset have time to arrive.
                waited = True
                await small.feed(10)
                await wait_until(lambda: _fetched(late._consumer), bool, 5) if late._consumer else None
            await seek(partitions)

        monkeypatch.setattr(late, "_seek", slow)
        async with running(late.run(), relay(small, database).run(), sweeper(database).run()):
            await small.all_done()
    assert waited
    await account(small)


async def _fetched(consumer: Any) -> int:
    return len(consumer._fetcher._records)


async def test_partitions_got_while_postgres_is_away_are_read_from_their_positions(small: World, postgres: Any) -> None:
    """Seen to fail when a member that could not load its positions read from Kafka's own offsets, and positions were
    not compared: what lay before them was lost."""
    await small.feed(10)
    async with (
        opened(small.database) as database,
        running(relay(small, database).run(), sweeper(database).run()),
    ):
        first, heir = loop(small, database), loop(small, database)
        task = asyncio.create_task(first.run())
        async with running(heir.run()):
            await small.all_done()
            await wait_until(lambda: trouble_of(heir), lambda trouble: trouble is None)
            async with down(postgres):
                await small.feed(10)
                every = _partitions(small)
                for member in (first, heir):
                    await _commits_the_end(member._consumer, every)
                task.cancel()
                await asyncio.wait([task])
                await wait_until(lambda: _assigned(heir._consumer), lambda assigned: assigned >= set(every))
                await wait_until(lambda: trouble_of(heir), lambda trouble: "RetryLater" in str(trouble))
            await small.all_done()
    await account(small)


async def _commits_the_end(consumer: Any, partitions: Sequence[TopicPartition]) -> None:
    """As far as Kafka knows, this member has handled everything."""
    own = [tp for tp in partitions if tp in consumer.assignment()]
    if own:
        await consumer.commit(await consumer.end_offsets(own))


async def _assigned(consumer: Any) -> set[TopicPartition]:
    return set(consumer.assignment())


async def test_what_retention_deleted_before_it_was_read_stops_the_loop_and_is_reported(small: World) -> None:
    """Seen to fail with auto_offset_reset `earliest`: the loop went on after the gap as if nothing had been lost."""
    async with opened(small.database) as database:
        async with running(loop(small, database).run(), relay(small, database).run(), sweeper(database).run()):
            await request(small, database, "asked-1")
            await small.all_done()
        async with running(relay(small, database).run()):
            await request(small, database, "asked-2")
            await small.outbox_is_empty()
        admin = AIOKafkaAdminClient(bootstrap_servers=small.bootstrap)
        await admin.start()
        await admin.delete_records({tp: RecordsToDelete(before_offset=-1) for tp in _partitions(small, WRITE)})
        await admin.close()

        stopped = loop(small, database)
        await asyncio.wait_for(stopped.run(), 25)

    assert "stopped: out of range" in str(stopped.unhealthy_because)
    assert WRITE.name in str(stopped.unhealthy_because)


async def test_a_batch_that_outlives_its_partitions_is_applied_once(
    small: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when positions were not compared before the batch: its successor applied the batch once more."""
    impatient = {"rebalance_timeout_ms": 1000, "session_timeout_ms": 1000, "heartbeat_interval_ms": 200}
    for name, value in impatient.items():
        monkeypatch.setitem(AIOKafkaConsumer.__init__.__kwdefaults__, name, value)
    gate = Gate()

    async def slow(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        await in_xero(tx, events)
        await gate.passes()

    async with opened(small.database) as database:
        first = loop(small, database, handled_by(InXero, slow))
        async with running(first.run(), relay(small, database).run(), sweeper(database).run()):
            await small.feed(30)
            await gate.reached()
            async with running(loop(small, database).run()):
                # The successor has the partition and its old position, and waits for the lock on it.
                await somebody_waits(small)
                gate.open()
                await small.feed(30)
                await small.all_done()
    await applied_once(small)
    await account(small)
