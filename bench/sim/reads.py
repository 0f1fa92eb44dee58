"""Load on a server over a few kept-alive connections. The client does little work, so that the server is measured."""

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

CPU = "/bench/cpu"
"""The path that returns the CPU seconds used by the server's process."""
CONNECTIONS = 5
"""The concurrent calls that Xero allows an app."""


class NotRead(AssertionError):
    """An answer was not 200."""


class Read(NamedTuple):
    """A GET request with its own headers."""

    target: str
    headers: tuple[tuple[str, str], ...] = ()


class LoadRun(NamedTuple):
    """The time that many reads took, in seconds."""

    reads: int
    wall: float
    cpu: float
    """The server's CPU time."""


class Reader:
    """Reads from one server; `headers` are sent with every request."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        at = urlsplit(url)
        self.host, self.port = at.hostname or "", at.port or 0
        self._headers = {"Host": at.netloc, **headers}

    async def run_load(self, reads: Sequence[Read], count: int) -> LoadRun:
        """Make `count` reads in turn; each connection sends its next request as soon as it has an answer."""
        requests = [self._request(read) for read in reads]
        before, begun = await self.cpu(), time.perf_counter()
        share = count // CONNECTIONS
        await asyncio.gather(*(self._read(requests, start, share) for start in range(CONNECTIONS)))
        return LoadRun(share * CONNECTIONS, time.perf_counter() - begun, await self.cpu() - before)

    async def once(self, read: Read) -> tuple[float, bytes]:
        """The milliseconds from the request to the last byte of the answer, and the body."""
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=1 << 24)
        try:
            begun = time.perf_counter()
            writer.write(self._request(read))
            body = await _answer(reader, read)
            return 1000 * (time.perf_counter() - begun), body
        finally:
            writer.close()

    async def cpu(self) -> float:
        """The CPU seconds that the server has used so far."""
        _, body = await self.once(Read(CPU))
        return float(body)

    async def _read(self, requests: Sequence[bytes], start: int, count: int) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=1 << 24)
        try:
            for number in range(start, start + count):
                request = requests[number % len(requests)]
                writer.write(request)
                await _answer(reader, request)
        finally:
            writer.close()

    def _request(self, read: Read) -> bytes:
        headers = {**self._headers, **dict(read.headers)}
        lines = [f"GET {read.target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode()


async def _answer(reader: asyncio.StreamReader, what: object) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise NotRead(f"{what!r}: {head!r}")
    length = head.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
    return await reader.readexactly(int(length))
