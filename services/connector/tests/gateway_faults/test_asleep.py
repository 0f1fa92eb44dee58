"""The old owner was only asleep: stopped at any step, it wakes when another has taken over (SYS-1)."""

import signal
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from tieout_testing import bench_results

from .gateway_process import GatewayProcess
from .kills import HALVES, Aims, Way, half_of, shoot, ways
from .kinds import KINDS
from .odd import Answers, Mix
from .world import LEASE, Account, World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]

SAMPLE = 6
SLEEPS_EACH: dict[Answers, int] = {"usual": 3, "odd": 2}
ACCOUNTED_EVERY = 20
"""Sleeps; then everything is let through."""


@pytest.mark.timeout(300)
async def test_a_gateway_that_wakes_after_another_took_over_loses_and_doubles_nothing(
    world: World, two: list[GatewayProcess]
) -> None:
    """Seen to fail when nobody checked who holds the lease: results were published twice."""
    sleeper, heir = two
    slept, mix = Counter[str](), Mix(world)
    found = await steps(world, sleeper, [world.chance.choice(list(KINDS))])
    await mix.draw()
    await world.dose(list(KINDS))
    for point in world.chance.sample(sorted(found), SAMPLE):
        slept[point] += await sleep_through(world, sleeper, heir, point, world.chance.choice(found[point]))
    await world.finish(heir)
    print(f"asleep at {dict(slept)}; {await world.account()}; {await mix.met()}")

    assert slept.total() >= SAMPLE // 2
    assert (await mix.met()).total()


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("answers", SLEEPS_EACH)
async def test_many_sleeps_at_every_step_lose_nothing_and_double_nothing(
    world: World, two: list[GatewayProcess], answers: Answers, half: int
) -> None:
    """In two halves, for two cores: with `-n 2`."""
    (sleeper, heir), began = two, time.monotonic()
    account, mix = Account(), Mix(world)
    found = half_of(await steps(world, sleeper, list(KINDS)), half)
    if answers == "odd":
        await mix.draw()
    print(f"half {half}: {len(found)} points, after {time.monotonic() - began:.0f} s", flush=True)
    aims = Aims(found, SLEEPS_EACH[answers], world.chance)
    slept = aims.hit
    while aim := aims.next():
        point, led = aim
        for way in led:
            if await sleep_through(world, sleeper, heir, point, way):
                slept[point] += 1
                break
        else:
            aims.missed(point)
        if aims.tries % ACCOUNTED_EVERY == 0 or aims.done:
            account = await world.account()
            await world.next_day()
            if answers == "odd":
                await mix.draw()
            print(f"{slept.total()} sleeps, {account.intents} intents, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{len(found)} points: {dict(slept)}; too few: {aims.few}")
    bench_results.write(
        f"gateway_asleep_{answers}_{half}",
        "services/connector/tests/gateway_faults/test_asleep.py",
        [
            bench_results.at_least("points", len(found), 1, "points"),
            bench_results.at_least("fewest sleeps at a point", min(slept[p] for p in found), aims.times, "sleeps"),
            bench_results.Figure("sleeps", slept.total(), "sleeps"),
            *account.figures(),
            *(await mix.figures() if answers == "odd" else []),
            bench_results.Figure("took", round(time.monotonic() - began), "s"),
        ],
    )
    assert not aims.few


async def steps(world: World, place: GatewayProcess, kinds: Sequence[str]) -> dict[str, list[Way]]:
    """The points of a gateway at work: while it starts it owns nothing, and a process that ends is not asleep."""
    found = await ways(world, place, kinds)
    return {point: led for point, led in found.items() if "LISTEN" not in point and "leases.release" not in point}


async def sleep_through(world: World, sleeper: GatewayProcess, heir: GatewayProcess, point: str, way: Way) -> bool:
    """It stops there, its lease runs out, another takes over, and it wakes while that one is at work."""
    stopped = await shoot(world, sleeper, point, way, signal.SIGSTOP)
    await world.passes(LEASE)
    await world.begin(heir)
    await world.dose(world.some_kinds())

    async def calls() -> int:
        return sum(count for passed, count in heir.passed().items() if passed.startswith("amid "))

    # Postgres ends what a sleeper holds before that.
    try:
        await world.comes(calls)
    except AssertionError as error:
        state = await world.harness.sql(
            "select t.*, c.state from turn t join connection c using (tenant_id) where $1", True
        )
        raise AssertionError(f"asleep at {point} ({stopped}) by {way}: {error}\n{state}\n{heir.log()}") from error
    sleeper.signal(signal.SIGCONT)
    await world.dose(world.some_kinds())
    await world.all_done(heir)
    for place in (sleeper, heir):
        if place.alive:
            await place.leave()
    await world.quiet(heir)
    return stopped
