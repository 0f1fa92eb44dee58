"""The HTTP of a webhook, on ASGI alone: which requests are refused before their body is read, and the body itself."""

from collections.abc import Mapping
from enum import Enum

from starlette.types import Receive, Send

MAX_BODY_BYTES = 1 << 20
SIGNATURE = b"x-xero-signature"


class Outcome(Enum):
    """What became of a request, the status of its answer, and whether the connection is closed because the rest of the
    body may still be on its way."""

    STORED = "stored", 200, False
    MALFORMED = "malformed", 200, False
    FORGED = "forged", 401, False
    NOT_STORED = "not_stored", 503, False
    UNSIGNED = "unsigned", 401, True
    WRONG_METHOD = "wrong_method", 405, True
    NO_BODY = "no_body", 408, True
    TOO_LARGE = "too_large", 413, True
    NOT_JSON = "not_json", 415, True

    def __init__(self, label: str, status: int, closes: bool) -> None:
        self.label, self.status, self.closes = label, status, closes


def refused_early(method: str, headers: Mapping[bytes, bytes]) -> Outcome | None:
    """Why a request is refused without its body; None if the body is wanted."""
    if method != "POST":
        return Outcome.WRONG_METHOD
    # Xero documents no content type, so a request without one is let through: the signature proves who sent it.
    if b"json" not in headers.get(b"content-type", b"application/json").lower():
        return Outcome.NOT_JSON
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        return Outcome.TOO_LARGE
    if not headers.get(SIGNATURE):
        return Outcome.UNSIGNED
    return None


async def read_body(receive: Receive) -> bytes | Outcome:
    """The raw body, or why there is none."""
    raw = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return Outcome.NO_BODY
        raw += message.get("body", b"")
        # A body without a Content-Length must not fill the memory either.
        if len(raw) > MAX_BODY_BYTES:
            return Outcome.TOO_LARGE
        if not message.get("more_body"):
            return bytes(raw)


async def answer(send: Send, outcome: Outcome) -> None:
    """Answer with an empty body and no cookie, as Xero demands."""
    headers = [(b"content-length", b"0")]
    if outcome.closes:
        headers.append((b"connection", b"close"))
    if outcome is Outcome.WRONG_METHOD:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": outcome.status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
