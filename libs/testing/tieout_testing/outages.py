"""Stops or freezes a server for a while, and always brings it back: `async with down(kafka): ...`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tieout_local.servers import Freezable, Server


@asynccontextmanager
async def down(server: Server, *, killed: bool = False) -> AsyncIterator[None]:
    """Stop (or kill) the server inside the block, and start it on the same port afterwards."""
    await asyncio.to_thread(server.kill if killed else server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.start)


@asynccontextmanager
async def frozen(server: Freezable) -> AsyncIterator[None]:
    """Freeze the server inside the block: it keeps its connections but answers nobody."""
    server.freeze()
    try:
        yield
    finally:
        server.thaw()
