"""Kill -9 amid answers that do not look as expected: the oddities of Xero are drawn at random (docs/field-cases.md)."""

from collections import Counter

import pytest

from .gateway_process import GatewayProcess
from .kills import later, shoot, ways
from .kinds import KINDS
from .odd import LEFT_OUT, MIXED, Mix
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]

SAMPLE = 6
FOLLOWED = 2
"""Kinds whose points the sample is taken of; all kinds are at work meanwhile."""


async def test_every_oddity_is_mixed_in_or_left_out_for_a_reason(world: World) -> None:
    known = set(await world.harness.control.known_oddities())

    assert known == MIXED.keys() | LEFT_OUT.keys()
    assert not MIXED.keys() & LEFT_OUT.keys()


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_kills_amid_odd_answers_lose_nothing_and_double_nothing(world: World, place: GatewayProcess) -> None:
    killed, mix = Counter[str](), Mix(world)
    await mix.draw(len(MIXED))
    found = await ways(world, place, world.chance.sample(list(KINDS), FOLLOWED))
    await world.dose(list(KINDS), world.some_trouble())
    for point in world.chance.sample(sorted(found), SAMPLE):
        killed[point] += await shoot(world, place, point, world.chance.choice(found[point]))
        await later(world, place)
    await world.finish(place)
    print(f"{len(found)} points, killed at {dict(killed)}; {await world.account()}; {await mix.met()}")

    assert killed.total()
    # The rare ones need luck in so small a sample.
    assert len(+await mix.met()) >= len(MIXED) // 2
