"""A side of the comparison: its process, its topics, its database, and the results of the events sent to it."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import ConsumerRecord

from bench.kit.load import ARRIVING, LEAVING, PARTITIONS, TENANTS, EncodedEvent, vendor_of
from bench.servers import Servers
from tieout_kit.clock import utc_now
from tieout_kit.postgres import Database
from tieout_kit.postgres.migrate import migrate
from tieout_local.processes import Child
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import Topic

_WITHIN = 60.0
"""Seconds for a backlog."""
_TENANTS = """
insert into tenant (tenant_id, connection, settings)
select * from unnest($1::uuid[], $2::text[]::jsonb[], $3::text[]::jsonb[])"""
_VENDORS = """
insert into copy (tenant_id, kind, id, sequence, xero_id, doc)
select tenant_id, 'vendor', id, 1, xero_id, doc::jsonb
from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as new(tenant_id, id, xero_id, doc)"""
_STATE = """
select coalesce((select sum(next_offset) from position), 0) as handled, exists (select from outbox) as waiting"""
_ROWS = """
select (select count(*) from record where seen is not null and state <> '{}') as records,
    (select count(*) from change) as changes, (select count(*) from refers) as refers"""


class WorkNotDone(AssertionError):
    """A side did not do the work for which it is measured."""


class Side:
    """One side; the other has its own topics and database on the same servers."""

    def __init__(self, name: str, prefix: str, child: Child, bootstrap: str, db: Any) -> None:
        self.name = name
        self.prefix = prefix
        self.child = child
        self._bootstrap = bootstrap
        self._db = db
        self._sent = 0
        self._seen = {TopicPartition(prefix + LEAVING.name, number): 0 for number in range(PARTITIONS)}

    @classmethod
    async def start(cls, name: str, servers: Servers, module: str | None = None, more: Iterable[Topic] = ()) -> "Side":
        """Make its topics and tables and start its process, `bench.kit.<name>_side` if no other module is named."""
        prefix, bootstrap = f"{name}.", servers.kafka.bootstrap
        dsn = await asyncio.to_thread(servers.postgres.create_database, name)
        await make_topics(bootstrap, [prefix + topic.name for topic in (ARRIVING, LEAVING, *more)])
        await _make_tables(dsn)
        child = servers.start(module or f"bench.kit.{name}_side", bootstrap, prefix, dsn)
        return cls(name, prefix, child, bootstrap, await asyncpg.connect(dsn))

    async def rate(self, producer: AIOKafkaProducer, events: Sequence[EncodedEvent]) -> float:
        """Events a second, for a backlog in Kafka, until the last resulting event is in Kafka."""
        # The process is frozen while its backlog is written; otherwise it would already work on it.
        self.child.freeze()
        await self.send(producer, events)
        started = time.time()
        self.child.thaw()
        await self.handled()
        left = await self.left()
        if len(left) != len(events):
            raise WorkNotDone(f"{self.name} published {len(left)} messages for {len(events)} events")
        ended: float = max(record.timestamp for record in left) / 1000
        return len(events) / (ended - started)

    async def send(self, producer: AIOKafkaProducer, events: Sequence[EncodedEvent]) -> None:
        """Send all events; returns when Kafka has them."""
        for event in events:
            await event.send(producer, self.prefix)
        await producer.flush()
        self.count(len(events))

    def count(self, events: int) -> None:
        """Count events that were sent."""
        self._sent += events

    async def handled(self) -> None:
        """Wait until everything sent is stored and published, with few queries."""
        deadline = time.monotonic() + _WITHIN
        while True:
            state = await self._db.fetchrow(_STATE)
            if state["handled"] == self._sent and not state["waiting"]:
                return
            if not self.child.running:
                raise self.child.death()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} handled {state['handled']} of {self._sent} events in {_WITHIN} s")
            await asyncio.sleep(0.1)

    async def left(self) -> list[ConsumerRecord]:
        """The events published since the last call, with the times at which Kafka appended them."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, fetch_max_wait_ms=10)
        await consumer.start()
        try:
            consumer.assign(list(self._seen))
            ends = await consumer.end_offsets(list(self._seen))
            for tp, offset in self._seen.items():
                consumer.seek(tp, offset)
            records: list[ConsumerRecord] = []
            # By position, since a transaction marker is an offset without a record.
            while any([await consumer.position(tp) < ends[tp] for tp in ends]):
                batch = await consumer.getmany(timeout_ms=20)
                records += [record for found in batch.values() for record in found]
            self._seen = ends
            return records
        finally:
            await consumer.stop()

    async def rows(self) -> tuple[int, ...]:
        """The numbers of stored records, changes and references."""
        return tuple(await self._db.fetchrow(_ROWS))

    async def stop(self) -> None:
        """Stop its process."""
        await self._db.close()
        await asyncio.to_thread(self.child.stop)


async def make_topics(bootstrap: str, names: Sequence[str]) -> None:
    """Make topics with the usual number of partitions; returns when they are ready."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        # The broker's clock stamps incoming and outgoing records.
        stamped = {"message.timestamp.type": "LogAppendTime"}
        await admin.create_topics([NewTopic(name, PARTITIONS, 1, topic_configs=stamped) for name in names])
        # A created topic is not ready yet: a partition gets its leader a moment later.
        deadline = time.monotonic() + _WITHIN
        while not all(map(_ready, await admin.describe_topics(list(names)))):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the topics {names} are not ready")
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


def _ready(topic: dict[str, Any]) -> bool:
    partitions = topic["partitions"]
    return len(partitions) == PARTITIONS and all(one["leader"] >= 0 and not one["error_code"] for one in partitions)


async def _make_tables(dsn: str) -> None:
    database = Database(dsn, "bench", utc_now)
    await migrate(database, ["tieout_kit"])
    db: Any = await asyncpg.connect(dsn)
    await make_known(db, TENANTS)
    await db.close()


async def make_known(db: Any, tenants: Sequence[UUID]) -> None:
    """Store these tenants as connected, with one vendor each."""
    vendors = [vendor_of(one) for one in tenants]
    ids, xero_ids = [one.id for one in vendors], [one.sync.xero_id for one in vendors]
    await db.execute(_VENDORS, tenants, ids, xero_ids, [one.model_dump_json() for one in vendors])
    connections = [Connection(tenant_id=one, state=ConnectionState.CONNECTED) for one in tenants]
    settings = [TenantSettings(tenant_id=one, version=1) for one in tenants]
    await db.execute(
        _TENANTS, tenants, [one.model_dump_json() for one in connections], [one.model_dump_json() for one in settings]
    )
