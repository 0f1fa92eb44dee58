"""Kill -9 at every step of the gateway: before a call is stored, after it, amid it, after its answer (SYS-1)."""

import itertools
import time
from collections import Counter

import pytest

from tieout_testing import bench_results

from .gateway_process import GatewayProcess
from .kills import HALVES, Aims, half_of, later, shoot, ways
from .kinds import KINDS
from .neighbour import TROUBLES, kill_amid
from .odd import Answers, Mix
from .world import Account, World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]

SAMPLE = 9
"""Kills."""
AIMS = 18
"""Points that are tried for them: oddities may keep the gateway from a point."""
FOLLOWED = 5
"""Kinds whose points the sample is taken of; all kinds are at work meanwhile."""
KILLS_EACH: dict[Answers, int] = {"usual": 20, "odd": 4}
"""Kills at each point. Amid odd answers each takes several times as long, for much must be sent again."""
BESIDE = 10
"""Kills at the end, amid each trouble of one tenant, of the gateway of two."""
ACCOUNTED_EVERY: dict[Answers, int] = {"usual": 100, "odd": 40}
"""Kills; then everything is let through, and other oddities begin."""


@pytest.mark.timeout(300)
async def test_a_gateway_killed_at_any_step_loses_nothing_and_doubles_nothing(
    world: World, place: GatewayProcess
) -> None:
    """Seen to fail with a look-up that finds nothing: payments were doubled; with no look-up, or another key when it is
    sent again, also: names were taken, and intents never came to an end."""
    killed, mix = Counter[str](), Mix(world)
    found = await ways(world, place, world.chance.sample(list(KINDS), FOLLOWED))
    await mix.draw()
    await world.dose(list(KINDS))
    calls = [point for point in sorted(found) if is_call(point)]
    statements = sorted(found.keys() - calls)
    aims = zip(world.chance.sample(calls, AIMS // 2), world.chance.sample(statements, AIMS // 2), strict=True)
    for point in itertools.chain.from_iterable(aims):
        killed[point] += await shoot(world, place, point, world.chance.choice(found[point]))
        await later(world, place)
        if killed.total() == SAMPLE:
            break
    await world.finish(place)
    print(f"{len(found)} points, killed at {dict(killed)}; {await world.account()}; {await mix.met()}")

    assert killed.total() == SAMPLE
    assert (await mix.met()).total()


@pytest.mark.long
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("answers", KILLS_EACH)
async def test_many_kills_at_every_step_lose_nothing_and_double_nothing(
    world: World, place: GatewayProcess, answers: Answers, half: int
) -> None:
    """In two halves, for two cores: with `-n 2`."""
    began = time.monotonic()
    found = half_of(await ways(world, place), half)
    account, mix = Account(), Mix(world)
    if answers == "odd":
        await mix.draw()
    print(f"half {half}: {len(found)} points, after {time.monotonic() - began:.0f} s", flush=True)
    aims = Aims(found, KILLS_EACH[answers], world.chance)
    killed = aims.hit
    while aim := aims.next():
        point, led = aim
        for way in led:
            hit = await shoot(world, place, point, way)
            await later(world, place)
            if hit:
                killed[point] += 1
                break
        else:
            aims.missed(point)
        if aims.tries % ACCOUNTED_EVERY[answers] == 0 or aims.done:
            await world.finish(place)
            account = await world.account()
            await world.next_day()
            if answers == "odd":
                await mix.draw()
            print(f"{killed.total()} kills, {account.intents} intents, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{len(found)} points: {dict(killed)}; too few: {aims.few}")
    odd = await mix.figures() if answers == "odd" else []
    await world.harness.control.switch_off_oddities()
    beside = 0
    for trouble in TROUBLES.values() if answers == "odd" else ():
        beside += await kill_amid(trouble, world, place, found, BESIDE)
        await world.next_day()
    if answers == "odd":
        odd.append(bench_results.at_least("kills amid the trouble of another tenant", beside, 1, "kills"))
    bench_results.write(
        f"gateway_crash_{answers}_{half}",
        "services/connector/tests/gateway_faults/test_crash.py",
        [
            bench_results.at_least("points", len(found), 1, "points"),
            bench_results.at_least("fewest kills at a point", min(killed[p] for p in found), aims.times, "kills"),
            bench_results.Figure("kills", killed.total(), "kills"),
            bench_results.Figure("kills at a call of Xero's", sum(killed[p] for p in found if is_call(p)), "kills"),
            *account.figures(),
            *odd,
            bench_results.Figure("took", round(time.monotonic() - began), "s"),
        ],
    )
    assert not aims.few


def is_call(point: str) -> bool:
    """Is it a step of a call to Xero, and not of a statement?"""
    return point.split()[1] in ("GET", "PUT", "POST", "DELETE")
