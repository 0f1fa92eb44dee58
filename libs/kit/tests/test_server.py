"""The HTTP server of a process: whom it believes about the caller's address."""

import asyncio
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tieout_kit.process.server import Server, serve
from tieout_testing.kafka import wait_until


async def address(request: Request) -> Response:
    return PlainTextResponse(request.client.host if request.client else "")


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("127.0.0.0/8", "203.0.113.9"), ("127.0.0.1,10.0.0.0/8", "203.0.113.9"), ("10.0.0.0/8", "127.0.0.1")],
)
async def test_only_the_proxies_that_are_named_are_believed(proxies: str, seen: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(Starlette(routes=[Route("/", address)]), "127.0.0.1", port, proxies)
    serving = asyncio.create_task(serve(server))

    async def started() -> bool:
        return server.started

    await wait_until(started, bool)
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-For": "203.0.113.9"})
    serving.cancel()
    await asyncio.wait([serving])

    assert answer.text == seen
