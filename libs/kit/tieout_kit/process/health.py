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

HealthCheck = Callable[[], Awaitable[str | None]]
"""Says what is wrong with a part, or None."""

STUCK = 60.0
"""Seconds without a turn of the loop after which the process is better restarted."""
_CHECK_TIMEOUT_S = 2.0
"""Seconds for a part to say how it is: whoever asks waits no longer than a few."""


def health_app(
    last_progress_at: Callable[[], float], required: Mapping[str, HealthCheck], informational: Mapping[str, HealthCheck]
) -> Starlette:
    """Live: the loop turns, even while a dependency is away. Ready: what is `required` to serve the API works.

    What works beside it is `informational` in the body and as a metric, and keeps nobody out: an API needs Postgres alone, its
    outbox keeps what it says until Kafka is back, and the webhook receiver answers 503 by itself, which Xero repeats.
    """

    async def failing() -> dict[str, str]:
        parts = {**required, **informational}
        found = await asyncio.gather(*(_run_check(part) for part in parts.values()))
        for name, reason in zip(parts, found, strict=True):
            metrics.UNHEALTHY.labels(name).set(reason is not None)
        return {name: reason for name, reason in zip(parts, found, strict=True) if reason}

    async def livez(_: Request) -> Response:
        idle = time.monotonic() - last_progress_at()
        if idle > STUCK:
            return PlainTextResponse(f"the loop has not turned for {idle:.0f} s\n", 503)
        return PlainTextResponse("live\n")

    async def readyz(_: Request) -> Response:
        wrong = await failing()
        ready = not wrong.keys() & required.keys()
        return JSONResponse({"ready": ready, "unhealthy": wrong}, 200 if ready else 503)

    async def read(_: Request) -> Response:
        await failing()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", read)])


async def _run_check(part: HealthCheck) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_TIMEOUT_S):
            return await part()
    except TimeoutError:
        return f"no answer within {_CHECK_TIMEOUT_S:.0f} s"
