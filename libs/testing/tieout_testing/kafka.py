"""Helpers of tests against real servers: publish an event, read a topic, wait for a condition."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.structs import ConsumerRecord

from tieout_schemas.envelope import Envelope
from tieout_schemas.payload import Payload
from tieout_schemas.topics import Topic, partition_of

T = TypeVar("T")


async def wait_until(look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool], within: float = 25.0) -> T:
    """Look until the result is as wanted. After `within` seconds, fail with what was seen last."""
    deadline = time.monotonic() + within
    while not wanted(seen := await look()):
        assert time.monotonic() < deadline, f"not within {within} s; last seen: {seen!r}"
        await asyncio.sleep(0.02)
    return seen


@asynccontextmanager
async def running(*work: Coroutine[Any, Any, Any]) -> AsyncIterator[list[asyncio.Task[Any]]]:
    """Run these inside the block, and cancel them at its end. An error of one of them is raised there."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def make_topics(bootstrap: str, prefix: str, topics: Iterable[Topic], partitions: int) -> None:
    """Create only these topics: creating all of them takes longer."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        made = [NewTopic(prefix + t.name, partitions, 1, topic_configs=t.retention.value) for t in topics]
        answer = await admin.create_topics(made)
        assert not any(code for _, code, *_ in answer.topic_errors), answer
    finally:
        await admin.close()


class EventPublisher:
    """Publishes events as a service does."""

    def __init__(self, producer: AIOKafkaProducer, prefix: str, partitions: int) -> None:
        self.producer = producer
        self.prefix = prefix
        self.partitions = partitions

    async def publish(self, topic: Topic, tenant_id: UUID, payload: Payload, sequence: int, **more: Any) -> Envelope:
        """Publish an event; returns when Kafka has acknowledged it."""
        envelope = envelope_of(tenant_id, payload, sequence, **more)
        value = payload.model_dump_json().encode()
        await self.publish_raw(topic, tenant_id, value, envelope.to_headers(), topic.key_of(tenant_id, payload))
        return envelope

    async def publish_raw(
        self,
        topic: Topic,
        tenant_id: UUID,
        value: bytes | None,
        headers: Iterable[tuple[str, bytes | None]],
        key: bytes | None = None,
    ) -> None:
        """Publish any bytes on the partition of this tenant's events."""
        partition = partition_of(tenant_id, self.partitions)
        await self.producer.send_and_wait(
            self.prefix + topic.name, value, key, partition=partition, headers=list(headers)
        )


def envelope_of(tenant_id: UUID, payload: Payload, sequence: int, **more: Any) -> Envelope:
    """An envelope as a service writes it."""
    return Envelope(
        id=str(uuid4()),
        source="tieout/test",
        type=payload.ce_type,
        time=datetime.now(UTC),
        tenantid=tenant_id,
        subject=payload.key_id,
        sequence=sequence,
        **more,
    )


@asynccontextmanager
async def event_publisher(bootstrap: str, prefix: str, partitions: int) -> AsyncIterator[EventPublisher]:
    """An EventPublisher for the topics of a prefix."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=2, max_request_size=2 << 20)
    await producer.start()
    try:
        yield EventPublisher(producer, prefix, partitions)
    finally:
        await producer.stop()


async def read_topic(bootstrap: str, topic: str) -> list[ConsumerRecord]:
    """All records of a topic, partition by partition, those of uncommitted transactions included."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        await consumer._client.force_metadata_update()
        await consumer._client.add_topic(topic)
        tps = [TopicPartition(topic, p) for p in sorted(consumer.partitions_for_topic(topic) or ())]
        consumer.assign(tps)
        ends = await consumer.end_offsets(tps)
        await consumer.seek_to_beginning(*tps)
        records: list[ConsumerRecord] = []
        # Compare positions, since a transaction marker is an offset without a record.
        while any([await consumer.position(tp) < ends[tp] for tp in tps]):
            batch = await consumer.getmany(*tps, timeout_ms=100)
            records += [record for found in batch.values() for record in found]
        return sorted(records, key=lambda record: (record.partition, record.offset))
    finally:
        await consumer.stop()
