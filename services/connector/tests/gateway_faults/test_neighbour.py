"""No tenant is stopped by another's trouble: while the first one's calls fail, its neighbour's intents are done without
any wait, and once the trouble ends nothing of the first one is lost or doubled (docs/design.md, Trouble)."""

import pytest

from tieout_testing.kafka import wait_until

from .gateway_process import GatewayProcess
from .kills import shoot, ways
from .kinds import KINDS
from .neighbour import MEETS, RESTED, TROUBLES, Trouble, done_at_once, neighbour
from .world import LEASE, World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]

KILLS = 3
MET = 2
"""Calls that must have met the trouble before the neighbour has work."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", TROUBLES)
async def test_the_neighbour_of_a_tenant_in_trouble_waits_for_nothing(
    world: World, place: GatewayProcess, name: str
) -> None:
    trouble, other = TROUBLES[name], await neighbour(world)
    await trouble.begins(world)
    await world.begin(place)
    await world.dose([MEETS, *world.some_kinds()])
    await wait_until(lambda: trouble.met(world), bool, 30)

    await other.dose([MEETS, *other.some_kinds()])
    await done_at_once(other)

    assert await world.results() < len(world.wanted)
    await trouble_ends(world, other, place)


@pytest.mark.timeout(180)
async def test_after_a_kill_the_neighbour_waits_for_the_lease_alone(world: World, place: GatewayProcess) -> None:
    other = await neighbour(world)
    trouble: Trouble = TROUBLES[world.chance.choice(list(TROUBLES))]
    found = await ways(world, place, [MEETS])
    await trouble.begins(world)
    calls = [point for point in sorted(found) if point.split()[1] in ("GET", "PUT", "POST")]
    for point in world.chance.sample(calls, min(KILLS, len(calls))):
        await other.dose([MEETS, *other.some_kinds()])
        await shoot(world, place, point, world.chance.choice(found[point]))
        await world.passes(LEASE)
        await world.begin(place)
        await done_at_once(other)
        await place.kill()
        await world.quiet(place)
        await world.passes(LEASE)
    print(f"{trouble}: met {await trouble.met(world)} calls")

    assert await world.results() < len(world.wanted)
    await trouble_ends(world, other, place)


async def trouble_ends(world: World, other: World, place: GatewayProcess) -> None:
    """Nothing was lost or doubled on either side."""
    await world.harness.control.switch_off_oddities()
    if place.alive:
        await place.leave()
        await world.quiet(place)
    await world.passes(RESTED)
    await world.finish(place)
    print(await world.account(), await other.account())
