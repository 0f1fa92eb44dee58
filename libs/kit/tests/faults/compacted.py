"""A compacted topic that is compacted now, and what is left on it."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import ConsumerRecord

from tieout_testing.kafka import read_topic

AT_ONCE = {
    "cleanup.policy": "compact",
    "segment.ms": "1000",
    "min.cleanable.dirty.ratio": "0.01",
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "1000",
}
FILLER = b"filler"
"""The key of what is written only so that there is something to compact."""


async def make(bootstrap: str, topic: str, partitions: int) -> None:
    """Create the topic, and set the broker not to pause for 15 s between two rounds of cleaning."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=AT_ONCE)])
        restless = {"log.cleaner.backoff.ms": "200"}
        for broker in (await admin.describe_cluster())["brokers"]:
            of_this = ConfigResource(ConfigResourceType.BROKER, str(broker["node_id"]), configs=restless)
            await admin.alter_configs([of_this])
    finally:
        await admin.close()


async def left(bootstrap: str, topic: str, partition: int, within: float = 40.0) -> Mapping[bytes, ConsumerRecord]:
    """What compaction left of a partition, by key, one record each: what a new reader learns."""
    deadline = time.monotonic() + within
    async with _rolling(bootstrap, topic, partition):
        while True:
            found = [r for r in await read_topic(bootstrap, topic) if r.partition == partition and r.key != FILLER]
            if len(found) == len({record.key for record in found}):
                return {record.key: record for record in found}
            assert time.monotonic() < deadline, f"not compacted within {within} s: {[(r.offset, r.key) for r in found]}"
            await asyncio.sleep(0.2)


@asynccontextmanager
async def _rolling(bootstrap: str, topic: str, partition: int) -> AsyncIterator[None]:
    """Segments are rolled only when something is written; the newest is never compacted."""

    async def write() -> None:
        for _ in itertools.count():
            await producer.send_and_wait(topic, b"", FILLER, partition=partition)
            await asyncio.sleep(0.5)

    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    writing = asyncio.create_task(write())
    try:
        yield
    finally:
        writing.cancel()
        await asyncio.wait([writing])
        await producer.stop()
