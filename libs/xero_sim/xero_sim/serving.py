"""Serves the simulator: inside the process of a test, or as a process of its own."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import uvicorn

from xero_sim.app import build_app
from xero_sim.sockets import Receive, Scope, Send

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class _Server(uvicorn.Server):
    """A server that reports when it listens."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def listening_socket(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A bound socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    return bound


def server_for(app: Asgi, on_ready: Callable[[], None]) -> uvicorn.Server:
    """A server without access log and error log, since the simulator breaks connections on purpose."""
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, server_header=False, timeout_graceful_shutdown=1
    )
    return _Server(config, on_ready)


def url_of(bound: socket.socket) -> str:
    """The URL of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def serve_in_thread(app: Asgi | None = None) -> Iterator[str]:
    """Serve on a free port, in a thread, while the block runs. Yields the URL."""
    bound, ready = listening_socket(), threading.Event()
    server = server_for(app or build_app(), ready.set)
    thread = threading.Thread(target=server.run, args=([bound],), name="xero-sim", daemon=True)
    thread.start()
    try:
        if not ready.wait(10):
            raise RuntimeError("the simulator did not start")
        yield url_of(bound)
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()


@contextlib.asynccontextmanager
async def serve_in_task(app: Asgi | None = None) -> AsyncIterator[str]:
    """Serve on a free port, on the running loop, while the block runs. Yields the URL."""
    bound, ready = listening_socket(), asyncio.Event()
    server = server_for(app or build_app(), ready.set)
    task = asyncio.create_task(server.serve([bound]))
    try:
        await asyncio.wait_for(ready.wait(), 10)
        yield url_of(bound)
    finally:
        server.should_exit = True
        await task
        bound.close()
