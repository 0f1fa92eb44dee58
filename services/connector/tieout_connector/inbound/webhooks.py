"""The webhook receiver: verified over the raw bytes, answered 200 only once Kafka has it (design, Webhooks).

Source: xero-api.md 5.2. It needs no Postgres: events are keyed by Xero's org and mapped to the tenant later.
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
"""Seconds; Xero waits five. A 503 makes it send again; an idempotent send to a lost broker never fails by itself."""

MOST_BYTES = 1 << 20
"""Of a webhook's body."""

log = structlog.get_logger(__name__)


class _Event(BaseModel):
    org_id: UUID = Field(alias="tenantId")
    resource_id: UUID = Field(alias="resourceId")
    category: str = Field(alias="eventCategory")
    event_type: str = Field(alias="eventType")
    event_at: datetime = Field(alias="eventDateUtc")


class _Body(BaseModel):
    events: list[dict[str, Any]]


class Receiver:
    """Takes Xero's webhooks."""

    def __init__(self, bootstrap: str, prefix: str, partitions: int, key: str, clock: Clock) -> None:
        self._bootstrap = bootstrap
        self._topic = prefix + WEBHOOK.name
        self._partitions = partitions
        # The key's text, not its base64-decoded bytes (trap 28).
        self._key = key.encode()
        self._clock = clock
        self._producer: AIOKafkaProducer | None = None
        self._failed = asyncio.Event()

    async def run(self) -> None:
        """Keep a producer while the service runs; Kafka may come later than we do."""
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
                log.warning("webhooks wait for Kafka", error=repr(error))
                await asyncio.sleep(1)
            finally:
                self._producer = None
                await _stop(producer)

    async def receive(self, request: Request) -> Response:
        """POST: 401 for a wrong signature, 503 while Kafka cannot take it, else 200; always an empty body."""
        raw = await _body(request)
        if raw is None:
            return Response(status_code=413)
        signature = base64.b64encode(hmac.new(self._key, raw, hashlib.sha256).digest())
        if not hmac.compare_digest(signature, request.headers.get("x-xero-signature", "").encode()):
            return Response(status_code=401)
        try:
            body = _Body.model_validate_json(raw)
        except ValidationError as error:
            # Signed, so from Xero, and yet no webhook. Refused, it would come again for a day, and then none would
            # come any more; what it was about the polls find.
            log.error("a signed webhook is not as documented", wrong=error.error_count())
            return Response(status_code=200)
        try:
            async with asyncio.timeout(DEADLINE):
                await self._publish([event for raw_event in body.events if (event := _event(raw_event))])
        except (KafkaError, TimeoutError, ConnectionError) as error:
            if isinstance(error, KafkaError):
                # Some of them a producer does not recover from.
                self._failed.set()
            log.warning("a webhook could not be stored, Xero sends it again", error=repr(error))
            return Response(status_code=503)
        return Response(status_code=200)

    async def _publish(self, events: list[Webhook]) -> None:
        if not events:
            return
        if self._producer is None:
            raise ConnectionError("Kafka is not there yet")
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
    """The raw body; None for one larger than Xero ever sends, which need not be signed to fill our memory."""
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > MOST_BYTES:
            return None
    return bytes(raw)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Raises nothing: what made us stop, a cancellation say, must not be replaced by its failure."""
    try:
        async with asyncio.timeout(5):
            await producer.stop()
    except (KafkaError, OSError) as error:
        log.warning("the producer of webhooks was not stopped in order", error=repr(error))


def _event(raw: dict[str, Any]) -> Webhook | None:
    """An event we can follow; None for one that is not about an organisation's record."""
    try:
        said = _Event.model_validate(raw)
    except ValidationError as error:
        log.error("an event of a signed webhook is not as documented", wrong=error.error_count())
        return None
    # eventDateUtc has no zone and is UTC.
    at = said.event_at if said.event_at.tzinfo else said.event_at.replace(tzinfo=UTC)
    return Webhook(
        org_id=said.org_id,
        category=said.category.upper(),
        resource_id=said.resource_id,
        event_type=said.event_type.upper(),
        event_at=at,
    )
