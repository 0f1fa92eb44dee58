"""Calls of the identity and connections endpoints: applies faults that name their path, and fills the ledger."""

import asyncio
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp

from xero_sim.answers import Answer
from xero_sim.faults import faulty_answer
from xero_sim.ledger import Entry
from xero_sim.sockets import Receive, Scope, Send, close_connection, read_body, send_answer
from xero_sim.world import World

PATHS = ("/connect/", "/connections", "/identity/")


class IdentityGate:
    """Wraps the endpoints. Their answers are small, so each is buffered, and a fault can still cut or drop it."""

    def __init__(self, world: World, endpoints: ASGIApp) -> None:
        self.world = world
        self.endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        fault = self.world.faults.draw_named(scope["method"], scope["path"])
        kind = fault.kind if fault else ""
        try:
            body = await read_body(receive)
        except ConnectionResetError:
            # The client disconnected before the end of its request, so nobody waits for an answer.
            return
        if fault and kind == "slow":
            await asyncio.sleep(fault.seconds)

        async def replay_body() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        answer = (faulty_answer(fault) if fault else None) or await self._answer(scope, replay_body)
        query = scope["query_string"].decode()
        self.world.ledger.add(
            Entry(
                at=self.world.clock.timestamp(),
                app=None,
                tenant=None,
                method=scope["method"],
                path=f"{scope['path']}?{query}" if query else scope["path"],
                status=answer.status,
                request_bytes=len(body),
                response_bytes=len(answer.body),
                plain_bytes=len(answer.body),
                idempotency_key=None,
                replayed=False,
                fault=kind or None,
                ms=(time.perf_counter() - began) * 1000,
            )
        )
        if kind in ("refuse", "lost"):
            close_connection(receive)
            return
        await send_answer(send, answer, cut=kind == "cut")

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        status, headers, body = 500, [], bytearray()

        async def buffer(message: MutableMapping[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], message["headers"]
            body.extend(message.get("body", b""))

        await self.endpoints(scope, receive, buffer)
        kept = [(name.decode(), value.decode("latin-1")) for name, value in headers if name != b"content-length"]
        return Answer(status, bytes(body), headers=tuple(kept))
