"""One call to Xero's Accounting API: bytes out, JSON or a stream of bytes in, everything else an error of the tree.

Retries nothing.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from tieout_connector.xero import wire
from tieout_connector.xero.errors import Again, OurBug, Unknown, XeroError
from tieout_connector.xero.limits import Limits, limits_of
from tieout_connector.xero.responses import judge

TIMEOUT = 15.0
"""Seconds a call may take at most, all of it; whoever takes over knows of it as long (pacing/timing.py)."""
_CONNECT = 5.0
"""Well below it: whether a call left at all must not be a race of two clocks."""
_PATH = "/api.xro/2.0/"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """A call to make; `resource` is the path, quoted; `key` is the Idempotency-Key of a write."""

    method: str
    resource: str
    params: Mapping[str, str]
    modified_since: str | None = None
    key: str | None = None
    accept: str = JSON


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send, in pieces that together are `size` bytes."""

    media_type: str
    size: int
    pieces: AsyncIterable[bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """What Xero said, what is left of its limits, and how many bytes of body came over the wire (egress)."""

    json: Any = field(repr=False)
    limits: Limits
    received: int = 0

    @property
    def day_remaining(self) -> int | None:
        """Calls left today."""
        return self.limits.day


class Download:
    """A file that comes in pieces; `size` is None where Xero does not say."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer
        self.media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        length = answer.headers.get("Content-Length", "")
        self.size = int(length) if length.isdigit() else None
        self.limits = limits_of(answer.headers)

    @property
    def received(self) -> int:
        """Bytes of body that came over the wire so far."""
        return self._answer.num_bytes_downloaded

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _answering():
            async for piece in self._answer.aiter_bytes():
                yield piece


class XeroApi:
    """Xero's Accounting API."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client = client
        self._url = url.rstrip("/") + _PATH

    async def call(self, token: str, org_id: UUID, request: Request, body: bytes | Upload | None = None) -> Answer:
        """Make one call. Raises XeroError."""
        built, answer = self._build(token, org_id, request, body), None
        try:
            with _answering():
                # httpx counts its timeout anew for every part of an answer.
                async with asyncio.timeout(TIMEOUT):
                    answer = await self._client.send(built, stream=True)
                    await answer.aread()
            if answer.status_code in (200, 204, 304):
                return Answer(_content(answer), limits_of(answer.headers), answer.num_bytes_downloaded)
            sent = body if isinstance(body, bytes) else None
            raise judge(answer.status_code, answer.headers, answer.content, sent)
        except XeroError as error:
            error.received = answer.num_bytes_downloaded if answer else 0
            raise
        finally:
            if answer:
                await answer.aclose()

    @asynccontextmanager
    async def download(self, token: str, org_id: UUID, request: Request) -> AsyncIterator[Download]:
        """A file, read piece by piece inside. Raises XeroError, in the midst of it too."""
        built = self._build(token, org_id, request, None)
        # Not packed: a small packed piece may be a large one, and PDFs and pictures are packed already.
        built.headers["Accept-Encoding"] = "identity"
        try:
            async with asyncio.timeout(TIMEOUT) as deadline:
                with _answering():
                    answer = await self._client.send(built, stream=True)
                try:
                    if answer.status_code != 200:
                        with _answering():
                            await answer.aread()
                        raise judge(answer.status_code, answer.headers, answer.content)
                    file = Download(answer)
                    if file.media_type == "text/html" and request.accept != "text/html":
                        raise Unknown("a page instead of the file", answered=False)
                    yield file
                finally:
                    await answer.aclose()
        except TimeoutError as error:
            if not deadline.expired():
                # Of whoever reads here.
                raise
            raise Unknown("the file did not come in time", answered=False) from error

    def _build(self, token: str, org_id: UUID, request: Request, body: bytes | Upload | None) -> httpx.Request:
        headers = {
            "Authorization": f"Bearer {token}",
            "Xero-Tenant-Id": str(org_id),
            "Accept": request.accept,
            "Accept-Encoding": "gzip",
        }
        if isinstance(body, Upload):
            # With a length httpx sends no chunks, and holds one piece at a time.
            headers |= {"Content-Type": body.media_type, "Content-Length": str(body.size)}
        elif body is not None:
            headers["Content-Type"] = JSON
        if request.key:
            headers["Idempotency-Key"] = request.key
        if request.modified_since:
            headers["If-Modified-Since"] = request.modified_since
        return self._client.build_request(
            request.method,
            self._url + request.resource,
            # Always in one order: the same key with another address is another request to Xero, which refuses it.
            params=dict(sorted(request.params.items())),
            headers=headers,
            content=_exactly(body) if isinstance(body, Upload) else body,
            timeout=httpx.Timeout(TIMEOUT, connect=min(_CONNECT, TIMEOUT), pool=min(_CONNECT, TIMEOUT)),
        )


@contextmanager
def _answering() -> Iterator[None]:
    """Errors of the way as errors of the tree, by name only: a text of httpx's may quote what was sent."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Again(f"Xero cannot be reached: {type(error).__name__}", timedelta(seconds=5)) from error
    except httpx.LocalProtocolError as error:
        # Cut from its cause, which quotes a header that cannot be sent; Authorization is one of them.
        raise OurBug(f"the call cannot be sent: {type(error).__name__}") from None
    except (httpx.HTTPError, TimeoutError) as error:
        raise Unknown(f"no answer: {type(error).__name__}", answered=False) from error


async def _exactly(upload: Upload) -> AsyncIterator[bytes]:
    """The pieces; fewer or more bytes than promised would be an error of the protocol."""
    left = upload.size
    async for piece in upload.pieces:
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        raise OurBug(f"the file is not the {upload.size} bytes it was said to be")


def _content(answer: httpx.Response) -> Any:
    if not answer.content:
        return {}
    try:
        return wire.loads(answer.content)
    except ValueError as error:
        raise Unknown("the answer is cut off or no JSON", answered=False) from error
