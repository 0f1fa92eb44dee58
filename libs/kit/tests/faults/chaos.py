"""A storm: members join, leave, die and fall asleep every 2 seconds, the servers are killed, and events pass."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tieout_testing.kafka import wait_until

from .service_process import ServiceProcess
from .world import World

EVERY = 2.0
"""Seconds between two things that happen."""
_CHUNK = 50


@dataclass
class Storm:
    """What happens to the members of one world. `happened` counts it."""

    world: World
    members: Sequence[ServiceProcess]
    kafka: Any
    postgres: Any
    chance: random.Random
    happened: Counter[str] = field(default_factory=Counter)

    async def rages(self, events: int, seconds: float, outages: int) -> float:
        """Publish this many events in at least this many seconds, and kill each server this often. Returns the seconds
        that it took."""
        started = time.monotonic()
        for member in self.members[:3]:
            await member.start(self.world.env())
        if self.world.rough:
            # First of all: later it would wait behind a backlog until the storm is over.
            await self.members[0].ready()
            await self.world.stir(self.world.tenants[0])
        feeding = asyncio.create_task(self._feed(events, seconds))
        others = [asyncio.create_task(self._requests()), asyncio.create_task(self._strikes())]
        try:
            for _ in range(outages):
                for server, name in ((self.kafka, "kafka"), (self.postgres, "postgres")):
                    await asyncio.wait([feeding], timeout=seconds / (2 * outages + 1))
                    await asyncio.to_thread(server.kill)
                    await asyncio.to_thread(server.start)
                    self.happened[f"{name} killed"] += 1
            await feeding
        finally:
            for task in (feeding, *others):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await self._calm()
        return time.monotonic() - started

    async def _feed(self, events: int, seconds: float) -> None:
        await self.world.connect(self.world.tenants[::2])
        started = time.monotonic()
        for done in range(_CHUNK, events + 1, _CHUNK):
            await self.world.feed(_CHUNK)
            # As fast as Kafka takes them, but not faster than the storm is long.
            await asyncio.sleep(max(0.0, started + seconds * done / events - time.monotonic()))

    async def _requests(self) -> None:
        while True:
            if awake := [member for member in self.members if member.alive and not member.frozen]:
                await self.world.request(self.chance.choice(awake), 1)
            await asyncio.sleep(0.05)

    async def _strikes(self) -> None:
        """Do one thing to the members every 2 seconds, each equally often. At least two members stay awake."""
        deck: list[str] = []
        while True:
            await asyncio.sleep(EVERY)
            deck = deck or self.chance.sample(["leaves", "killed", "sleeps", "joins", "wakes", "joins"], 6)
            await self._strike(deck.pop())
            if self.world.rough:
                await self.world.stir(self.world.tenants[0])

    async def _strike(self, what: str) -> None:
        awake = [member for member in self.members if member.alive and not member.frozen]
        asleep = [member for member in self.members if member.alive and member.frozen]
        gone = [member for member in self.members if not member.alive]
        if what == "wakes" and asleep:
            asleep[0].thaw()
        elif what == "joins" or len(awake) < 2:
            if not gone:
                return
            await gone[0].start(self.world.env())
            what = "joins"
        else:
            member = self.chance.choice(awake)
            if what == "sleeps":
                member.freeze()
            else:
                member.signal(signal.SIGTERM if what == "leaves" else signal.SIGKILL)
        self.happened[what] += 1

    async def _calm(self) -> None:
        """Everybody is awake, and somebody is there."""
        for member in self.members:
            member.thaw()
        if gone := [member for member in self.members if not member.alive]:
            await gone[0].start(self.world.env())
        if self.world.rough:
            # On a busy machine the storm is over before the first events become dead letters.
            await wait_until(self._let_go, bool, within=120)

    async def _let_go(self) -> int:
        if not self.world.let_go:
            await self.world.stir(self.world.tenants[0])
            await asyncio.sleep(EVERY)
        return self.world.let_go
