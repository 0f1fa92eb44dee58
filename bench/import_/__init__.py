"""The first import of a tenant with a hundred thousand unpaid bills, to its end (SYS-4), on this machine.

The simulator keeps Xero's limits. It, Kafka, Postgres and the four services are processes of their own, with the
settings of production; the clock starts when the tenant confirms its organisation.

* Read: until the connection says that the import has ended.
* Settled: until every row that was read is a bill on the platform or has a reason to stay in Xero, the other services
  have their copies, no outbox, sweep, read or write waits, and no service has a record of Kafka before it.
* The least possible: each list that was read, with the rows that it has, in pages of 1,000; and a second for each of
  these calls, since Xero allows 60 a minute.
* CPU and memory are those of each process with all its children, from start to settled. Memory is the largest sum of
  their proportional shares (PSS), seen every five seconds. A record is a row of the list of bills.
"""

import asyncio
from collections.abc import Iterator

from bench.figures import Figure
from bench.import_.measuring import Measured, measure
from bench.servers import servers


def run() -> list[Figure]:
    """Run the benchmark."""
    with servers("import") as started:
        return list(figures(asyncio.run(measure(started))))


def figures(found: Measured) -> Iterator[Figure]:
    """What was measured, as figures."""
    rows = found.records
    yield Figure("unpaid bills in Xero", rows, "records")
    yield Figure("bills on the platform", found.imported, "records")
    yield Figure("bills that stay in Xero, with a reason", found.kept, "records")
    yield Figure("calls", found.calls, "calls")
    yield Figure("calls, least possible", found.least_calls, "calls")
    yield Figure("calls, to the least possible", found.calls / found.least_calls, "ratio")
    yield Figure("read within", found.read, "s")
    yield Figure("settled within", found.settled, "s")
    yield Figure("settled within, least possible", found.least_seconds, "s")
    yield Figure("settled within, to the least possible", found.settled / found.least_seconds, "ratio")
    for name, cpu in found.cpu.items():
        yield Figure(f"CPU, {name}", cpu, "s")
    yield Figure("CPU, all", sum(found.cpu.values()), "s")
    for name, cpu in found.cpu.items():
        yield Figure(f"CPU per record, {name}", 1000 * cpu / rows, "ms")
    yield Figure("CPU per record, all", 1000 * sum(found.cpu.values()) / rows, "ms")
    for name, memory in found.memory.items():
        yield Figure(f"memory at most, {name}", memory / 2**20, "MiB")
