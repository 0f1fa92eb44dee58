"""Kill -9 amid answers that do not look as expected: the oddities of Xero are drawn at random (docs/field-cases.md)."""

from collections import Counter

import pytest

from .gateway_process import GatewayProcess
from .kills import later, shoot, ways
from .kinds import KINDS
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]

ODDITIES = {
    "other-order": 0.5,
    "other-order-of-lines": 0.5,
    "foreign-marks": 0.1,
    "zero-id": 0.1,
    "passing-error": 0.1,
    "high-volume": 1.0,
    "altered-reference": 0.5,
}
"""By name, the share of the calls that meet it."""
SAMPLE = 6
FOLLOWED = 2
"""Kinds whose points the sample is taken of; all kinds are at work meanwhile."""


@pytest.mark.timeout(300)
async def test_kills_amid_odd_answers_lose_nothing_and_double_nothing(world: World, place: GatewayProcess) -> None:
    for name, rate in ODDITIES.items():
        await world.harness.control.switch_on(name, tenant=world.harness.org_id, rate=rate)
    killed = Counter[str]()
    found = await ways(world, place, world.chance.sample(list(KINDS), FOLLOWED))
    await world.dose(list(KINDS), world.some_trouble())
    for point in world.chance.sample(sorted(found), SAMPLE):
        killed[point] += await shoot(world, place, point, world.chance.choice(found[point]))
        await later(world, place)
    await world.finish(place)
    print(f"{len(found)} points, killed at {dict(killed)}; {await world.account()}")

    assert killed.total()
