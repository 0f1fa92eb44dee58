"""ASGI without a framework: reads a body, sends an answer whole or cut off, closes a connection without an answer."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from xero_sim.answers import Answer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def read_body(receive: Receive) -> bytes:
    """The whole request body. Raises ConnectionResetError if the client disconnects before its end."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("the client disconnected before the end of its request")
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def send_answer(send: Send, answer: Answer, *, cut: bool = False) -> None:
    """Send an answer. With `cut`, the connection ends in the middle of the body."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers]
    if answer.content_type is not None:
        headers.append((b"content-type", answer.content_type.encode()))
    if answer.status != 204:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if cut:
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        # The body is not complete yet, so the server closes the connection when the application returns.
        return
    await send({"type": "http.response.body", "body": answer.body})


def close_connection(receive: Receive) -> None:
    """Close the connection without an answer.

    ASGI has no message for this, but uvicorn's `receive` is a method of an object with the transport. Under another
    server it raises ConnectionResetError.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    abort = getattr(transport, "abort", None)
    if abort is None:
        raise ConnectionResetError("the simulator closed the connection")
    abort()
