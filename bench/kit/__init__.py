"""The kit beside the bare clients: Kafka, loop, store, outbox, relay, Kafka.

Bills of three lines, half new and half changed, over 48 partitions and 100 tenants. The baseline is bare aiokafka and
bare SQL (`bench/kit/bare_side.py`) that write the same rows in record, change, outbox and position and publish the
same messages, but validate, lock, compare, trace and fence nothing. One process each, the load from another, Postgres
with fsync, one broker. A rate is that of a backlog: events, divided by the time until Kafka has the last outgoing
event. The sides take turns; values are the median of the rounds, a ratio is that of two turns next to each other.
Added latency is measured at 50 events a second, in spells that alternate too: from the event in Kafka to its outgoing
event in Kafka.
"""

import asyncio
import logging
import math
from collections.abc import Sequence
from statistics import median

import structlog
import uvloop
from aiokafka import AIOKafkaProducer

from bench.figures import Figure
from bench.kit.latency import Latency, latency
from bench.kit.load import Bills
from bench.kit.sides import Side, WorkNotDone
from bench.servers import Servers, servers

ROUNDS = 5
EVENTS = 5000
WARM_UP = 3000
LIGHT = 50
"""Events a second."""
LIGHT_EVENTS = 150
"""Of a spell."""


def run() -> list[Figure]:
    """Run the benchmark."""
    # Hides warnings about topics that do not exist yet.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with servers("kit") as started:
        return uvloop.run(_run(started))


async def _run(servers: Servers) -> list[Figure]:
    bootstrap = servers.kafka.bootstrap
    bills = Bills()
    kit, bare = await asyncio.gather(Side.start("kit", servers), Side.start("bare", servers))
    rates: dict[Side, list[float]] = {kit: [], bare: []}
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5, max_batch_size=1 << 18)
    await producer.start()
    try:
        warm_up = bills.some(WARM_UP)
        for side in rates:
            await side.rate(producer, warm_up)
        for number in range(ROUNDS):
            events = bills.some(EVENTS)
            # The sides take turns in beginning, since the first one finds the machine as the other left it.
            for side in (kit, bare) if number % 2 else (bare, kit):
                rates[side].append(await side.rate(producer, events))
    finally:
        await producer.stop()
    late: dict[Side, list[Latency]] = {kit: [], bare: []}
    for _ in range(ROUNDS):
        light = bills.some(LIGHT_EVENTS)
        for side, spells in late.items():
            spells.append(await latency(bootstrap, side, light, LIGHT))
    for side in rates:
        await side.handled()
    if await kit.rows() != await bare.rows():
        raise WorkNotDone(f"rows of the kit {await kit.rows()}, of the bare client {await bare.rows()}")
    for side in rates:
        await side.stop()
    ratios = [one / other for one, other in zip(rates[kit], rates[bare], strict=True)]
    return [
        *_spread("rate, kit", rates[kit], "events/s"),
        *_spread("rate, bare client", rates[bare], "events/s"),
        *_spread("rate, kit to bare client", ratios, "ratio"),
        *_percentiles("added latency", "kit", [spell.added for spell in late[kit]]),
        *_percentiles("added latency", "bare client", [spell.added for spell in late[bare]]),
        _added(late[kit], late[bare]),
        *_percentiles("produce to consume", "bare client", [spell.client for side in late for spell in late[side]]),
    ]


def _added(kit: Sequence[Latency], bare: Sequence[Latency]) -> Figure:
    """Computed for pairs of runs, since a busy machine slows both sides of a pair."""
    pairs = [(_percentile(one.added, 99), _percentile(other.added, 99)) for one, other in zip(kit, bare, strict=True)]
    return Figure("added latency p99, kit to bare client", median(one / other for one, other in pairs), "ratio")


def _spread(name: str, values: Sequence[float], unit: str) -> list[Figure]:
    return [
        Figure(name, median(values), unit),
        Figure(f"{name}, lowest", min(values), unit),
        Figure(f"{name}, highest", max(values), unit),
    ]


def _percentiles(what: str, whose: str, spells: Sequence[Sequence[float]]) -> list[Figure]:
    return [
        *_spread(f"{what} p50, {whose}", [_percentile(spell, 50) for spell in spells], "ms")[:1],
        *_spread(f"{what} p99, {whose}", [_percentile(spell, 99) for spell in spells], "ms"),
    ]


def _percentile(values: Sequence[float], percent: int) -> float:
    # Nearest rank: always a measured value.
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]
