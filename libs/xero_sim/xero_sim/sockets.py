"""The ASGI messages that are handled directly: read a body, send an answer whole, cut off, or not at all."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from xero_sim.answers import Answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def read_body(receive: Receive) -> bytes:
    """The whole request body. Raises ConnectionResetError if the client left in the middle of it."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client broke off its request")
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def send_answer(send: Send, answer: Answer, *, cut: bool = False) -> None:
    """Send; with `cut` the connection ends in the middle of the body."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    if answer.content_type is not None:
        headers.append((b"content-type", answer.content_type.encode()))
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if cut:
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        # Returning with more promised makes the server close the connection.
        return
    await send({"type": "http.response.body", "body": answer.body})


def close_connection(receive: Receive) -> None:
    """End the connection without a word.

    ASGI has no message for it; uvicorn's `receive` belongs to an object that knows the transport.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    abort = getattr(transport, "abort", None)
    if abort is None:
        raise ConnectionResetError("the simulator closed the connection")
    abort()
