"""A second tenant beside the first, at the same gateway, and troubles that are the first one's alone."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tieout_testing.kafka import wait_until

from .world import World

RESTED = timedelta(minutes=61)
"""After which everything that rests is tried again."""
PROMPT = 30.0
"""Seconds of a busy machine in which a tenant without trouble is done, while its clock and Xero's stand still: a wait of
any kind would not end.
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
