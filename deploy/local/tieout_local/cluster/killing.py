"""Kills pods of the services at random."""

import asyncio
import random
from collections import Counter

from tieout_local.cluster.tools import CommandFailed, Release

PAUSE = (1.0, 4.0)
"""Seconds between two kills, from and to."""
AT_LEAST = 12


async def kill_at_random(release: Release, rng: random.Random, enough: asyncio.Event) -> Counter[str]:
    """Kill one pod after the other, without grace, until `enough` and at least AT_LEAST.

    Returns how many pods of each component were killed.
    """
    killed: Counter[str] = Counter()
    while not enough.is_set() or killed.total() < AT_LEAST:
        pods = await release.pods()
        pod = rng.choice(sorted(pods, key=lambda one: str(one["metadata"]["name"])))
        try:
            await release.kubectl(
                "delete", "pod", pod["metadata"]["name"], "--grace-period=0", "--force", "--wait=false"
            )
            killed[pod["metadata"]["labels"]["app.kubernetes.io/component"]] += 1
        except CommandFailed as error:
            # The upgrade removed it first.
            if "NotFound" not in str(error):
                raise
        await asyncio.sleep(rng.uniform(*PAUSE))
    return killed
