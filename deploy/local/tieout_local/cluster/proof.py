"""The steps of the proof. Each returns one line about what happened, or raises DemoFailed."""

import asyncio
import random
from collections import Counter
from typing import Any

import httpx

from tieout_local.cluster.killing import kill_at_random
from tieout_local.cluster.tools import Release
from tieout_local.demo.platform import DemoFailed, until
from tieout_local.demo.steps import Run, bill_from_here, change_in_xero, changes_from_both_sides, connect, pay

REPLICAS = 3
WITHIN = 20 * 60
"""Seconds until all changes must be on both sides. Xero repeats a webhook that nobody took after 15 minutes."""
PAUSE = 0.6
"""Seconds between two changes of each side: the 200 changes take as long as the upgrade."""


class Proof:
    """One release, with one tenant that is connected to the organisation in the simulator."""

    def __init__(self, release: Release, run: Run, rng: random.Random) -> None:
        self.release = release
        self.run = run
        self._rng = rng

    async def connect(self, helper_url: str) -> str:
        """Connect the tenant as a person does, once the trial's helper has set the simulator up."""

        async def set_up() -> Any:
            async with httpx.AsyncClient(trust_env=False) as http:
                seen = (await http.get(helper_url)).json()
            return seen["organisation"] if seen["ready"] else None

        self.run.org_id = await until("the organisation and the webhook in the simulator", set_up, within=60, every=1)
        return await connect(self.run, lambda _: None)

    async def both_ways(self) -> str:
        """Bills change in Xero and come in; a vendor, a bill and its payment go to Xero."""
        outcomes = [await change_in_xero(self.run), await bill_from_here(self.run), await pay(self.run)]
        return "; ".join(outcomes)

    async def upgrade_under_load(self, tag: str) -> str:
        """Upgrade and kill pods at random while 200 changes are under way."""
        killed: Counter[str] = Counter()

        async def disturb() -> None:
            upgraded = asyncio.Event()

            async def upgrade() -> None:
                try:
                    await self.release.upgrade(tag)
                finally:
                    upgraded.set()

            done, _ = await asyncio.gather(kill_at_random(self.release, self._rng, upgraded), upgrade())
            killed.update(done)

        new, edits = await changes_from_both_sides(self.run, disturb, pause=PAUSE, within=WITHIN)
        await self._runs(tag)
        pods = ", ".join(f"{number} of {component}" for component, number in sorted(killed.items()))
        return (
            f"to {tag} during {new} new bills and {edits} edits in Xero, with {killed.total()} pods killed at random "
            f"({pods}): none lost, none doubled"
        )

    async def roll_back(self, tag: str) -> str:
        """Back to the first revision; changes still come through."""
        await self.release.helm("rollback", self.release.name, "1", "--wait", "--timeout", "10m")
        await self._runs(tag)
        return f"to {tag}; {await change_in_xero(self.run)}"

    async def scale(self, tag: str) -> str:
        """The bills service with three replicas; changes still come through."""
        await self.release.upgrade(tag, "--set", f"services.bills.replicas={REPLICAS}")
        pods = await self.release.pods("app.kubernetes.io/component=bills")
        if len(pods) != REPLICAS:
            raise DemoFailed(f"{REPLICAS} pods of bills were wanted, there are {len(pods)}")
        return f"bills run in {len(pods)} pods; {await change_in_xero(self.run)}"

    async def uninstall(self) -> str:
        """Everything is removed."""
        await self.release.helm("uninstall", self.release.name, "--wait", "--timeout", "5m")

        async def left() -> list[str]:
            found = await self.release.kubectl("get", "all,secret,configmap,pvc", "--output", "name")
            return [name for name in found.split() if name != "configmap/kube-root-ca.crt"]

        async def nothing_left() -> bool:
            return not await left()

        try:
            await until("everything removed", nothing_left, within=120, every=1)
        except DemoFailed as error:
            raise DemoFailed(f"an uninstall leaves {await left()}") from error
        return "nothing is left but the namespace"

    async def _runs(self, tag: str) -> None:
        """Raises DemoFailed if a service runs another version."""
        images = {pod["spec"]["containers"][0]["image"] for pod in await self.release.pods()}
        if {image.rpartition(":")[2] for image in images} != {tag}:
            raise DemoFailed(f"every service should run {tag}, they run {sorted(images)}")
