"""The webhook receiver on one core, beside an endpoint that only verifies and publishes (CONN-9).

Each is a uvicorn server on the first core; Kafka and the sender have the other cores. The connector's side is its whole
HTTP app; gateway and consumer do not run beside it. The baseline is bare ASGI: it computes the signature and sends the
raw body to Kafka, without looking into it. Both answer only after Kafka's acknowledgement (acks=all).

* Rate: 64 connections send signed webhooks of one event each, and each waits for its answer. Both sides take turns.
* Latency: webhooks are sent to the connector at an even 70 % of its rate. The time counts from the moment at which a
  webhook was to be sent, so that one that has to wait for a connection is not seen as fast.

Every webhook must be answered 200 and be in Kafka.
"""

from statistics import median

import uvloop

from bench.figures import Figure
from bench.kit.sides import WorkNotDone
from bench.servers import Servers, servers
from bench.webhooks.load import Load
from bench.webhooks.sides import WebhookSide, give_core_to_receiver

TURNS = 5
WARMING = 2_000
"""Webhooks before the first turn; the first ones load metadata and code."""
TURN = 12_000
"""Webhooks of a turn."""
SECONDS = 20
"""How long the even load lasts."""
SHARE = 0.7


def run() -> list[Figure]:
    """Run the benchmark."""
    with servers("webhooks") as started:
        give_core_to_receiver(started)
        return uvloop.run(_run(started))


async def _run(started: Servers) -> list[Figure]:
    connector = await WebhookSide.start("connector", started)
    bare = await WebhookSide.start("bare", started)
    ours, theirs, ratios = [], [], []
    try:
        for side in (connector, bare):
            await side.rate(Load(WARMING))
        used = connector.cpu, bare.cpu
        for _ in range(TURNS):
            ours.append(await connector.rate(Load(TURN)))
            theirs.append(await bare.rate(Load(TURN)))
            ratios.append(ours[-1] / theirs[-1])
        cpu = connector.cpu - used[0], bare.cpu - used[1]
        rate = SHARE * median(ours)
        waited = sorted(await connector.latencies(Load(int(rate * SECONDS)), rate))
        if (stored := await connector.stored()) != connector.answered:
            raise WorkNotDone(f"Kafka has {stored} of {connector.answered} webhooks")
    finally:
        await connector.stop()
        await bare.stop()
    return [
        Figure("rate, connector", median(ours), "requests/s"),
        Figure("rate, endpoint that only verifies and publishes", median(theirs), "requests/s"),
        Figure("rate, connector to endpoint that only verifies and publishes", median(ratios), "ratio"),
        Figure("CPU per webhook, connector", 1000 * cpu[0] / (TURNS * TURN), "ms"),
        Figure("CPU per webhook, endpoint that only verifies and publishes", 1000 * cpu[1] / (TURNS * TURN), "ms"),
        Figure("even rate at which the latency is measured", rate, "requests/s"),
        Figure("latency p50, at 70 % of the rate", 1000 * median(waited), "ms"),
        Figure("latency p99, at 70 % of the rate", 1000 * waited[-(-len(waited) * 99 // 100) - 1], "ms"),
        Figure("latency, slowest, at 70 % of the rate", 1000 * waited[-1], "ms"),
    ]
