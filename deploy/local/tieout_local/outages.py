"""Take a server away for a while, and bring it back for sure: `async with down(kafka): ...`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tieout_local.servers import Freezable, Server


@asynccontextmanager
async def down(server: Server, *, killed: bool = False) -> AsyncIterator[None]:
    """The server is stopped (or killed) inside, and answers again on the same port afterwards."""
    await asyncio.to_thread(server.kill if killed else server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


@asynccontextmanager
async def frozen(server: Freezable) -> AsyncIterator[None]:
    """The server keeps its connections inside but answers nobody."""
    server.freeze()
    try:
        yield
    finally:
        server.thaw()
