"""The webhook receiver: verifies the signature over the raw bytes, and answers 200 only once Kafka has the events.

Source: docs/xero.md 5.2. It needs no Postgres: events are keyed by Xero's organisation and mapped to the tenant later.
"""

import asyncio
import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from tieout_kit.clock import Clock
from tieout_kit.telemetry import current_traceparent
from tieout_schemas.envelope import Envelope
from tieout_schemas.signals import Webhook
from tieout_schemas.topics import CONNECTOR, WEBHOOK, partition_of

DEADLINE = 3.0
"""Seconds. Xero waits five, and sends again after a 503. An idempotent send to a lost broker never fails by itself."""

MAX_BODY_BYTES = 1 << 20

log = structlog.get_logger(__name__)


class _Event(BaseModel):
    org_id: UUID = Field(alias="tenantId")
    resource_id: UUID = Field(alias="resourceId")
    category: str = Field(alias="eventCategory")
    event_type: str = Field(alias="eventType")
    event_at: datetime = Field(alias="eventDateUtc")


class _Body(BaseModel):
    events: list[dict[str, Any]]


class WebhookReceiver:
    """Receives Xero's webhooks and publishes them to Kafka."""

    def __init__(
        self, bootstrap: str, prefix: str, partitions: int, key: str, clock: Clock, deadline_s: float = DEADLINE
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = prefix + WEBHOOK.name
        self._partitions = partitions
        # The key is used as text, not base64-decoded (trap 28).
        self._key = key.encode()
        self._clock = clock
        self._deadline_s = deadline_s
        self._producer: AIOKafkaProducer | None = None
        self._failed = asyncio.Event()

    async def run(self) -> None:
        """Keep a producer running until cancelled. Kafka may start later than this service."""
        while True:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap, acks="all", enable_idempotence=True, linger_ms=2
            )
            try:
                await producer.start()
                self._producer = producer
                self._failed.clear()
                await self._failed.wait()
            except (KafkaError, OSError) as error:
                log.warning("webhooks cannot be received yet, Kafka is not reachable", error=repr(error))
                await asyncio.sleep(1)
            finally:
                self._producer = None
                await _stop(producer)

    async def receive(self, request: Request) -> Response:
        """POST. Answers 413 if the body is too large, 401 if the signature is wrong, 503 while Kafka cannot store it,
        and else 200. The answer's body is always empty."""
        raw = await _body(request)
        if raw is None:
            return Response(status_code=413)
        signature = base64.b64encode(hmac.new(self._key, raw, hashlib.sha256).digest())
        if not hmac.compare_digest(signature, request.headers.get("x-xero-signature", "").encode()):
            return Response(status_code=401)
        try:
            body = _Body.model_validate_json(raw)
        except ValidationError as error:
            # The signature proves that Xero sent it. If it were refused, Xero would send it again for a day and then
            # disable the subscription. Polls find the change that it was about.
            log.error("a signed webhook is not as documented", wrong=error.error_count())
            return Response(status_code=200)
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._publish([event for raw_event in body.events if (event := _event(raw_event))])
        except (KafkaError, TimeoutError, ConnectionError) as error:
            if isinstance(error, KafkaError):
                # A producer does not recover from some of these errors, so a new one is started.
                self._failed.set()
            log.warning("a webhook could not be published, Xero will send it again", error=repr(error))
            return Response(status_code=503)
        return Response(status_code=200)

    async def _publish(self, events: list[Webhook]) -> None:
        if not events:
            return
        if self._producer is None:
            raise ConnectionError("Kafka is not reachable yet")
        now = self._clock()
        traceparent = current_traceparent()
        sent = []
        for event in events:
            envelope = Envelope(
                id=str(uuid4()),
                source=f"tieout/{CONNECTOR}",
                type=Webhook.ce_type,
                time=now,
                xeroorgid=event.org_id,
                subject=str(event.resource_id),
                sequence=int(now.timestamp() * 1000),
                traceparent=traceparent,
            )
            sent.append(
                await self._producer.send(
                    self._topic,
                    event.model_dump_json().encode(),
                    WEBHOOK.key_of(event.org_id, event),
                    partition=partition_of(event.org_id, self._partitions),
                    headers=envelope.to_headers(),
                )
            )
        await asyncio.gather(*sent)


async def _body(request: Request) -> bytes | None:
    """The raw body; None if it is larger than Xero ever sends. Unsigned bodies must not fill the memory."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > MAX_BODY_BYTES:
            return None
    return bytes(raw)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Raises nothing, so that the error or cancellation that made us stop is not replaced."""
    try:
        async with asyncio.timeout(5):
            await producer.stop()
    except (KafkaError, OSError) as error:
        log.warning("the webhook producer did not stop cleanly", error=repr(error))


def _event(raw: dict[str, Any]) -> Webhook | None:
    """A webhook event; None if it is not about a record of an organisation."""
    try:
        event = _Event.model_validate(raw)
    except ValidationError as error:
        log.error("an event of a signed webhook is not as documented", wrong=error.error_count())
        return None
    # eventDateUtc has no zone and is UTC.
    at = event.event_at if event.event_at.tzinfo else event.event_at.replace(tzinfo=UTC)
    return Webhook(
        org_id=event.org_id,
        category=event.category.upper(),
        resource_id=event.resource_id,
        event_type=event.event_type.upper(),
        event_at=at,
    )
