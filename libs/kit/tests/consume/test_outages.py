"""Kafka or Postgres goes away, or a batch fails: work resumes, and no event is handled twice."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import pytest

from tieout_kit.errors import RetryLater, TooManyParked
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka.batch import FetchedRecords
from tieout_kit.postgres.database import Tx
from tieout_schemas.topics import partition_of
from tieout_testing.kafka import running, wait_until
from tieout_testing.outages import down, frozen

from .world import PARTITIONS, World, applied, one_on_each_partition, trouble

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]


async def test_work_resumes_after_kafka_was_away(world: World, kafka: Any) -> None:
    loop = world.loop(silent_after_s=1.5)
    async with running(loop.run()):
        await world.talk(1, 2)
        await world.all_seen()
        async with down(kafka, killed=True):
            await wait_until(lambda: trouble(loop), lambda trouble: trouble is not None)
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
            await wait_until(lambda: trouble(loop), lambda trouble: trouble is not None)
        await world.all_seen()
        await wait_until(lambda: trouble(loop), lambda trouble: trouble is None)


async def test_a_loop_started_without_kafka_works_when_it_comes(world: World, kafka: Any) -> None:
    await world.talk(1, 1)
    loop = world.loop()
    async with contextlib.AsyncExitStack() as stack:
        async with down(kafka):
            await stack.enter_async_context(running(loop.run()))
            await wait_until(lambda: trouble(loop), lambda trouble: trouble not in (None, "not started"))
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
    world.tenants = one_on_each_partition()
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
    world.tenants = one_on_each_partition()
    await world.talk(1, 1)
    loop = world.loop()

    async def live(_: str, batch: FetchedRecords, *__: Any) -> None:
        raise RetryLater("Postgres is away") if any(tp.partition == 0 for tp in batch) else TooManyParked("21 are")

    monkeypatch.setattr(loop.batch_handler, "handle_fetched", live)
    async with running(loop.run()):
        await wait_until(lambda: trouble(loop), lambda trouble: trouble == "stopped: 21 are")
