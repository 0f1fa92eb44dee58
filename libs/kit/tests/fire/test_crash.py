"""Kill -9 at every statement: between fetch and commit, commit and publish, publish and delete (design, In and Out)."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tieout_local import databases

from .accounts import Account, account
from .members import Member, members
from .world import World, world

pytestmark = pytest.mark.real

SIGKILLED = -9


@dataclass(frozen=True)
class Shot:
    """Kill the process at its n-th passage of a point."""

    point: str
    passage: int


@dataclass
class Range:
    """Where shots are fired: servers, and names for databases and topics of their own."""

    kafka: Any
    postgres: Any
    prefix: str
    made: int = 0

    async def world(self, chance: random.Random) -> Any:
        """A fresh world."""
        self.made += 1
        name = f"{self.prefix}{self.made}"
        await databases.create(self.postgres.dsn(), name)
        return world(
            self.kafka.bootstrap, self.postgres.dsn(name), f"{name}.", chance, tenants=4, vendors=3, partitions=2
        )


async def points(here: Range, member: Member) -> tuple[Counter[str], Counter[str]]:
    """What a first run of the service passes, and what any later run passes: how often each."""
    async with await here.world(random.Random(1)) as dry:
        found = []
        for _ in range(2):
            await member.start(dry.env())
            await _living(member)
            await dry.dose(member)
            await dry.all_done()
            assert await member.stop() == 0, member.says()
            found.append(Counter(member.passed()))
        await account(dry)
    return found[0], found[1]


async def fire(here: Range, member: Member, shots: Sequence[Shot], chance: random.Random) -> tuple[Counter[str], Account]:
    """Fire the shots one after the other at one world, then let the service finish and count."""
    killed: Counter[str] = Counter()
    async with await here.world(chance) as target:
        for shot in shots:
            await member.start(target.env(), shot.point, shot.passage)
            if await _dies(target, member):
                killed[shot.point] += 1
        await member.start(target.env())
        await target.all_done()
        assert await member.stop() == 0, member.says()
        return killed, await account(target)


async def _dies(target: World, member: Member) -> bool:
    """Give it work until it is dead; False: it never came to the point."""
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        await target.dose(member, 12)
        if (code := await member.ends(within=0.3)) is not None:
            assert code == SIGKILLED, member.says()
            return True
    await member.stop()
    return False


async def _living(member: Member) -> None:
    deadline = time.monotonic() + 10
    while not member.socket.exists():
        assert time.monotonic() < deadline and member.alive, member.says()
        await asyncio.sleep(0.02)


def aimed(point: str, passed: Counter[str], chance: random.Random) -> Shot:
    """One of the first passages of a point."""
    return Shot(point, chance.randint(1, min(5, passed[point])))


@pytest.mark.timeout(120)
async def test_a_process_killed_at_any_statement_loses_nothing_and_doubles_nothing(
    kafka: Any, postgres: Any, topic_prefix: str
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    here = Range(kafka, postgres, topic_prefix)
    async with members(3) as places:
        first, later = await points(here, places[0])
        print(f"seed {seed}; {len(first | later)} points, {len(later)} of them after the first start")
        shots = [aimed(point, later, chance) for point in chance.sample(sorted(later), 18)]
        lanes = [
            fire(here, member, shots[n::len(places)], random.Random(seed + n)) for n, member in enumerate(places)
        ]
        for killed, found in await asyncio.gather(*lanes):
            print(dict(killed), found)
