"""Signed webhooks as bytes of HTTP/1.1, and connections that send them."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import deque
from typing import Any
from uuid import UUID, uuid4, uuid5

KEY = "the-key-of-the-benchmark"
PATH = "/webhooks/xero"
ORGS = [uuid5(UUID(int=0), str(number)) for number in range(100)]
CONNECTIONS = 64


class Load:
    """So many requests, composed before any is sent."""

    def __init__(self, count: int) -> None:
        self.requests = deque(_request(ORGS[number % len(ORGS)]) for number in range(count))
        self.count = count


class NotAccepted(AssertionError):
    """A webhook was not answered 200."""


class Connection(asyncio.Protocol):
    """One connection; it sends a request when told and then waits for the answer."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: Any = None

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """A connection to this port of this machine."""
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(cls, "127.0.0.1", port)
        return made

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        # An answer has no body and is small, so it comes in one piece.
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or NotAccepted("the connection was closed"))

    async def post(self, request: bytes) -> None:
        """Send one request. Raises NotAccepted unless the answer is 200."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._answer
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise NotAccepted(answer[:200].decode(errors="replace"))

    def close(self) -> None:
        """Close it."""
        self._transport.close()


async def as_fast_as_possible(port: int, load: Load) -> float:
    """Requests a second, over all connections."""
    connections = [await Connection.open(port) for _ in range(CONNECTIONS)]
    started = time.perf_counter()

    async def work(connection: Connection) -> None:
        while load.requests:
            await connection.post(load.requests.popleft())

    async with asyncio.TaskGroup() as group:
        for connection in connections:
            group.create_task(work(connection))
    took = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return load.count / took


async def evenly(port: int, load: Load, a_second: float) -> list[float]:
    """Seconds from the moment at which each request was to be sent to its answer."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await Connection.open(port))
    waited: list[float] = []

    async def send(request: bytes, at: float) -> None:
        connection = await free.get()
        await connection.post(request)
        waited.append(time.perf_counter() - at)
        free.put_nowait(connection)

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number, request in enumerate(load.requests):
            at = started + number / a_second
            if (early := at - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            group.create_task(send(request, at))
    while not free.empty():
        free.get_nowait().close()
    return waited


def _request(org_id: UUID) -> bytes:
    record_id = str(uuid4())
    event = {
        "resourceUrl": f"https://api.xero.com/api.xro/2.0/Invoices/{record_id}",
        "resourceId": record_id,
        "eventDateUtc": "2026-11-01T10:00:00.123",
        "eventType": "UPDATE",
        "eventCategory": "INVOICE",
        "tenantId": str(org_id),
        "tenantType": "ORGANISATION",
    }
    body = {"events": [event], "firstEventSequence": 1, "lastEventSequence": 1, "entropy": "ENTROPYENTROPYENTROP"}
    raw = json.dumps(body).encode()
    signature = base64.b64encode(hmac.new(KEY.encode(), raw, hashlib.sha256).digest())
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: tieout\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(raw)}\r\nx-xero-signature: "
    )
    return head.encode() + signature + b"\r\n\r\n" + raw
