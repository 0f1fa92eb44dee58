"""Measures the simulator and the baseline in turn, with equal content."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import orjson

from bench.machine import ROOT
from bench.sim.reads import LoadRun, Read, Reader
from xero_sim import Control

DOCUMENTS = 100_000
ROUNDS = 5
READS = 10_000
WARM_UP = 2_000
SOME = 200
"""The number of records of each kind that are read in turn."""
PAGES = 10
API = "/api.xro/2.0/"
GZIP = {"Accept-Encoding": "gzip"}


@dataclass(slots=True)
class Measured:
    """Measurements by round; pages in milliseconds."""

    simulator: list[LoadRun] = field(default_factory=list)
    packed: list[LoadRun] = field(default_factory=list)
    """The simulator, answering with gzip."""
    bare: list[LoadRun] = field(default_factory=list)
    first_pages: list[float] = field(default_factory=list)
    first_pages_cpu: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    packed_pages: list[float] = field(default_factory=list)
    bare_pages: list[float] = field(default_factory=list)


async def measure() -> Measured:
    """Start both sides, measure them, and stop them."""
    measured = Measured()
    with _side("simulator") as url, _side("bare") as bare_url:
        async with Control(url, timeout=120) as control:
            headers = await _connected(control)
            now = await control.now()
        ours, packed, bare = Reader(url, headers), Reader(url, {**headers, **GZIP}), Reader(bare_url, headers)
        reads = await _simple_reads(ours, now)
        await _put_the_same(ours, bare_url, reads)
        sides = [(ours, measured.simulator), (packed, measured.packed), (bare, measured.bare)]
        for reader, _ in sides:
            await reader.run_load(reads, WARM_UP)
        for _ in range(ROUNDS):
            for reader, spells in sides:
                spells.append(await reader.run_load(reads, READS))
            # The next round begins with another side, since the first one finds the machine as the last one left it.
            sides.append(sides.pop(0))
        pages = [Read(f"{API}Invoices?page={number + 1}&pageSize=1000") for number in range(PAGES)]
        for page in pages:
            before = await ours.cpu()
            measured.first_pages.append((await ours.once(page))[0])
            measured.first_pages_cpu.append(1000 * (await ours.cpu() - before))
        await _put_the_same(ours, bare_url, pages)
        for page in pages:
            measured.pages.append((await ours.once(page))[0])
            measured.packed_pages.append((await packed.once(page))[0])
            measured.bare_pages.append((await bare.once(page))[0])
    return measured


async def _connected(control: Control) -> dict[str, str]:
    tenant = await control.create_org("Kauri Ltd")
    await control.seed(tenant, DOCUMENTS)
    app = await control.register_app()
    token = await control.connect(app.client_id, [tenant])
    await control.set_limits(enabled=False)
    headers = {"Authorization": f"Bearer {token['access_token']}", "Xero-Tenant-Id": tenant}
    return headers | {"Accept": "application/json"}


async def _simple_reads(ours: Reader, now: datetime) -> list[Read]:
    singles = []
    for kind, key in (("Invoices", "InvoiceID"), ("Contacts", "ContactID"), ("Payments", "PaymentID")):
        # The latest records: measured pages begin with the oldest invoices, which must not be rendered yet.
        _, body = await ours.once(Read(f"{API}{kind}?page=1&pageSize={SOME}&order=UpdatedDateUTC%20DESC"))
        singles.append([Read(f"{API}{kind}/{row[key]}?") for row in orjson.loads(body)[kind]])
    poll = Read(f"{API}Invoices?page=1", (("If-Modified-Since", (now + timedelta(hours=1)).isoformat()),))
    others = [[Read(f"{API}Organisation?")] * SOME, [poll] * SOME]
    return [read for several in zip(*singles, *others, strict=True) for read in several]


async def _put_the_same(ours: Reader, bare_url: str, reads: list[Read]) -> None:
    async with httpx.AsyncClient(base_url=bare_url, trust_env=False) as http:
        for read in dict.fromkeys(reads):
            _, body = await ours.once(read)
            (await http.put(read.target, content=body)).raise_for_status()


@contextmanager
def _side(name: str) -> Iterator[str]:
    argv = [sys.executable, "-m", "bench.sim.side", name]
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
