"""How many events a second go all the way: Kafka, loop, store, outbox, relay, Kafka. A figure, not a bound."""

import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from tieout_kit.clock import utc_now
from tieout_kit.events import ReceivedEvent, latest_per_record
from tieout_kit.kafka import outbox
from tieout_kit.kafka.batch import Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.kafka.relay import Relay
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.topics import CONNECTION, SETTINGS, partition_of
from tieout_testing.kafka import envelope_of, event_publisher, make_topics, running, wait_until

PARTITIONS = 4
EVENTS = 4000


async def store_and_say(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
    latest = latest_per_record(events)
    await tx.db.executemany(
        "insert into kept values ($1, $2, $3) on conflict (tenant_id) do update set doc = excluded.doc",
        [(e.tenant_id, e.sequence, e.data.model_dump_json().encode()) for e in latest],
    )
    await outbox.add(tx, [outbox.event(tx, SETTINGS, e.tenant_id, e.data, e.sequence, e.cause) for e in latest])


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_events_go_all_the_way(kafka: Any, database: str, topic_prefix: str) -> None:
    await make_topics(kafka.bootstrap, topic_prefix, [SETTINGS, CONNECTION], PARTITIONS)
    db = Database(database, "bills", utc_now)
    await db.open()
    await migrate(db, ["tieout_kit"])
    await db.run(lambda tx: tx.db.execute("create table kept (tenant_id uuid primary key, sequence bigint, doc jsonb)"))
    async with event_publisher(kafka.bootstrap, topic_prefix, PARTITIONS) as publisher:
        for _ in range(EVENTS):
            tenant_id = uuid4()
            connection = Connection(tenant_id=tenant_id, state=ConnectionState.CONNECTED, org_name="x" * 500)
            await publisher.producer.send(
                topic_prefix + CONNECTION.name,
                connection.model_dump_json().encode(),
                CONNECTION.key_of(tenant_id, connection),
                partition=partition_of(tenant_id, PARTITIONS),
                headers=envelope_of(tenant_id, connection, 1).to_headers(),
            )
        await publisher.producer.flush()

    async def left() -> tuple[int, int]:
        async with db.transaction() as tx:
            return tuple(await tx.db.fetchrow("select (select count(*) from kept), (select count(*) from outbox)"))

    loop = Consumer(
        db, KafkaConnection(kafka.bootstrap), topic_prefix, "bills", Handlers.by_topic({CONNECTION: store_and_say})
    )
    relay = Relay(db, KafkaConnection(kafka.bootstrap), topic_prefix, "bills", PARTITIONS)
    async with running(relay.run()):
        await wait_until(lambda: _trouble(relay), lambda trouble: trouble is None)
        started = time.monotonic()
        async with running(loop.run()):
            await wait_until(left, lambda seen: seen == (EVENTS, 0), 40)
            print(f"{EVENTS / (time.monotonic() - started):.0f} events a second, start of the consumer included")
    await db.close()


async def _trouble(relay: Relay) -> str | None:
    return relay.unhealthy_because
