"""Shots: kill the service at a passage of a point, restart it, and let it finish."""

import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tieout_local import databases
from tieout_testing.faults import KillPoint

from .ledger import Account, account
from .service_process import ServiceProcess
from .world import World, world

SIGKILLED = -9
_LATE = 10.0
"""Seconds after which a shot has missed: the service was never at that passage."""


@dataclass
class Range:
    """Where shots are fired: servers, and names for databases and topics of their own."""

    kafka: Any
    postgres: Any
    prefix: str
    made: int = 0

    @asynccontextmanager
    async def world(self, chance: random.Random) -> AsyncIterator[World]:
        """A fresh world, a rough one."""
        self.made += 1
        name = f"{self.prefix}{self.made}"
        await databases.create(self.postgres.dsn(), name)
        dsn = self.postgres.dsn(name)
        async with world(self.kafka.bootstrap, dsn, f"{name}.", chance, tenants=4, vendors=3, partitions=2) as made:
            made.rough = True
            yield made


async def points(here: Range, member: ServiceProcess) -> tuple[Counter[str], Counter[str]]:
    """How often each point is passed by the first run of the service, and by any later run."""
    found = []
    async with here.world(random.Random(1)) as dry:
        for _ in range(2):
            await member.start(dry.env())
            await member.ready()
            before = dry.let_go
            while dry.let_go == before:
                await dry.dose(member)
            await dry.all_done()
            await member.leave()
            found.append(Counter(member.passed()))
        await account(dry)
    return found[0], found[1]


async def shoot(
    here: Range, member: ServiceProcess, shots: Sequence[KillPoint], chance: random.Random
) -> tuple[Counter[str], Account]:
    """Fire the shots one after the other at one world, let the service finish, and count. Hits by point."""
    hits: Counter[str] = Counter()
    async with here.world(chance) as target:
        for shot in shots:
            await member.start(target.env(), shot)
            hits[shot.point] += await _dies(target, member)
        await member.start(target.env())
        await target.all_done()
        # Whoever was shot leaves nothing behind that would keep the next change from Xero.
        await target.request(member, 6)
        await target.all_done()
        await member.leave()
        return hits, await account(target)


def aimed(point: str, passed: Counter[str], chance: random.Random) -> KillPoint:
    """One of the first passages of a point."""
    return KillPoint(point, chance.randint(1, min(4, passed[point])))


async def _dies(target: World, member: ServiceProcess) -> bool:
    """Give it work until it is dead."""
    deadline = time.monotonic() + _LATE
    while time.monotonic() < deadline:
        await target.dose(member, 12)
        if (code := await member.ends(within=0.2)) is not None:
            assert code == SIGKILLED, member.log()
            return True
    await member.stop()
    return False
