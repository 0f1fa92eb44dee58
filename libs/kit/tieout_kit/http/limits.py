"""What an API refuses before anything else: bodies that are too large, and callers who ask too often (ADR 30).

A caller with a valid token has a bucket for each tenant; everybody else has one for their network address. The
buckets are this process's own. A body is measured by its Content-Length and as it arrives.
"""

import ipaddress
import time
from collections.abc import Callable, Hashable, MutableMapping
from typing import Any
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tieout_kit import metrics
from tieout_kit.http.auth import Caller, identify
from tieout_kit.http.buckets import Buckets, Taken
from tieout_kit.http.problem_response import problem_response
from tieout_kit.limits import MAX_BODY, RATE

MOST_CALLERS = 20_000
"""Buckets that are kept of those with a token, and as many of those without: a few MB."""
_NS = 10**9


class HttpLimits:
    """The limits of one API."""

    def __init__(
        self, max_body: int = MAX_BODY, rate: int = RATE, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """`max_body`: bytes. `rate`: requests a minute for each caller."""
        self.max_body = max_body
        self.rate = rate
        self._clock_ns = clock_ns
        # Apart, so that strangers with many addresses push no known caller out.
        self._known, self._strangers = Buckets(rate, MOST_CALLERS), Buckets(rate, MOST_CALLERS)

    def take(self, caller: Caller | None, path: str, address: str) -> Taken:
        """Take one request from the bucket of this caller, or of this address if the caller is unknown."""
        if caller is None:
            return self._strangers.take(_network(address), self._clock_ns())
        return self._known.take((caller.sub, _tenant(caller, path)), self._clock_ns())


class LimitsFirst:
    """Middleware that keeps the limits in `app.state.limits`. Responses pass through it piece by piece, unchanged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limits: HttpLimits = scope["app"].state.limits
        taken = limits.take(await identify(scope), scope["path"], _address(scope))
        told = {"RateLimit-Policy": f'"caller";q={limits.rate};w=60', "RateLimit": _told(taken)}
        if not taken.allowed:
            metrics.HTTP_REFUSED.labels("rate").inc()
            seconds = _seconds(taken.wait_ns)
            title = f"more than {limits.rate} requests a minute; try again in {seconds} s"
            response = problem_response(429, title, {"Retry-After": str(seconds), **told})
            await response(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > limits.max_body:
            metrics.HTTP_REFUSED.labels("body").inc()
            # The rest of the body may still be on its way.
            response = problem_response(413, _too_large(limits), {"Connection": "close", **told})
            await response(scope, receive, send)
            return
        await self._app(scope, _counting(receive, limits), _telling(send, told))


def _counting(receive: Receive, limits: HttpLimits) -> Receive:
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        if message["type"] == "http.request":
            arrived += len(message.get("body", b""))
            if arrived > limits.max_body:
                metrics.HTTP_REFUSED.labels("body").inc()
                raise HTTPException(413, _too_large(limits), {"Connection": "close"})
        return message

    return counted


def _telling(send: Send, told: MutableMapping[str, str]) -> Send:
    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(told)
        await send(message)

    return telling


def _too_large(limits: HttpLimits) -> str:
    return f"the body is larger than {limits.max_body} bytes"


def _told(taken: Taken) -> str:
    # draft-ietf-httpapi-ratelimit-headers: what is left, and the seconds until there is more.
    return f'"caller";r={taken.left};t={_seconds(taken.wait_ns)}'


def _seconds(ns: int) -> int:
    return -(-ns // _NS)


def _address(scope: Scope) -> str:
    client: tuple[str, int] | None = scope.get("client")
    return client[0] if client else ""


def _network(address: str) -> Hashable:
    """IPv6 gives each household and server a whole /64. On a socket for both, IPv4 addresses look like
    ::ffff:192.0.2.1, and are all in one /64."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return ip
    return ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False)


def _tenant(caller: Caller, path: str) -> UUID | None:
    """The tenant in a path, if the caller may know of it."""
    parts: list[Any] = path.split("/", 3)
    if len(parts) < 3 or parts[1] != "tenants":
        return None
    try:
        tenant_id = UUID(parts[2])
    except ValueError:
        return None
    return tenant_id if caller.sees(tenant_id) else None
