"""The relay against a real Kafka and a real Postgres: all of the outbox, in order (docs/design.md, Out)."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer
from aiokafka.structs import ConsumerRecord
from prometheus_client import REGISTRY

from tieout_kit.clock import utc_now
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.relay import TIMING, Relay, RelayTiming
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_schemas.events import decode
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import CONNECTION, SETTINGS, partition_of
from tieout_testing.kafka import make_topics, read_topic, running, wait_until
from tieout_testing.outages import down, frozen

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

PARTITIONS = 4


class World:
    """An outbox, and the topic that its rows go to."""

    def __init__(self, database: Database, bootstrap: str, prefix: str) -> None:
        self.database = database
        self.bootstrap = bootstrap
        self.prefix = prefix
        self.tenants = [uuid4() for _ in range(6)]

    def relay(self, timing: RelayTiming = TIMING) -> Relay:
        return Relay(self.database, KafkaConnection(self.bootstrap), self.prefix, "bills", PARTITIONS, timing)

    async def write(self, versions: Iterable[int]) -> None:
        """One transaction for each version, which publishes it for every tenant."""
        for version in versions:
            async with self.database.transaction() as tx:
                await outbox.add(tx, [message(tx, tenant_id, version) for tenant_id in self.tenants])

    async def rows(self) -> int:
        async with self.database.transaction() as tx:
            return int(await tx.db.fetchval("select count(*) from outbox"))

    async def relayed(self) -> None:
        await wait_until(self.rows, lambda rows: rows == 0)

    async def read_topic(self) -> list[ConsumerRecord]:
        return await read_topic(self.bootstrap, self.prefix + SETTINGS.name)

    async def versions(self) -> dict[UUID, list[int]]:
        """What a reader takes from the topic: for each tenant the versions in order, without those that it knows
        already."""
        told: dict[UUID, list[int]] = {tenant_id: [] for tenant_id in self.tenants}
        for record in await self.read_topic():
            event = decode(SETTINGS, record.headers, record.value)
            known = told[event.envelope.owner]
            if event.envelope.sequence > (known[-1] if known else 0):
                known.append(event.envelope.sequence)
        return told

    async def told_in_order(self, last: int) -> None:
        expected = list(range(1, last + 1))
        assert await self.versions() == dict.fromkeys(self.tenants, expected)


def message(tx: Tx, tenant_id: UUID, version: int) -> outbox.Message:
    payload = TenantSettings(tenant_id=tenant_id, version=version)
    cause = Cause("cause", "first cause", "00-" + "1" * 32 + "-" + "2" * 16 + "-01")
    return outbox.event(tx, SETTINGS, tenant_id, payload, version, cause)


@pytest_asyncio.fixture
async def world(kafka: Any, database: str, topic_prefix: str) -> AsyncIterator[World]:
    await make_topics(kafka.bootstrap, topic_prefix, [SETTINGS], PARTITIONS)
    db = Database(database, "bills", utc_now)
    await db.open()
    await migrate(db, ["tieout_kit"])
    yield World(db, kafka.bootstrap, topic_prefix)
    await db.close()


async def test_rows_arrive_in_order_on_their_tenants_partition_with_their_headers_and_are_deleted(
    world: World,
) -> None:
    await world.write(range(1, 6))
    async with running(world.relay().run()):
        await world.write(range(6, 11))
        await world.relayed()

    await world.told_in_order(10)
    records = await world.read_topic()
    assert len(records) == 60
    for record in records:
        event = decode(SETTINGS, record.headers, record.value)
        assert record.partition == partition_of(event.envelope.owner, PARTITIONS)
        assert record.key == SETTINGS.key_of(event.envelope.owner, event.data)
        assert (event.envelope.causationid, event.envelope.correlationid) == ("cause", "first cause")
        assert event.envelope.source == "tieout/bills"
        assert event.envelope.traceparent


async def test_what_is_rolled_back_is_never_said(world: World) -> None:
    async def fails(tx: Tx) -> None:
        await outbox.add(tx, [message(tx, world.tenants[0], 99)])
        raise LookupError

    async with running(world.relay().run()):
        with pytest.raises(LookupError):
            await world.database.run(fails)
        await world.write([1])
        await world.relayed()

    await world.told_in_order(1)


async def test_a_second_relay_takes_over_when_the_first_loses_its_connection(world: World) -> None:
    first, second = world.relay(), world.relay()
    async with running(first.run(), second.run()):
        writing = asyncio.create_task(world.write(range(1, 201)))
        for _ in range(3):
            await wait_until(world.read_topic, bool)
            async with world.database.transaction() as tx:
                await wait_until(lambda: _leaders(tx), bool)
                await tx.db.execute(
                    "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted"
                    " and database = (select oid from pg_database where datname = current_database())"
                )
        await writing
        await world.relayed()

    await world.told_in_order(200)


async def test_a_relay_that_dies_between_kafka_and_the_delete_repeats_and_never_reorders(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = AIOKafkaProducer.commit_transaction
    dying = 2

    async def commits_and_dies(producer: AIOKafkaProducer) -> None:
        nonlocal dying
        await commit(producer)
        if dying:
            dying -= 1
            raise ConnectionError("died")

    monkeypatch.setattr(AIOKafkaProducer, "commit_transaction", commits_and_dies)
    await world.write(range(1, 4))
    async with running(world.relay().run()):
        await world.relayed()

    assert len(await world.read_topic()) == 3 * 3 * len(world.tenants)
    await world.told_in_order(3)


async def test_a_producer_that_fails_while_it_is_stopped_does_not_end_the_relay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiokafka's sender does so when Kafka goes away while a batch is on its way."""
    stop, send, interrupted = AIOKafkaProducer.stop, Relay._send, False

    async def interrupted_once(relay: Relay, producer: AIOKafkaProducer, rows: list[Any]) -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            raise ConnectionError("away")
        await send(relay, producer, rows)

    async def loses_a_batch(producer: AIOKafkaProducer) -> None:
        await stop(producer)
        raise KeyError("a batch")

    monkeypatch.setattr(Relay, "_send", interrupted_once)
    monkeypatch.setattr(AIOKafkaProducer, "stop", loses_a_batch)
    await world.write([1])
    async with running(world.relay().run()):
        await world.relayed()

    await world.told_in_order(1)


