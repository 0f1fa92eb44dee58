"""/livez, /readyz and /metrics, on a port of their own (design, Trust)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tieout_kit import metrics

Trouble = Callable[[], Awaitable[str | None]]
"""Says what is wrong with a part, or None."""

STUCK = 60.0
"""Seconds without a turn of the loop after which the process is better restarted."""
_ANSWER = 2.0
"""Seconds for a part to say how it is: whoever asks waits no longer than a few."""


def health_app(turned_at: Callable[[], float], needed: Mapping[str, Trouble], told: Mapping[str, Trouble]) -> Starlette:
    """Live: the loop turns, even while a dependency is away. Ready: what is `needed` to serve the API works.

    What works beside it is `told` in the body and as a metric, and keeps nobody out: an API needs Postgres alone, its
    outbox keeps what it says until Kafka is back, and the webhook receiver answers 503 by itself, which Xero repeats.
    """

    async def troubles() -> dict[str, str]:
        parts = {**needed, **told}
        found = await asyncio.gather(*(_asked(part) for part in parts.values()))
        for name, trouble in zip(parts, found, strict=True):
            metrics.TROUBLE.labels(name).set(trouble is not None)
        return {name: trouble for name, trouble in zip(parts, found, strict=True) if trouble}

    async def livez(_: Request) -> Response:
        idle = time.monotonic() - turned_at()
        if idle > STUCK:
            return PlainTextResponse(f"the loop has not turned for {idle:.0f} s\n", 503)
        return PlainTextResponse("live\n")

    async def readyz(_: Request) -> Response:
        wrong = await troubles()
        ready = not wrong.keys() & needed.keys()
        return JSONResponse({"ready": ready, "trouble": wrong}, 200 if ready else 503)

    async def read(_: Request) -> Response:
        await troubles()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", read)])


async def _asked(part: Trouble) -> str | None:
    try:
        async with asyncio.timeout(_ANSWER):
            return await part()
    except TimeoutError:
        return f"no answer within {_ANSWER:.0f} s"
