"""/control/oddities: the odd behaviours of Xero that other integrations met, each a switch."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from xero_sim.control.replies import ControlError, json_reply, read
from xero_sim.oddities import ODDITIES, Switch
from xero_sim.world import World


class OddityControls:
    """Which oddities there are, and which are on."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[Route]:
        """The routes under /control/oddities."""
        return [
            Route("/control/oddities", self.listed, methods=["GET"]),
            Route("/control/oddities", self.switch_on, methods=["POST"]),
            Route("/control/oddities", self.switch_off, methods=["DELETE"]),
        ]

    async def listed(self, request: Request) -> Response:
        """All oddities with their cases, the switches that are on, and how many calls each oddity has met so far."""
        known = {name: {"case": oddity.case, "about": oddity.about} for name, oddity in ODDITIES.items()}
        return json_reply({"known": known, "on": self._on(), "met": self.world.oddities.met})

    async def switch_on(self, request: Request) -> Response:
        """`{name, tenant?, method?, path?, times?, rate?, options?}`: the switches that are on."""
        switch = Switch(**await read(request))
        if switch.name not in ODDITIES:
            raise ControlError(f"No oddity {switch.name!r}; there are {', '.join(ODDITIES)}")
        self.world.oddities.on.append(switch)
        return json_reply(self._on())

    async def switch_off(self, request: Request) -> Response:
        """All oddities off."""
        self.world.oddities.on.clear()
        return json_reply([])

    def _on(self) -> list[dict[str, object]]:
        return [asdict(switch) for switch in self.world.oddities.on]
