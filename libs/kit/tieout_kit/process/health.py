"""/livez, /readyz and /metrics, on a port of their own."""

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
"""Returns why a component is unhealthy; None: it is healthy."""

STUCK = 60.0
"""Seconds without progress of the consumer after which the process should be restarted."""
CHECK_TIMEOUT_S = 2.0
"""Seconds for one health check: a probe waits only a few."""


def health_app(
    last_progress_at: Callable[[], float],
    required: Mapping[str, HealthCheck],
    informational: Mapping[str, HealthCheck],
    check_timeout_s: float = CHECK_TIMEOUT_S,
) -> Starlette:
    """The health port. Live: the consumer makes progress, even if a dependency is unavailable. Ready: all `required`
    checks pass, so the API can be served.

    A failing `informational` check shows in the body and as a metric, and the process stays ready. An API needs only
    Postgres: its outbox keeps events until Kafka is back. The webhook receiver itself answers 503 while Kafka is
    unavailable, and Xero sends the webhook again.
    """

    async def failing() -> dict[str, str]:
        checks = {**required, **informational}
        reasons = await asyncio.gather(*(_run_check(check, check_timeout_s) for check in checks.values()))
        for name, reason in zip(checks, reasons, strict=True):
            metrics.UNHEALTHY.labels(name).set(reason is not None)
        return {name: reason for name, reason in zip(checks, reasons, strict=True) if reason}

    async def livez(_: Request) -> Response:
        idle = time.monotonic() - last_progress_at()
        if idle > STUCK:
            return PlainTextResponse(f"the consumer has made no progress for {idle:.0f} s\n", 503)
        return PlainTextResponse("live\n")

    async def readyz(_: Request) -> Response:
        unhealthy = await failing()
        ready = not unhealthy.keys() & required.keys()
        return JSONResponse({"ready": ready, "unhealthy": unhealthy}, 200 if ready else 503)

    async def read(_: Request) -> Response:
        await failing()
        # With 10,000 tenants it takes half a second, in which a loop that waits for it would do nothing else.
        return Response(await asyncio.to_thread(generate_latest), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", read)])


async def _run_check(check: HealthCheck, timeout_s: float) -> str | None:
    try:
        async with asyncio.timeout(timeout_s):
            return await check()
    except TimeoutError:
        return f"no answer within {timeout_s:.0f} s"
