"""A receiver of webhooks, and how the simulator is told of it."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from xero_sim.app_client import Xero
from xero_sim.sockets import Receive, Scope, Send, read_body
from xero_sim.wire import Json

KEY = "c2lnbmluZy1rZXk="


class Receiver:
    """Answers as a good receiver does, or with `status`; keeps what came rightly signed and with events."""

    def __init__(self) -> None:
        self.payloads: list[Json] = []
        self.handshakes: list[bool] = []
        self.status: int | None = None
        self.cookie = False
        self.refused = 0
        self.url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await read_body(receive)
        signed = dict(scope["headers"])[b"x-xero-signature"]
        right = hmac.compare_digest(base64.b64encode(hmac.new(KEY.encode(), raw, hashlib.sha256).digest()), signed)
        body, status = json.loads(raw), self.status or (200 if right else 401)
        if not body["events"]:
            self.handshakes.append(right)
        elif status == 200:
            self.payloads.append(body)
        else:
            self.refused += 1
        headers = [(b"set-cookie", b"a=b")] if self.cookie else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    @property
    def events(self) -> list[Json]:
        return [event for payload in self.payloads for event in payload["events"]]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for a condition on what was received; show it when it does not come."""
        deadline = time.monotonic() + 5
        while not holds():
            shown = [(event["eventCategory"], event["eventType"]) for event in self.events]
            assert time.monotonic() < deadline, f"received {shown}, refused {self.refused}"
            await asyncio.sleep(0.01)


async def until_stands(xero: Xero, **wanted: object) -> None:
    """Wait until the subscription shows these values: the simulator has taken the receiver's answer in."""
    deadline = time.monotonic() + 5
    while not wanted.items() <= (shown := await xero.control.webhook(xero.app.client_id)).items():
        assert time.monotonic() < deadline, f"stands at {shown}"


async def subscribe(xero: Xero, receiver: Receiver, **more: Any) -> Json:
    return await xero.control.set_webhook(xero.app.client_id, receiver.url, KEY, **more)