async def test_a_superseded_relay_cannot_publish_an_old_state_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep, wake = asyncio.Event(), asyncio.Event()
    fenced = REGISTRY.get_sample_value("tieout_relay_fenced_total") or 0
    send = Relay._send

    async def sleeps_once(relay: Relay, producer: AIOKafkaProducer, rows: list[Any]) -> None:
        if relay is first and not asleep.is_set():
            asleep.set()
            await wake.wait()
        await send(relay, producer, rows)

    monkeypatch.setattr(Relay, "_send", sleeps_once)
    await world.write([1])
    first, second = world.relay(), world.relay()
    async with running(first.run()):
        await asyncio.wait_for(asleep.wait(), 20)
        async with world.database.transaction() as tx:
            await tx.db.execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'")
        async with running(second.run()):
            await world.write([2])
            await world.relayed()
            wake.set()
            await wait_until(lambda: _trouble(first), lambda trouble: trouble is not None)

    committed = [decode(SETTINGS, r.headers, r.value).envelope for r in await world.read_topic()]
    last = {envelope.owner: envelope.sequence for envelope in committed}
    assert last == dict.fromkeys(world.tenants, 2)
    assert REGISTRY.get_sample_value("tieout_relay_fenced_total") == fenced + 1


async def test_relaying_resumes_after_kafka_was_away(world: World, kafka: Any) -> None:
    relay = world.relay(RelayTiming(transaction_s=3))
    async with running(relay.run()):
        await world.write([1])
        await world.relayed()
        async with down(kafka, killed=True):
            await world.write([2])
            await wait_until(lambda: _trouble(relay), lambda trouble: trouble is not None)
        await world.write([3])
        await world.relayed()

    await world.told_in_order(3)


async def test_relaying_resumes_after_postgres_was_away(world: World, postgres: Any) -> None:
    relay = world.relay()
    async with running(relay.run()):
        await world.write([1])
        await world.relayed()
        async with down(postgres):
            await wait_until(lambda: _trouble(relay), lambda trouble: trouble is not None)
        await world.write([2])
        await world.relayed()

    await world.told_in_order(2)


async def test_a_cancelled_relay_ends_though_kafka_is_frozen_and_leaves_nothing_running(
    world: World, kafka: Any
) -> None:
    before = asyncio.all_tasks()
    task = asyncio.create_task(world.relay().run())
    await world.write([1])
    await world.relayed()

    async with frozen(kafka):
        await world.write([2])
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=8)
        assert done, "the relay did not end within 8 s"
        await wait_until(lambda: _others(before), lambda tasks: not tasks, 5)


async def test_many_large_rows_at_once_fit(world: World) -> None:
    async with world.database.transaction() as tx:
        largest = [outbox.Message(SETTINGS.name, world.tenants[0], b"key", [], b"x" * outbox.MAX_BYTES)]
        medium = [outbox.Message(SETTINGS.name, world.tenants[0], b"key", [], b"y" * 100_000) for _ in range(30)]
        await outbox.add(tx, largest + medium + largest)

    async with running(world.relay().run()):
        await world.relayed()

    assert [len(r.value) for r in await world.read_topic()] == [900_000] + [100_000] * 30 + [900_000]


async def test_an_event_that_kafka_would_not_take_is_refused_at_once(world: World) -> None:
    async with world.database.transaction() as tx:
        tenant_id = world.tenants[0]
        payload = Connection(tenant_id=tenant_id, state=ConnectionState.CONNECTED, org_name="x" * outbox.MAX_BYTES)
        with pytest.raises(outbox.TooLarge, match=f"connection {tenant_id} takes"):
            outbox.event(tx, CONNECTION, tenant_id, payload, 1, Cause.request())


async def test_a_row_is_rung_for_and_not_waited_for(world: World) -> None:
    relay = world.relay(RelayTiming(poll_s=3600.0))
    async with running(relay.run()):
        await wait_until(lambda: _trouble(relay), lambda trouble: trouble is None)
        took = []
        for version in range(1, 21):
            await world.write([version])
            started = time.monotonic()
            await world.relayed()
            took.append(time.monotonic() - started)

    print(f"from commit to Kafka and out of the outbox: median {sorted(took)[10] * 1000:.0f} ms")
    await world.told_in_order(20)


async def _trouble(relay: Relay) -> str | None:
    return relay.unhealthy_because


async def _leaders(tx: Tx) -> int:
    return int(await tx.db.fetchval("select count(*) from pg_locks where locktype = 'advisory' and granted"))


async def _others(before: Iterable[asyncio.Task[Any]]) -> list[str]:
    return [repr(task) for task in asyncio.all_tasks() - set(before)]
