"""A proxy before Postgres that cuts a connection at its COMMIT: the client cannot know whether it came through."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import urlsplit, urlunsplit


class Cut(Enum):
    """What becomes of a COMMIT."""

    ANSWER = auto()
    """Postgres commits; its answer is lost."""
    QUESTION = auto()
    """Postgres never hears of it, and rolls back."""


@dataclass
class Proxy:
    """`cuts`: what becomes of the next commits, one each; then they pass."""

    dsn: str
    cuts: list[Cut]


@asynccontextmanager
async def proxy(dsn: str) -> AsyncIterator[Proxy]:
    """A proxy to the server of this dsn."""
    parts = urlsplit(dsn)
    made = Proxy("", [])

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(parts.hostname, parts.port)
        answers = asyncio.create_task(_pass_on(there, writer))
        with contextlib.suppress(OSError):
            await _questions(made, reader, there, back, answers)
        answers.cancel()
        for end in (writer, back):
            end.close()

    server = await asyncio.start_server(client, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    where = f"{parts.username}:{parts.password}@127.0.0.1:{port}"
    made.dsn = urlunsplit(parts._replace(netloc=where))
    try:
        yield made
    finally:
        server.close()


async def _questions(
    made: Proxy,
    reader: asyncio.StreamReader,
    there: asyncio.StreamReader,
    back: asyncio.StreamWriter,
    answers: asyncio.Task[None],
) -> None:
    while chunk := await reader.read(1 << 16):
        if b"COMMIT" in chunk and made.cuts:
            cut = made.cuts.pop(0)
            answers.cancel()
            await asyncio.wait([answers])
            if cut is Cut.ANSWER:
                back.write(chunk)
                await there.read(1)
            return
        back.write(chunk)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(1 << 16):
            writer.write(chunk)
        writer.close()
