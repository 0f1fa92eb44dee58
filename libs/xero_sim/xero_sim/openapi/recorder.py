"""Records the answers of a simulator, and compares them with Xero's OpenAPI files."""

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
    (406, "text/plain"): "XML, which the simulator does not produce",
    (429, ""): "limits",
    (500, "text/plain"): "fault",
    (501, ""): "no such method",
    (503, "text/plain"): "fault",
    (200, "application/pdf"): "a document, by its Accept; the file has it under /pdf alone",
    (200, "text/html"): "the fault `html`: a page of something between Xero and its client",
}
"""Answers that the files leave out, by status and media type. Source: docs/xero.md 3.7."""
ELSEWHERE = ("/control/", "/connect/", "/identity/", "/.well-known/")
"""Paths of the control API and of OAuth, which the files do not describe."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One complete answer. An answer that was cut off or never sent is not recorded."""

    method: str
    path: str
    status: int
    media_type: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


class Recorder:
    """An ASGI application that wraps another. `take` returns the answers since the last `take`."""

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

        # `receive` is not wrapped, because the simulator needs the original to close a connection (sockets.py).
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
    """Where an answer differs from Xero's file, or from Xero's pages if the file does not have such an answer."""
    spec = accounting() if answered.path.lower().startswith(accounting().base) else identity()
    operation = spec.operation(*_as_in_the_file(answered.method, answered.path))
    described = spec.described(operation, answered.status) if operation else None
    if described is not None and answered.status == 204:
        return [f"{answered}: a body"] if answered.body else []
    if described and ANY_FILE in described:
        # A file has the media type with which it was uploaded.
        return []
    if not described or answered.media_type not in described:
        return _not_in_the_file(spec, answered)
    if answered.media_type != JSON:
        return []
    found = spec.differences(described[JSON]["schema"], orjson.loads(answered.body))
    return [f"{answered}: {each}" for each in found]


def _as_in_the_file(method: str, path: str) -> tuple[str, str]:
    """The file's method and path for a call. Xero answers some calls under two (docs/xero.md 3.1, 4.12)."""
    if method == "POST" and path.lower().rstrip("/").endswith("/history"):
        return "PUT", path
    return method, re.sub(r"^(/api\.xro/2\.0/organisation)s(?=/|$)", r"\1", path, flags=re.IGNORECASE)


def _not_in_the_file(spec: Spec, answered: Answered) -> list[str]:
    if answered.status == 400 and answered.media_type == JSON and spec is accounting():
        # Every operation may answer 400, for example to an unreadable query, but not every operation lists it.
        return [f"{answered}: {each}" for each in spec.differences(ERROR, orjson.loads(answered.body))]
    if (answered.status, answered.media_type) in ON_PAGES or answered.path.startswith(ELSEWHERE):
        return []
    return [f"{answered} ({answered.media_type}): neither Xero's file nor its pages have such an answer"]
