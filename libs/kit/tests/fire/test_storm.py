"""Members join and leave all the time, the servers are killed, and every event is applied once (design, In and Out)."""

import random
import time
from typing import Any

import pytest

from .accounts import Account, account
from .members import members
from .storm import Storm
from .world import world

pytestmark = pytest.mark.real


async def storm(
    kafka: Any, postgres: Any, database: str, prefix: str, *, events: int, seconds: float, outages: int
) -> tuple[Account, dict[str, float]]:
    """Let it rage, let what is left finish, and count."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with (
        world(kafka.bootstrap, database, prefix, chance, tenants=50, vendors=4, partitions=8) as sea,
        members(5) as crew,
    ):
        raging = Storm(sea, crew, kafka, postgres, chance)
        took = await raging.rages(events, seconds, outages)
        calm = time.monotonic()
        await sea.all_done(within=90)
        drained = time.monotonic() - calm
        for member in crew:
            if member.alive:
                assert await member.stop() == 0, member.says()
        found = await account(sea)
        print(f"{took:.0f} s of storm, {drained:.1f} s until all was done; {dict(raging.happened)}; {found}")
        return found, {"storm": took, "drained": drained, **raging.happened}


@pytest.mark.timeout(150)
async def test_a_storm_of_members_and_outages_loses_nothing_and_doubles_nothing(
    kafka: Any, postgres: Any, database: str, topic_prefix: str
) -> None:
    found, _ = await storm(kafka, postgres, database, topic_prefix, events=20_000, seconds=45, outages=1)

    assert found.fed == 20_000
