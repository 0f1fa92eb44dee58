"""No tenant is stopped by another's trouble: while the first one's calls fail, its neighbour's intents are done without
any wait, and once the trouble ends nothing of the first one is lost or doubled (docs/design.md, Trouble)."""

import pytest

from tieout_testing.kafka import wait_until

from .gateway_process import GatewayProcess
from .kills import ways
from .neighbour import MEETS, TROUBLES, done_at_once, kill_amid, neighbour, trouble_ends
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]

KILLS = 3


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
    name = world.chance.choice(list(TROUBLES))
    found = await ways(world, place, [MEETS])
    # As at the end of the long test.
    await world.account()
    await world.next_day()

    killed = await kill_amid(TROUBLES[name], world, place, found, KILLS)
    print(f"killed {killed} times amid: {name}")

    assert killed
