"""A second tenant beside the first, at the same gateway, and troubles that are the first one's alone."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tieout_testing.kafka import wait_until

from .gateway_process import GatewayProcess
from .kills import Way, shoot
from .world import LEASE, RESTED, World

PROMPT = 30.0
"""Seconds of a busy machine in which a tenant without trouble is done, while its clock and Xero's are not moved: longer
waits would not end.
"""


@dataclass(frozen=True)
class Trouble:
    """An oddity that meets every call of a tenant that it fits."""

    oddity: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    async def begins(self, world: World) -> None:
        """From now on."""
        await world.harness.control.switch_on(self.oddity, tenant=world.harness.org_id, **self.settings)

    async def met(self, world: World) -> int:
        """How many calls have met it."""
        return (await world.harness.control.odd_calls()).get(self.oddity, 0)


TROUBLES = {
    "poison": Trouble("fails-with", {"options": {"containing": "Vendor "}}),
    "no right to contacts": Trouble("not-permitted", {"path": "Contacts", "options": {"status": 403}}),
    "every write fails": Trouble("fails-with", {"options": {"containing": ""}}),
    "nothing gets through": Trouble("firewall"),
}
MEETS = "contact create"
"""The kind that meets every trouble."""


async def neighbour(world: World) -> World:
    """Another tenant of the same app, with an organisation of its own. Before any gateway begins."""
    harness = copy.copy(world.harness)
    harness.org_id = ""
    await harness.connect_idle()
    return World(harness, world.ahead, world.env, world.chance)


async def done_at_once(world: World) -> None:
    """All of its intents have their results, and no simulated time goes by."""
    before = world.harness.clock.ahead
    await wait_until(world.results, lambda count: count >= len(world.wanted), PROMPT)
    assert world.harness.clock.ahead == before


async def kill_amid(
    trouble: Trouble, world: World, place: GatewayProcess, found: Mapping[str, Sequence[Way]], kills: int
) -> int:
    """Kill the gateway of both at calls while the first one is in trouble; how often it was killed there. No gateway
    runs before. The second one is done once a lease has run out, and in the end all of both is accounted.
    """
    other = await neighbour(world)
    await trouble.begins(world)
    killed = 0
    # To refresh a token, the first one would have to finish.
    calls = [p for p in sorted(found) if p.split()[1] in ("GET", "PUT", "POST") and "token" not in p]
    for point in world.chance.sample(calls, min(kills, len(calls))):
        await other.dose([MEETS, *other.some_kinds()])
        killed += await shoot(world, place, point, world.chance.choice(found[point]))
        await world.passes(LEASE)
        await world.begin(place)
        await done_at_once(other)
        await place.kill()
        await world.quiet(place)
        await world.passes(LEASE)
    assert await trouble.met(world)
    assert await world.results() < len(world.wanted)
    await trouble_ends(world, other, place)
    return killed


async def trouble_ends(world: World, other: World, place: GatewayProcess) -> None:
    """Nothing was lost or doubled on either side."""
    await world.harness.control.switch_off_oddities()
    if place.alive:
        await place.leave()
        await world.quiet(place)
    await world.passes(RESTED)
    await world.finish(place)
    print(await world.account(), await other.account())
