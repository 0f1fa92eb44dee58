"""The simulator beside a bare Starlette application that answers the same bytes, and its seed beside unpickling.

Reads are single invoices, contacts and payments, the organisation, and polls that find nothing, from an organisation
of 100,000 documents; limits are off. Each side is one process on one core, served by the same uvicorn, the load comes
from another process over five connections; the sides take turns, values are the median of the rounds. A rate is
reads per second of CPU that the side used: what the core would do if nobody shared it; the rate by the clock is beside
it. A page is 1,000 invoices, by the clock, from request to last byte: each of ten pages for the first time, and again;
the first time by the CPU too, for the clock tells what else the machine does. The seed makes 100,000 documents in this
process; unpickling makes the same objects and decides nothing.
"""

from collections.abc import Sequence
from statistics import median

import uvloop

from bench.figures import Figure
from bench.sim.measuring import Measured, measure
from bench.sim.seeding import seeding


def run() -> list[Figure]:
    """Run the benchmark."""
    measured = uvloop.run(measure())
    seed, unpickle = seeding()
    return [
        *_rates(measured),
        *_milliseconds("page of 1,000 invoices, first read, CPU", measured.first_pages_cpu),
        *_milliseconds("page of 1,000 invoices, first read", measured.first_pages),
        *_milliseconds("page of 1,000 invoices, again", measured.pages),
        *_milliseconds("page of 1,000 invoices, again, gzip", measured.packed_pages),
        *_milliseconds("page of 1,000 invoices, bare Starlette", measured.bare_pages),
        Figure("seed of 100,000", seed, "s"),
        Figure("the same, unpickled", unpickle, "s"),
    ]


def _rates(measured: Measured) -> list[Figure]:
    of = {"simulator": measured.simulator, "simulator with gzip": measured.packed, "bare Starlette": measured.bare}
    per_cpu = {name: [spell.reads / spell.cpu for spell in spells] for name, spells in of.items()}
    by_clock = {name: [spell.reads / spell.wall for spell in spells] for name, spells in of.items()}
    ratios = [ours / bare for ours, bare in zip(per_cpu["simulator"], per_cpu["bare Starlette"], strict=True)]
    return [
        *(Figure(f"reads per second of CPU, {name}", median(rates), "reads/s") for name, rates in per_cpu.items()),
        Figure("reads per second of CPU, simulator to bare Starlette", median(ratios), "ratio"),
        *(Figure(f"reads a second by the clock, {name}", median(rates), "reads/s") for name, rates in by_clock.items()),
    ]


def _milliseconds(name: str, values: Sequence[float]) -> list[Figure]:
    return [Figure(name, median(values), "ms"), Figure(f"{name}, slowest", max(values), "ms")]
