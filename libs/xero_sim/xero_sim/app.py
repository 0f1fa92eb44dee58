"""The composition root: builds the ASGI application of a world."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from xero_sim.accounting.api import BASE, AccountingApi
from xero_sim.control.apps import AppControls
from xero_sim.control.machine import MachineControls
from xero_sim.control.oddities import OddityControls
from xero_sim.control.orgs import OrgControls
from xero_sim.control.replies import ControlError, on_error
from xero_sim.oauth.endpoints import OAuthEndpoints
from xero_sim.oauth.gate import PATHS, IdentityGate
from xero_sim.sockets import Receive, Scope, Send
from xero_sim.world import World


class Simulator:
    """The ASGI application. For speed, calls of the Accounting API do not pass through Starlette's router."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.accounting = AccountingApi(self.world)
        self.rest = Starlette(
            routes=[
                *OAuthEndpoints(self.world).routes(),
                *MachineControls(self.world).routes(),
                *OddityControls(self.world).routes(),
                *AppControls(self.world).routes(),
                *OrgControls(self.world).routes(),
            ],
            lifespan=self._lifespan,
            exception_handlers={ControlError: on_error, KeyError: on_error, ValueError: on_error, TypeError: on_error},
        )
        self.identity = IdentityGate(self.world, self.rest)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self.world.hub.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"][: len(BASE)].lower() == BASE:
            await self.accounting(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(PATHS):
            await self.identity(scope, receive, send)
        else:
            await self.rest(scope, receive, send)


def build_app() -> Simulator:
    """A simulator without apps and organisations."""
    return Simulator()
