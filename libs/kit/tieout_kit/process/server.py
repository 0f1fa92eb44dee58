"""The HTTP server of a process, which serves one app on one port."""

import asyncio
import contextlib
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1,::1"
"""The proxies on the same machine."""


class Server(uvicorn.Server):
    """A server that ends when its task is cancelled. With uvicorn's own signal handlers, a signal would end only it."""

    def __init__(self, app: ASGIApp, host: str, port: int, proxies: str = LOOPBACK) -> None:
        """`proxies`: addresses and networks whose X-Forwarded-For is believed, comma-separated."""
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                lifespan="off",
                forwarded_allow_ips=proxies,
                timeout_graceful_shutdown=3,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(server: Server) -> None:
    """Serve until cancelled. Requests that are being handled get three seconds."""
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
