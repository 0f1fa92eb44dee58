"""How soon a change on one side is on the other: all services as processes, against the simulator (CONN-9, SYS-1).

Kafka, Postgres, the simulator and the four services run on this machine. Each tenant has one bill. Changes come at an
even pace, in turn by a person in Xero and by a person on the platform, each in another tenant; few enough that Xero's
limits are never reached. Lists are polled beside them, as always.

* From Xero: from the bill's time of change in Xero until its event is on the platform's topic. The simulator waits
  before it sends a webhook, as Xero does; that is measured by itself, and *beyond it* is the rest: from the webhook's
  arrival.
* Calls: those that webhooks asked for, for each change in Xero. The echoes of the changes on the platform ask for none.
* To Xero: from the request to the bill's time of change in Xero, so the fresh read before the write is within it.

First with 50 tenants, then with 500 and 5 changes a second. Each change must arrive.
"""

import asyncio
import logging
from statistics import median

from bench.figures import Figure
from bench.freshness.changes import Times, change
from bench.freshness.fleet import fleet
from bench.servers import Servers, servers

FEW, MANY = 50, 500
"""Tenants."""
FEW_A_SECOND, MANY_A_SECOND = 2.0, 5.0
"""Changes, in all."""
CHANGES = 400
"""In each of the two measurements, after WARMING others."""
WARMING = 50


def run() -> list[Figure]:
    """Run the benchmark."""
    # A new topic's partitions have no leader for a moment.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with servers("freshness") as started:
        return asyncio.run(measure(started))


async def measure(
    started: Servers, *, few: int = FEW, many: int = MANY, changes: int = CHANGES, warming: int = WARMING
) -> list[Figure]:
    """The figures; other sizes than the usual ones are for a trial."""
    async with fleet(started) as here:
        await here.grow(few)
        await change(here, warming, FEW_A_SECOND)
        at_few = await change(here, changes, FEW_A_SECOND)
        await here.grow(many)
        await change(here, warming, MANY_A_SECOND)
        at_many = await change(here, changes, MANY_A_SECOND)
    return [*_figures(at_few, few), *_figures(at_many, many)]


def _figures(times: Times, tenants: int) -> list[Figure]:
    calls = times.webhook_calls / len(times.from_xero)
    return [
        *(
            Figure(f"{name}, {tenants} tenants, {label}", 1000 * value, "ms")
            for name, seconds in (
                ("webhook under way in the simulator", times.delivery),
                ("from Xero, beyond it", times.beyond),
                ("from Xero, in all", times.from_xero),
                ("to Xero", times.to_xero),
            )
            for label, value in (("p50", median(seconds)), ("p99", p99(seconds)), ("slowest", max(seconds)))
        ),
        Figure(f"calls that webhooks asked for, {tenants} tenants, per change in Xero", calls, "calls"),
    ]


def p99(values: list[float]) -> float:
    """The value that 99 % do not exceed."""
    return sorted(values)[-(-len(values) * 99 // 100) - 1]
