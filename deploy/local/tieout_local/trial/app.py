"""What the trial serves: the public keys, tokens, and what is set up in the simulator."""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tieout_local.keys import SigningKeys


@dataclass
class State:
    """What is set up so far."""

    org_id: str | None = None
    """The organisation in the simulator that waits to be connected."""
    problem: str | None = "the simulator was not asked yet"
    """Why something is missing; None when everything is set up."""


def trial_app(keys: SigningKeys, state: State) -> Starlette:
    """`/jwks.json`, `/token` and `/`. It is ready with its keys: the services need them before anything else."""

    async def jwks(_: Request) -> Response:
        return Response(keys.jwks, media_type="application/json")

    async def token(request: Request) -> Response:
        return PlainTextResponse(keys.token(request.query_params.get("sub", "trial")))

    async def now(_: Request) -> Response:
        return JSONResponse({"organisation": state.org_id, "ready": state.problem is None, "problem": state.problem})

    return Starlette(routes=[Route("/jwks.json", jwks), Route("/token", token), Route("/", now)])
