"""Imports one tenant, and measures until nothing waits."""

import asyncio
import itertools
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from bench.import_.processes import Watched
from bench.import_.settled import ledger_of
from bench.servers import Servers
from tieout_local.demo.platform import Platform
from tieout_local.demo.steps import Demo, begin_import
from tieout_local.environment import SERVICES, XERO_CLIENT_ID
from tieout_local.stack import SIMULATOR, Stack
from xero_sim.control_client import Control

BILLS = 100_000
"""Unpaid bills, about: the seed draws them."""
UNPAID_SHARE = 0.85 * 0.85
"""Of a seed's documents so many are bills, and of these so many are drafts, submitted or approved."""
PAGE = 1_000
CALLS_A_SECOND = 1
"""60 a minute."""
WITHIN = 1_800.0
LOOK_EVERY = 1.0
"""Seconds."""
MEMORY_EVERY = 5
"""Looks. To read how much memory a process has costs CPU, in that process too."""
LIST = "Invoices"


@dataclass
class Measured:
    """Times in seconds, memory in bytes."""

    rows: Mapping[str, int] = field(default_factory=dict)
    """The rows of each list that was read."""
    imported: int = 0
    kept: int = 0
    calls: int = 0
    read: float = 0.0
    settled: float = 0.0
    cpu: Mapping[str, float] = field(default_factory=dict)
    memory: Mapping[str, int] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """The rows of the list of bills."""
        return self.rows[LIST]

    @property
    def least_calls(self) -> int:
        """One call for each page of each list; an empty list takes a call too."""
        return sum(max(1, -(-rows // PAGE)) for rows in self.rows.values())

    @property
    def least_seconds(self) -> float:
        """As long as Xero's limit needs for these calls."""
        return self.least_calls / CALLS_A_SECOND


async def measure(servers: Servers) -> Measured:
    """Start everything, and import a tenant with BILLS unpaid bills."""
    folder = servers.folder / "stack"
    shutil.rmtree(folder, ignore_errors=True)
    stack = Stack(folder, kafka=servers.kafka, postgres=servers.postgres)
    try:
        await asyncio.to_thread(stack.start)
        pids = {name: servers.children[name].pid for name in ("kafka", "postgres")}
        async with Platform(stack, uuid4()) as platform, Control(stack.simulator_url, timeout=300) as xero:
            demo = Demo(stack, platform, xero)
            demo.org_id = await xero.create_org("Kauri Ltd", country="NZ")
            return await measure_import(demo, pids, BILLS)
    finally:
        await asyncio.to_thread(stack.stop)
        shutil.rmtree(folder / SIMULATOR, ignore_errors=True)


async def measure_import(demo: Demo, servers: Mapping[str, int], bills: int) -> Measured:
    """Fill the organisation with this many unpaid bills, and import the tenant, which is not connected yet.

    `servers`: more processes to watch, by their ids.
    """
    await demo.xero.seed(demo.org_id, round(bills / UNPAID_SHARE))
    watched = Watched({**servers, **{name: demo.stack.child(name).pid for name in (SIMULATOR, *SERVICES)}})
    async with ledger_of(demo.stack, demo.platform.tenant_id) as ledger:
        found, began = Measured(), time.monotonic()
        await begin_import(demo)
        for look in itertools.count():
            await asyncio.sleep(LOOK_EVERY)
            if look % MEMORY_EVERY == 0:
                watched.look()
            now = time.monotonic() - began
            if now > WITHIN:
                raise TimeoutError(f"not settled within {WITHIN:.0f} s: {found}")
            if not found.read:
                seen = await demo.platform.get("connector", "/connection")
                found.rows = {one["listing"]: one["done"] for one in seen["resources"]}
                found.read = now if seen["state"] == "connected" else 0.0
            elif await ledger.settled(found.records):
                found.settled = now
                break
        found.cpu, found.memory = watched.cpu, watched.memory
        found.imported, found.kept = await ledger.imported(), await ledger.kept()
        found.calls = await demo.xero.count_calls(tenant=demo.org_id, app=XERO_CLIENT_ID)
        return found
