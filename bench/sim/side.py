"""One side of the comparison as a process: `python -m bench.sim.side simulator|bare`. Prints its URL.

`bare` is a Starlette application that answers what was put there before. Both are served in the same way, on one core
where the system lets a process be bound to one.
"""

import os
import sys
import time
from contextlib import suppress

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.sim.reads import CPU
from xero_sim import build_app
from xero_sim.serving import Asgi, listening_socket, server_for, url_of
from xero_sim.sockets import Receive, Scope, Send


def bare() -> Starlette:
    """Answers a GET with the body that was PUT there."""
    kept: dict[str, bytes] = {}

    async def answer(request: Request) -> Response:
        target = f"{request.url.path}?{request.url.query}"
        if request.method == "PUT":
            kept[target] = await request.body()
            return Response()
        return Response(kept[target], media_type="application/json")

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "PUT"])])


def timed(app: Asgi) -> Asgi:
    """The application with a route for its CPU time."""
    cpu = Route(CPU, lambda _: Response(str(time.process_time())))

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await (cpu.app if scope["path"] == CPU else app)(scope, receive, send)

    return serve


def main(side: str) -> None:
    """Serve until stopped."""
    if hasattr(os, "sched_setaffinity"):
        # The last of those we may use: the load, which has no such wish, moves away from it.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    bound = listening_socket()
    app: Asgi = build_app() if side == "simulator" else bare()
    with suppress(KeyboardInterrupt):
        server_for(timed(app), lambda: print(url_of(bound), flush=True)).run([bound])


if __name__ == "__main__":
    main(sys.argv[1])
