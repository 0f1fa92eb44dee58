"""Shots: kill the gateway at a passage of a point, and let time go by until another may take over."""

import contextlib
import random
import signal
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout_testing.faults import KillPoint
from tieout_testing.kafka import wait_until

from .gateway_process import GatewayProcess
from .kinds import KINDS
from .world import EXPIRED, FORGOTTEN, GRACE, LEASE, STEP, TIDIED, World

TROUBLES = (None, "lost", "500")
HALVES = (0, 1)
"""The points in two halves, which may run beside each other."""
TRIES = 5
"""Ways to a point that are tried until one leads there."""
_LATE = 6.0
"""Seconds after which a shot has missed: the process was never at that passage."""
_ENDING = ("leases.release", "leases.remove_replica")
"""What a process does after a signal to end."""
_BY_CHANCE = ("pg_advisory_unlock_all", "ROLLBACK")
"""What the pool does with a connection that it takes back, and what only a race brings about."""


@dataclass(frozen=True)
class Way:
    """What leads past a point: an intent of a kind, and what goes wrong with its call."""

    kind: str
    trouble: str | None
    passages: int


async def ways(world: World, place: GatewayProcess, kinds: Sequence[str] = tuple(KINDS)) -> dict[str, list[Way]]:
    """Every point that a gateway passes that has all kinds of work and trouble, and what leads past it."""
    found: dict[str, list[Way]] = defaultdict(list)
    seen: Counter[str] = Counter()
    for kind in kinds:
        for trouble in TROUBLES:
            if not place.alive:
                await world.begin(place)
            await world.dose([kind], trouble)
            await world.all_done(place)
            await world.harness.control.clear_faults()
            _note(found, place.passed() - seen, kind, trouble)
            seen = place.passed()
        await world.passes(EXPIRED)
        await world.dose([kind])
        await world.all_done(place)
        await place.leave()
        await world.quiet(place)
        _note(found, place.passed() - seen, kind, None)
        seen = Counter()
    return found


def _note(found: dict[str, list[Way]], passed: Counter[str], kind: str, trouble: str | None) -> None:
    for point, count in passed.items():
        if not any(each in point for each in _BY_CHANCE):
            found[point].append(Way(kind, trouble, count))


class Aims:
    """Points, each to be hit so many times, in any order; one that is missed comes again later, up to as many times."""

    def __init__(self, found: Mapping[str, Sequence[Way]], times: int, chance: random.Random) -> None:
        self._found, self.times, self._chance = found, times, chance
        self._left = [point for point in found for _ in range(times)]
        self._missed = Counter[str]()
        self.hit = Counter[str]()
        self.tries = 0
        chance.shuffle(self._left)

    def next(self) -> tuple[str, Sequence[Way]] | None:
        """A point, and the ways to it that are to be tried."""
        if not self._left:
            return None
        self.tries += 1
        point = self._left.pop()
        led = self._found[point]
        return point, self._chance.sample(led, min(TRIES, len(led)))

    def missed(self, point: str) -> None:
        """No way led there."""
        self._missed[point] += 1
        if self._missed[point] <= self.times:
            self._left.insert(self._chance.randint(0, len(self._left)), point)

    @property
    def done(self) -> bool:
        """Is none left?"""
        return not self._left

    @property
    def few(self) -> dict[str, int]:
        """Those that were hit too few times."""
        return {point: self.hit[point] for point in self._found if self.hit[point] < self.times}


def half_of(found: dict[str, list[Way]], half: int) -> dict[str, list[Way]]:
    """A half of the points, by their names: the same ones in every process."""
    return {point: led for point, led in found.items() if zlib.crc32(point.encode()) % len(HALVES) == half}


async def shoot(
    world: World, place: GatewayProcess, point: str, way: Way, sign: signal.Signals = signal.SIGKILL
) -> bool:
    """Kill or stop the gateway there, giving it work until it comes there; False: it never did. It is gone or stopped
    in any case, and its calls have all reached Xero or never will.
    """
    if "token" in point:
        await world.finish(place)
        await world.passes(EXPIRED)
    if "restore_detection." in point and "is_known" not in point:
        await world.harness.sql("delete from home")
    await world.begin(place, KillPoint(point, world.chance.randint(1, min(2, way.passages)), sign))
    deadline = time.monotonic() + _LATE
    trouble, doses = way.trouble or world.some_trouble(), 0
    while not (hit := await _hit(place, sign, 0.0)) and time.monotonic() < deadline:
        # Not each time: or no answer would ever come.
        now = trouble if doses % 6 == 0 else None
        # Alone, for the trouble is to meet it; else with others, so that several calls are made at once.
        others = [] if now and now == way.trouble else world.chance.sample(list(KINDS), world.chance.randint(0, 3))
        await world.dose([way.kind, *others], now)
        doses += 1
        if any(each in point for each in _ENDING):
            await world.all_done(place)
            place.signal(signal.SIGTERM)
        # Now and then long enough for it to come to rest.
        if hit := await _hit(place, sign, 0.15 if doses % 4 else 0.6):
            break
        await world.passes(TIDIED if "intents.delete_old" in point else STEP)
    if hit and sign is signal.SIGKILL:
        await place.killed()
    elif not hit:
        await place.kill()
    await world.quiet(place)
    return hit


async def later(world: World, place: GatewayProcess) -> None:
    """The lease has run out, and perhaps Xero has forgotten the key."""
    await world.passes(world.chance.choice((LEASE, LEASE, FORGOTTEN)))
    if world.since_calm > GRACE:
        # It may have been killed while it refreshed the token.
        await world.finish(place)


async def _hit(place: GatewayProcess, sign: signal.Signals, within: float) -> bool:
    async def hit() -> bool:
        return place.stopped() if sign is signal.SIGSTOP else not place.alive

    with contextlib.suppress(AssertionError):
        return await wait_until(hit, bool, within)
    return False
