"""Measures the latency from an event to the event that follows from it, at a light load."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from bench.kit.load import ARRIVING, LEAVING, PARTITIONS, EncodedEvent
from bench.kit.sides import Side

_LAST = 10.0
"""Seconds for what is still on its way when the last event was sent."""
Id = Callable[[ConsumerRecord], str]


@dataclass(frozen=True, slots=True)
class Latency:
    """Latencies in milliseconds, by event."""

    client: Sequence[float]
    """From the producer's `send` to a consumer, without a service in between."""
    added: Sequence[float]
    """From the arrival of the event at a consumer to the arrival of the event that follows from it."""


@dataclass(slots=True)
class _Seen:
    at: dict[str, float] = field(default_factory=dict)


async def latency(bootstrap: str, side: Side, events: Sequence[EncodedEvent], a_second: float) -> Latency:
    """Send events at an even pace, and note when they and the events that follow from them arrive."""
    sent: dict[str, float] = {}
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        async with (
            _watching(bootstrap, side.prefix + ARRIVING.name, _own_id) as arrived,
            _watching(bootstrap, side.prefix + LEAVING.name, _cause_id) as left,
        ):
            begun = time.perf_counter()
            for number, event in enumerate(events):
                await asyncio.sleep(begun + number / a_second - time.perf_counter())
                sent[event.id] = time.perf_counter()
                await event.send(producer, side.prefix)
            await _all_seen((arrived, left), sent)
    finally:
        await producer.stop()
    side.count(len(events))
    return Latency(
        [1000 * (arrived.at[one] - sent[one]) for one in sent],
        [1000 * (left.at[one] - arrived.at[one]) for one in sent],
    )


@asynccontextmanager
async def _watching(bootstrap: str, topic: str, id_of: Id) -> AsyncIterator[_Seen]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    consumer.assign(partitions)
    await consumer.seek_to_end(*partitions)
    seen = _Seen()

    async def watch() -> None:
        async for record in consumer:
            seen.at.setdefault(id_of(record), time.perf_counter())

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()
        await consumer.stop()


async def _all_seen(watched: Sequence[_Seen], sent: Collection[str]) -> None:
    deadline = time.monotonic() + _LAST
    # Other events may be published meanwhile; they are ignored.
    while missing := [number for seen in watched if (number := len(set(sent) - seen.at.keys()))]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"of {len(sent)} events {missing} did not arrive or leave")
        await asyncio.sleep(0.05)


def _own_id(record: ConsumerRecord) -> str:
    return str(dict(record.headers)["ce_id"].decode())


def _cause_id(record: ConsumerRecord) -> str:
    return str(dict(record.headers)["ce_causationid"].decode())
