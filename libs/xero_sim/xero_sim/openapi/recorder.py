"""Stands in front of a simulator and keeps what it answered, to be held against Xero's description later."""

import re
import zlib
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import orjson

from xero_sim.openapi.spec import Spec, accounting, identity
from xero_sim.serving import Asgi
from xero_sim.sockets import Receive, Scope, Send

JSON = "application/json"
ANY_FILE = "application/octet-stream"
ERROR = {"$ref": "#/components/schemas/Error"}
ON_PAGES = {
    (400, "text/plain"): "an Idempotency-Key that is too long or was used otherwise",
    (401, JSON): "token or scope",
    (403, JSON): "tenant",
    (404, "text/html"): "unknown id",
    (406, "text/plain"): "XML, which is not spoken here",
    (429, ""): "limits",
    (500, "text/plain"): "fault",
    (501, ""): "no such method",
    (503, "text/plain"): "fault",
    (200, "application/pdf"): "a document, by its Accept; the file has it under /pdf alone",
    (200, "text/html"): "the fault `html`: a page of something between Xero and its client",
}
"""What the files leave out, by status and type. Source: docs/xero.md 3.7."""
ELSEWHERE = ("/control/", "/connect/", "/identity/", "/.well-known/")
"""Our own, and OAuth's, of which the files say nothing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One whole answer: what was cut off or never sent is not one."""

    method: str
    path: str
    status: int
    media_type: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


class Recorder:
    """An ASGI application around another. `take` gives what came since it was last asked."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self._answers: list[Answered] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: MutableMapping[str, Any] = {}
        parts: list[bytes] = []

        async def keep(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    self._answers.append(_answered(scope, start, b"".join(parts)))
            await send(message)

        # Passed on as it is: the simulator reaches through `receive` to end a connection.
        await self._app(scope, receive, keep)

    def take(self) -> list[Answered]:
        taken, self._answers = self._answers, []
        return taken


def _answered(scope: Scope, start: MutableMapping[str, Any], body: bytes) -> Answered:
    headers = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    if headers.get("content-encoding") == "gzip":
        body = zlib.decompress(body, 31)
    media_type = headers.get("content-type", "").partition(";")[0]
    return Answered(scope["method"], scope["path"], start["status"], media_type, body)


def problems(answered: Answered) -> list[str]:
    """What is not as Xero describes it: in its file, or on its pages where the file is silent."""
    spec = accounting() if answered.path.lower().startswith(accounting().base) else identity()
    operation = spec.operation(*_as_in_the_file(answered.method, answered.path))
    described = spec.described(operation, answered.status) if operation else None
    if described is not None and answered.status == 204:
        return [f"{answered}: a body"] if answered.body else []
    if described and ANY_FILE in described:
        # It comes back in the type it was sent in.
        return []
    if not described or answered.media_type not in described:
        return _not_in_the_file(spec, answered)
    if answered.media_type != JSON:
        return []
    found = spec.differences(described[JSON]["schema"], orjson.loads(answered.body))
    return [f"{answered}: {each}" for each in found]


def _as_in_the_file(method: str, path: str) -> tuple[str, str]:
    """The method and path under which the file has a call that Xero answers under two (docs/xero.md 3.1, 4.12)."""
    if method == "POST" and path.lower().rstrip("/").endswith("/history"):
        return "PUT", path
    return method, re.sub(r"^(/api\.xro/2\.0/organisation)s(?=/|$)", r"\1", path, flags=re.IGNORECASE)


def _not_in_the_file(spec: Spec, answered: Answered) -> list[str]:
    if answered.status == 400 and answered.media_type == JSON and spec is accounting():
        # Not every operation lists it, and every one may answer it: a query that cannot be read, say.
        return [f"{answered}: {each}" for each in spec.differences(ERROR, orjson.loads(answered.body))]
    if (answered.status, answered.media_type) in ON_PAGES or answered.path.startswith(ELSEWHERE):
        return []
    return [f"{answered} ({answered.media_type}): neither Xero's file nor its pages have such an answer"]
