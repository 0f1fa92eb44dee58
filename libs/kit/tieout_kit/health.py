"""/livez, /readyz and /metrics, on a port of their own (design, Trust)."""

import time
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Trouble = Callable[[], Awaitable[str | None]]
"""Says what is wrong with a part, or None."""

STUCK = 60.0
"""Seconds without a turn of the loop after which the process is better restarted."""


def health_app(turned_at: Callable[[], float], parts: dict[str, Trouble]) -> Starlette:
    """Live: the loop turns, even while a dependency is away. Ready: each part this process needs to serve."""

    async def livez(_: Request) -> Response:
        idle = time.monotonic() - turned_at()
        if idle > STUCK:
            return PlainTextResponse(f"the loop has not turned for {idle:.0f} s\n", 503)
        return PlainTextResponse("live\n")

    async def readyz(_: Request) -> Response:
        troubles = {name: await trouble() for name, trouble in parts.items()}
        wrong = {name: trouble for name, trouble in troubles.items() if trouble}
        return JSONResponse({"ready": not wrong, "trouble": wrong}, 503 if wrong else 200)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)])
