"""Takes all measurements, one after the other, with one fleet of tenants."""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from bench.gateway.fleet import Fleet, contact, fleet, payment
from bench.machine import ROOT
from bench.servers import Servers, cpu_of
from tieout_testing.kafka import running, wait_until

TENANTS = 10_000
MORNING = 2_000
"""Tenants that have work."""
WRITES = 4
"""Writes of each tenant, besides one read."""
BACKLOG = 100_000
BOUND_CALLS = 240
"""Measured calls of the tenant with the backlog: as many as the limit allows in four minutes."""
PER_MINUTE = 60
AT_ONCE = 20
"""Concurrent calls of bare httpx."""
PAYMENTS = 60
WITHIN = 900.0
_OPEN = "select count(*) from intent where state <> 'done'"
_READS = "select count(*) from read_request"
_DONE = "select result is not null from intent where tenant_id = $1 and id = $2"


@dataclass
class Measured:
    """Times in seconds, latencies in milliseconds, memory in bytes."""

    tenants: int = TENANTS
    memory: int = 0
    calls: int = 0
    cpu: float = 0.0
    drained: float = 0.0
    bare_calls: int = 0
    bare_cpu: float = 0.0
    bare_wall: float = 0.0
    bound_time: float = 0.0
    limited: int = 0
    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)


async def measure(servers: Servers) -> Measured:
    """Take all measurements."""
    found = Measured()
    _log("building the fleet")
    async with fleet(servers, TENANTS) as here:
        await asyncio.sleep(2)
        idle = _memory(here.side.pid)
        _log("the morning")
        await _morning(here, found)
        _log("bare httpx")
        await _bare(here, found, servers.folder / "calls")
        # The calls of bare httpx have used the app's limit per minute too, which the gateway does not know.
        await here.advance(timedelta(seconds=62))
        _log("everybody once")
        await _everybody(here)
        found.memory = _memory(here.side.pid) - idle
        _log("neighbours alone")
        found.alone = await _neighbours(here, range(1, 1 + PAYMENTS))
        _log("the backlog")
        await _beside_a_backlog(here, found)
        calls = await here.control.calls(limit=200_000)
        found.limited = sum(call["status"] == 429 for call in calls)
    return found


async def _morning(here: Fleet, found: Measured) -> None:
    before, cpu, began = await here.control.count_calls(), cpu_of(here.side.pid), time.monotonic()
    for first in range(0, MORNING, 250):
        numbers = range(first, first + 250)
        await here.write([(n, contact()) for n in numbers for _ in range(WRITES)])
        await here.webhooks(numbers)
    await wait_until(lambda: here.sql(_OPEN), lambda left: left == 0, WITHIN)
    await wait_until(lambda: here.sql(_READS), lambda left: left == 0, WITHIN)
    found.drained = time.monotonic() - began
    found.cpu = cpu_of(here.side.pid) - cpu
    found.calls = await here.control.count_calls() - before


async def _bare(here: Fleet, found: Measured, path: Path) -> None:
    """Bare httpx makes the same calls for organisations without calls so far."""
    count = _write_calls(here, path)
    argv = ["-m", "bench.gateway.bare_side", here.control.url, str(path), str(AT_ONCE)]
    side = await asyncio.create_subprocess_exec(sys.executable, *argv, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    output, _ = await side.communicate()
    assert side.returncode == 0
    took = json.loads(output)
    found.bare_calls, found.bare_cpu, found.bare_wall = count, took["cpu"], took["wall"]


def _write_calls(here: Fleet, path: Path) -> int:
    """Write a line for each call. Returns the number of calls."""
    api = "/api.xro/2.0/Contacts"
    lines = []
    for number in range(MORNING, 2 * MORNING):
        headers = {
            "Authorization": f"Bearer {here.token}",
            "Xero-Tenant-Id": here.orgs[number],
            "Accept": "application/json",
            "Idempotency-Key": str(uuid4()),
        }
        new = [{"ContactNumber": str(uuid4()), "Name": f"V {uuid4()}"} for _ in range(WRITES)]
        write = {"method": "PUT", "path": f"{api}?summarizeErrors=false&unitdp=4", "body": {"Contacts": new}}
        read = {"method": "GET", "path": f"{api}?IDs={here.contacts[number]}&page=1&pageSize=1000", "body": None}
        lines += [json.dumps({**call, "headers": headers}) for call in (write, read)]
    path.write_text("\n".join(lines))
    return len(lines)


async def _everybody(here: Fleet) -> None:
    """Every tenant makes one call."""
    for first in range(0, TENANTS, 1000):
        await here.webhooks(range(first, min(first + 1000, TENANTS)))
        await wait_until(lambda: here.sql(_READS), lambda left: left == 0, WITHIN)


async def _neighbours(here: Fleet, numbers: range) -> list[float]:
    """Milliseconds from the arrival of a payment to its result, for one tenant after the other."""
    found = []
    for number in numbers:
        line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
        usual = {"Status": "AUTHORISED", "Date": "2026-09-14", "DueDate": "2026-10-14", "LineItems": [line]}
        owner = {"ContactID": here.contacts[number]}
        bill = await here.control.act(here.orgs[number], "create_bill", Contact=owner, **usual)
        wanted = payment(bill)
        began = time.monotonic()
        await here.write([(number, wanted)])
        await wait_until(partial(here.sql, _DONE, here.tenants[number], wanted.intent_id), bool, 60)
        found.append((time.monotonic() - began) * 1000)
    return found


async def _beside_a_backlog(here: Fleet, found: Measured) -> None:
    """Tenant 0 has a hundred thousand intents, while each neighbour pays a bill."""
    for _ in range(0, BACKLOG, 1000):
        await here.write([(0, contact()) for _ in range(1000)])
    async with running(here.keep_advancing(0)):
        found.beside = await _neighbours(here, range(1 + PAYMENTS, 1 + 2 * PAYMENTS))
        # Not measured before the limit of a minute is used up.
        enough = await _made(here) + PER_MINUTE + BOUND_CALLS
        await wait_until(lambda: _made(here), lambda made: made > enough, WITHIN)
    times = sorted(call["at"] for call in await here.control.calls(tenant=here.orgs[0], limit=10_000))
    found.bound_time = times[-1] - times[-1 - BOUND_CALLS]


async def _made(here: Fleet) -> int:
    """The number of calls of the tenant with the backlog."""
    return await here.control.count_calls(tenant=here.orgs[0])


def _memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def _log(text: str) -> None:
    print(f"  {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
