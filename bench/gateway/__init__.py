"""The gateway with ten thousand connected tenants in one process, against the simulator with Xero's limits.

* Memory: the growth of the process after each of the ten thousand tenants has made a call and is idle again.
* CPU: per call, in a morning on which two thousand tenants have four new contacts and one webhook read each. The
  baseline is bare httpx, which makes the same calls for other organisations.
* Drain: the time until the work of this morning is done, compared with bare httpx at the same concurrency.
* The limit: a tenant with a hundred thousand intents makes its calls while clocks are moved forward. The figure is the
  share of the calls allowed by Xero's limit that are made.
* Neighbour: the time from the arrival of one payment of another tenant to its stored result, alone and beside the
  hundred thousand intents.
"""

import asyncio
from statistics import median

from bench.figures import Figure
from bench.gateway.measuring import AT_ONCE, BOUND_CALLS, PER_MINUTE, Measured, measure
from bench.servers import servers


def run() -> list[Figure]:
    """Run the benchmark."""
    with servers("gateway") as started:
        return _figures(asyncio.run(measure(started)))


def _figures(found: Measured) -> list[Figure]:
    alone, beside = found.alone, found.beside
    return [
        Figure("connected tenants", found.tenants, "tenants"),
        Figure("memory per idle tenant", found.memory / found.tenants / 1024, "KiB"),
        Figure("calls in the morning", found.calls, "calls"),
        Figure("CPU per call, gateway", found.cpu / found.calls * 1000, "ms"),
        Figure("CPU per call, bare httpx", found.bare_cpu / found.bare_calls * 1000, "ms"),
        Figure("CPU per call, to bare httpx", found.cpu / found.calls / (found.bare_cpu / found.bare_calls), "ratio"),
        Figure("morning drained within", found.drained, "s"),
        Figure(f"morning drained, to bare httpx with {AT_ONCE} at once", found.drained / found.bare_wall, "ratio"),
        Figure("calls made at the limit", BOUND_CALLS, "calls"),
        Figure("share of the limit's calls that were made", BOUND_CALLS / PER_MINUTE * 60 / found.bound_time, "ratio"),
        Figure("calls that broke a limit", found.limited, "calls"),
        Figure("neighbour p50, alone", median(alone), "ms"),
        Figure("neighbour p50, beside 100,000 intents", median(beside), "ms"),
        Figure("neighbour p50, beside to alone", median(beside) / median(alone), "ratio"),
        Figure("neighbour slowest, alone", max(alone), "ms"),
        Figure("neighbour slowest, beside 100,000 intents", max(beside), "ms"),
    ]
