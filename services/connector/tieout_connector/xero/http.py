"""One call to Xero's Accounting API: sends bytes and returns JSON, or raises an error of the tree (errors.py).

It retries nothing.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from tieout_connector.xero import wire
from tieout_connector.xero.errors import MalformedRequest, OutcomeUnknown, RetryAfter, TimedOut, XeroError
from tieout_connector.xero.limits import Limits, limits_of
from tieout_connector.xero.responses import classify
from tieout_kit.telemetry.attributes import METHOD, SERVER_ADDRESS, SERVER_PORT, URL_TEMPLATE

TIMEOUT = 15.0
"""The most seconds that a whole call may take, except for a list. A write without an answer is retried after this."""
LISTS_TAKE = 3
"""The read of a list may take so many times as long: large pages are slow (F11)."""
_CONNECT = 5.0
"""Seconds to connect: far below TIMEOUT, so that a call that was never sent is recognised as such."""
_PATH = "/api.xro/2.0/"
LONGEST_QUERY = 2048
"""Bytes of a query, percent-encoded. To a longer one Xero answers 404, as if the path did not exist (F14)."""
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class XeroRequest:
    """A request to Xero. `resource`: the quoted path. `key`: the Idempotency-Key of a write."""

    method: str
    resource: str
    params: Mapping[str, str]
    modified_since: str | None = None
    key: str | None = None
    accept: str = JSON

    @property
    def of_list(self) -> bool:
        """True for the read of a list, which exists whatever records Xero has."""
        return self.method == "GET" and "/" not in self.resource

    @property
    def template(self) -> str:
        """The path without the ids, numbers and file names in it: `/api.xro/2.0/Invoices/{id}`."""
        parts = self.resource.split("/")
        return _PATH + "/".join("{id}" if number % 2 else part for number, part in enumerate(parts))

    @property
    def query_bytes(self) -> int:
        """The length of its query, percent-encoded."""
        return len(str(httpx.QueryParams(dict(sorted(self.params.items())))))

    def one_by_one(self, shown: Collection[UUID] = ()) -> "list[XeroRequest]":
        """The requests that read the records of a list by ids each alone, but for those `shown` already; none for any
        other request."""
        units = {name: value for name, value in self.params.items() if name == "unitdp"}
        ids = [UUID(each) for each in self.params.get("IDs", "").split(",") if each]
        return [XeroRequest("GET", f"{self.resource}/{xero_id}", units) for xero_id in ids if xero_id not in shown]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send, in chunks of `size` bytes together."""

    media_type: str
    size: int
    chunks: AsyncIterable[bytes]


@dataclass(frozen=True, slots=True)
class XeroAnswer:
    """Xero's answer, what is left of its limits, and the size of the body on the wire (egress)."""

    json: Any = field(repr=False)
    limits: Limits
    received: int = 0
    status: int = 200

    @property
    def day_remaining(self) -> int | None:
        """Calls left today."""
        return self.limits.day


class XeroApi:
    """Xero's Accounting API."""

    def __init__(self, client: httpx.AsyncClient, url: str, timeout_s: float = TIMEOUT) -> None:
        self._client = client
        self._timeout_s = timeout_s
        self._connect_s = min(_CONNECT, timeout_s)
        self._url = url.rstrip("/") + _PATH
        self._server = httpx.URL(url)

    def timeout_s(self, request: XeroRequest) -> float:
        """The most seconds that the whole call may take."""
        return self._timeout_s * LISTS_TAKE if request.of_list else self._timeout_s

    def describe(self, request: XeroRequest) -> dict[str, str | int]:
        """The attributes of a span of this call. Not the URL: its query and its path may hold names."""
        return {
            METHOD: request.method,
            URL_TEMPLATE: request.template,
            SERVER_ADDRESS: self._server.host,
            SERVER_PORT: self._server.port or 443,
        }

    async def call(
        self, token: str, org_id: UUID, request: XeroRequest, body: bytes | Upload | None = None
    ) -> XeroAnswer:
        """Make one call. Raises XeroError."""
        built, answer = self._build(token, org_id, request, body), None
        try:
            with _as_xero_errors():
                # httpx applies its timeout to each chunk of an answer, not to the whole.
                async with asyncio.timeout(self.timeout_s(request)):
                    answer = await self._client.send(built, stream=True)
                    await answer.aread()
            if answer.status_code in (200, 204, 304):
                received, status = answer.num_bytes_downloaded, answer.status_code
                return XeroAnswer(_content(answer), limits_of(answer.headers), received, status)
            sent = body if isinstance(body, bytes) else None
            raise classify(answer.status_code, answer.headers, answer.content, sent, of_list=request.of_list)
        except XeroError as error:
            error.received = answer.num_bytes_downloaded if answer else 0
            error.status = answer.status_code if answer else None
            raise
        finally:
            if answer:
                await answer.aclose()

    def _build(self, token: str, org_id: UUID, request: XeroRequest, body: bytes | Upload | None) -> httpx.Request:
        headers = {
            "Authorization": f"Bearer {token}",
            "Xero-Tenant-Id": str(org_id),
            "Accept": request.accept,
            "Accept-Encoding": "gzip",
        }
        if isinstance(body, Upload):
            # With a Content-Length, httpx does not use chunked encoding, and holds one chunk at a time.
            headers |= {"Content-Type": body.media_type, "Content-Length": str(body.size)}
        elif body is not None:
            headers["Content-Type"] = JSON
        if request.key:
            headers["Idempotency-Key"] = request.key
        if request.modified_since:
            headers["If-Modified-Since"] = request.modified_since
        built = self._client.build_request(
            request.method,
            self._url + request.resource,
            # Always in the same order: Xero refuses an Idempotency-Key that comes again with another URL.
            params=dict(sorted(request.params.items())),
            headers=headers,
            content=_exactly(body) if isinstance(body, Upload) else body,
            timeout=httpx.Timeout(self.timeout_s(request), connect=self._connect_s, pool=self._connect_s),
        )
        if len(built.url.query) > LONGEST_QUERY:
            raise MalformedRequest(f"a query of {len(built.url.query)} bytes is too long for Xero")
        return built


@contextmanager
def _as_xero_errors() -> Iterator[None]:
    """Turns httpx's errors into errors of the tree. Only their type is kept: their text may quote what was sent."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise RetryAfter(f"Xero cannot be reached: {type(error).__name__}", timedelta(seconds=5)) from error
    except httpx.LocalProtocolError as error:
        # Without its cause, which quotes the header that cannot be sent: it may be Authorization.
        raise MalformedRequest(f"the call cannot be sent: {type(error).__name__}") from None
    except (httpx.TimeoutException, TimeoutError) as error:
        raise TimedOut(f"no answer in time: {type(error).__name__}", answered=False) from error
    except httpx.HTTPError as error:
        raise OutcomeUnknown(f"no answer: {type(error).__name__}", answered=False) from error


async def _exactly(upload: Upload) -> AsyncIterator[bytes]:
    """The chunks. Raises MalformedRequest if they are fewer or more bytes than the Content-Length."""
    left = upload.size
    async for chunk in upload.chunks:
        left -= len(chunk)
        if left < 0:
            break
        yield chunk
    if left:
        raise MalformedRequest(f"the file is not the expected {upload.size} bytes")


def _content(answer: httpx.Response) -> Any:
    if not answer.content:
        return {}
    try:
        return wire.loads(answer.content)
    except ValueError as error:
        raise OutcomeUnknown("the answer is cut off or is not JSON", answered=False) from error
