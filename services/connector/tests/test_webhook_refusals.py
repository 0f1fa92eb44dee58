"""What is no webhook of Xero is refused before its body is read, and a body that does not come is not waited for."""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette

from tieout_connector.api.webhooks import WebhooksFirst
from tieout_connector.inbound import webhooks
from tieout_connector.inbound.webhook_keys import WebhookKeys
from tieout_connector.inbound.webhook_requests import MAX_BODY_BYTES
from tieout_connector.inbound.webhooks import PATH, WebhookReceiver
from tieout_kit.clock import utc_now
from tieout_kit.kafka import KafkaConnection
from tieout_kit.process import Server, serve
from tieout_testing.kafka import running, wait_until

pytestmark = pytest.mark.rule("CONN-9")
SIGNED = (b"x-xero-signature", b"c2lnbmVk")
JSON = (b"content-type", b"application/json; charset=utf-8")


class Request:
    """A request whose body comes in these parts, and then no more."""

    def __init__(self, *parts: bytes, method: str = "POST", headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self.scope = {"type": "http", "method": method, "path": PATH, "headers": list(headers)}
        self.parts = list(parts)
        self.read = 0
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        self.read += 1
        if not self.parts:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": self.parts.pop(0), "more_body": True}

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    async def answered(self, deadline_s: float = 0.05) -> int:
        receiver = WebhookReceiver(KafkaConnection("nowhere:1"), "", 2, "key", utc_now, deadline_s)
        async with asyncio.timeout(5):
            await receiver.receive(self.scope, self.receive, self.send)
        assert self.sent[1] == {"type": "http.response.body", "body": b""}
        return int(self.sent[0]["status"])

    @property
    def closes(self) -> bool:
        return (b"connection", b"close") in self.sent[0]["headers"]


@pytest.mark.parametrize(
    ("method", "headers", "status", "outcome"),
    [
        ("GET", [SIGNED, JSON], 405, "wrong_method"),
        ("PUT", [SIGNED, JSON], 405, "wrong_method"),
        ("POST", [SIGNED, (b"content-type", b"multipart/form-data")], 415, "not_json"),
        ("POST", [SIGNED, JSON, (b"content-length", str(MAX_BODY_BYTES + 1).encode())], 413, "too_large"),
        ("POST", [JSON], 401, "unsigned"),
        ("POST", [JSON, (b"x-xero-signature", b"")], 401, "unsigned"),
    ],
)
async def test_it_is_refused_before_its_body_is_read(
    method: str, headers: list[tuple[bytes, bytes]], status: int, outcome: str
) -> None:
    request, before = Request(method=method, headers=headers), counted(outcome)

    assert await request.answered() == status
    assert request.read == 0
    # Otherwise the server would go on to read the body, only to throw it away.
    assert request.closes
    assert counted(outcome) == before + 1


@pytest.mark.parametrize(
    "headers", [[SIGNED], [SIGNED, JSON], [SIGNED, (b"content-length", str(MAX_BODY_BYTES).encode())]]
)
async def test_what_may_be_a_webhook_is_read(headers: list[tuple[bytes, bytes]]) -> None:
    request = Request(b"{", headers=headers)

    await request.answered()

    assert request.read == 2


async def test_a_body_that_never_ends_is_given_up_at_the_deadline() -> None:
    request, before = Request(b"{", headers=[SIGNED, JSON]), counted("no_body")

    assert (await request.answered(), request.closes) == (408, True)
    assert counted("no_body") == before + 1


async def test_a_body_of_unknown_length_is_read_up_to_the_limit_only() -> None:
    request = Request(*[b"x" * (MAX_BODY_BYTES // 4)] * 9, headers=[SIGNED, JSON])

    assert (await request.answered(2), request.closes, request.read) == (413, True, 5)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (f"x-xero-signature: x\r\ncontent-length: {MAX_BODY_BYTES + 1}", 413),
        ("content-length: 300", 401),
        ("x-xero-signature: x\r\ncontent-length: 300", 408),
    ],
)
async def test_a_sender_that_waits_with_its_body_is_answered_and_cut_off(more: str, status: int) -> None:
    receiver = WebhookReceiver(KafkaConnection("nowhere:1"), "", 2, "key", utc_now, deadline_s=0.1)
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    server = Server(WebhooksFirst(Starlette(), receiver), "127.0.0.1", port)

    async def listening() -> bool:
        return server.started

    async with running(serve(server)), asyncio.timeout(10):
        await wait_until(listening, bool)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"POST {PATH} HTTP/1.1\r\nhost: us\r\n{more}\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()

    assert answer.startswith(f"HTTP/1.1 {status} ".encode())


async def test_a_process_serves_without_kafka_once_it_has_waited_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "FIRST_START", 0.1)
    receiver = WebhookReceiver(KafkaConnection("127.0.0.1:1"), "", 2, "key", utc_now)

    async with running(receiver.run()), asyncio.timeout(10):
        await receiver.reached_kafka()


@pytest.mark.parametrize("keys", ["", "key,", "key, ,other"])
def test_an_empty_key_is_refused_since_anybody_could_sign_with_it(keys: str) -> None:
    with pytest.raises(ValueError, match="a webhook key is empty"):
        WebhookKeys(keys)


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("tieout_webhook_requests_total", {"outcome": outcome}) or 0
