"""Ten thousand held records are released by one setting, and other tenants' events pass as before (SYS-2, MAP-4).

One process with loop, sweeper, outbox and relay. Ten thousand bills of one tenant are held by a setting that is off.
Bills of other tenants come in at 50 a second; the time from the event in Kafka to its outgoing event in Kafka is
measured while nothing else happens, and again while the setting is turned on and the ten thousand leave. The ratio of
the two is what a neighbour notices.

Then eight hundred records wait for as many vendors, each released by its own event, beside eight hundred that wait for
one vendor: many small causes must go about as fast as one large one.
"""

import logging
import time
from statistics import median
from uuid import UUID

import structlog
import uvloop
from aiokafka import AIOKafkaProducer

from bench.figures import Figure
from bench.kit.latency import latency
from bench.kit.load import HELD as HELD_TOPIC
from bench.kit.load import Bills, held_bills, vendor_of
from bench.kit.sides import Side
from bench.release.causes import rates
from bench.release.holder import Holder
from bench.servers import Servers, servers
from tieout_schemas.topics import CONTACTS_TOPIC, PROBLEM, SETTINGS, WRITE

HELD = 10_000
TENANT = UUID("7d8c2f2e-0000-4000-8000-000000000099")
LIGHT = 50
"""Events a second of the neighbours."""
SPELL = 150
"""Events of a spell."""
SPELLS = 5


def run() -> list[Figure]:
    """Run the benchmark."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with servers("release") as started:
        return uvloop.run(_run(started))


async def _run(servers: Servers) -> list[Figure]:
    bootstrap, bills = servers.kafka.bootstrap, Bills()
    topics = (HELD_TOPIC, SETTINGS, CONTACTS_TOPIC, PROBLEM, WRITE)
    side = await Side.start("release", servers, "bench.release.release_side", topics)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, linger_ms=5, max_batch_size=1 << 18)
    await producer.start()
    holder = await Holder.connect(TENANT, side, producer, servers.postgres.dsn("release"))
    alone: list[float] = []
    meanwhile: list[float] = []
    try:
        await holder.choose(outbound_payments=False)
        await side.handled()
        await side.send(producer, held_bills(TENANT, [vendor_of(TENANT).id] * HELD))
        await side.handled()
        for _ in range(SPELLS):
            alone += (await latency(bootstrap, side, bills.some(SPELL), LIGHT)).added
        await holder.choose(outbound_payments=True)
        began = time.monotonic()
        while await holder.held():
            meanwhile += (await latency(bootstrap, side, bills.some(SPELL), LIGHT)).added
        took = time.monotonic() - began
        await side.handled()
        left = await holder.left()
        many, one = await rates(side, producer, holder)
    finally:
        await producer.stop()
        await holder.close()
        await side.stop()
    return [
        Figure("released", left, "records"),
        Figure("released within", took, "s"),
        Figure("rate, one cause", median(one), "records/s"),
        Figure("rate, many causes", median(many), "records/s"),
        Figure("rate, many causes to one cause", median(a / b for a, b in zip(many, one, strict=True)), "ratio"),
        Figure("neighbour p50, alone", median(alone), "ms"),
        Figure("neighbour p50, meanwhile", median(meanwhile), "ms"),
        Figure("neighbour p99, alone", _p99(alone), "ms"),
        Figure("neighbour p99, meanwhile", _p99(meanwhile), "ms"),
        Figure("neighbour p50, meanwhile to alone", median(meanwhile) / median(alone), "ratio"),
        Figure("neighbour p99, meanwhile to alone", _p99(meanwhile) / _p99(alone), "ratio"),
    ]


def _p99(values: list[float]) -> float:
    return sorted(values)[-(-len(values) * 99 // 100) - 1]
