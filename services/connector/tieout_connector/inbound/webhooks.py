"""The webhook receiver: verifies the signature over the raw bytes, and answers 200 only once Kafka has the events.

Source: docs/xero.md 5.2. It needs no Postgres: events are keyed by Xero's organisation and mapped to the tenant later.
"""

import asyncio
import contextlib
from collections.abc import Awaitable
from uuid import uuid4

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from starlette.types import Receive, Scope, Send

from tieout_connector.inbound import delivery_spans, webhook_events
from tieout_connector.inbound.webhook_keys import WebhookKeys
from tieout_connector.inbound.webhook_requests import SIGNATURE, Outcome, answer, read_body, refused_early
from tieout_connector.metrics import WEBHOOK_REQUESTS, WEBHOOK_SIGNATURES
from tieout_kit.clock import Clock
from tieout_kit.kafka import KafkaConnection
from tieout_schemas.envelope import Envelope
from tieout_schemas.signals import Webhook
from tieout_schemas.topics import CONNECTOR, WEBHOOK, partition_of

PATH = "/webhooks/xero"
DEADLINE = 3.0
"""Seconds for the body and for Kafka together. Xero waits five, and sends again after a 503. An idempotent send to a
lost broker never fails by itself."""
FIRST_START = 10.0
"""Seconds that a new process waits for Kafka before it serves. Kafka may be away for longer, and the API needs only
Postgres."""
LINGER_MS = 2
"""One call to Kafka carries the events of all requests that arrive meanwhile."""

log = structlog.get_logger(__name__)


class WebhookReceiver:
    """Receives Xero's webhooks and publishes them to Kafka."""

    def __init__(
        self,
        kafka: KafkaConnection,
        prefix: str,
        partitions: int,
        keys: str,
        clock: Clock,
        deadline_s: float = DEADLINE,
    ) -> None:
        """`keys`: the keys that Xero may sign with, separated by commas."""
        self._kafka = kafka
        self._topic = prefix + WEBHOOK.name
        self._partitions = partitions
        self._keys = WebhookKeys(keys)
        self._clock = clock
        self._deadline_s = deadline_s
        self._producer: AIOKafkaProducer | None = None
        self._failed = asyncio.Event()
        self._reached = asyncio.Event()
        self._outcomes = {outcome: WEBHOOK_REQUESTS.labels(outcome.label) for outcome in Outcome}
        # An unused key must be seen as 0, not as missing.
        self._signatures = {name: WEBHOOK_SIGNATURES.labels(name) for name in self._keys.fingerprints}

    async def run(self) -> None:
        """Keep a producer running until cancelled. Kafka may start later than this service."""
        while True:
            producer = AIOKafkaProducer(**self._kafka.options, acks="all", enable_idempotence=True, linger_ms=LINGER_MS)
            try:
                await producer.start()
                self._producer = producer
                self._reached.set()
                self._failed.clear()
                await self._failed.wait()
            except (KafkaError, OSError) as error:
                log.warning("webhooks cannot be received yet, Kafka is not reachable", error=repr(error))
                await asyncio.sleep(1)
            finally:
                self._producer = None
                await _stop(producer)

    async def reached_kafka(self) -> None:
        """Wait until webhooks can be stored, for at most FIRST_START. A webhook that is refused twice comes again only
        after 15 minutes, so a new process should get none before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_START):
                await self._reached.wait()

    async def receive(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI). `Outcome` lists the answers."""
        outcome = await self._outcome(scope, receive)
        self._outcomes[outcome].inc()
        await answer(send, outcome)

    async def _outcome(self, scope: Scope, receive: Receive) -> Outcome:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        if refused := refused_early(scope["method"], headers):
            return refused
        events: list[Webhook] | None = None
        try:
            async with asyncio.timeout(self._deadline_s):
                raw = await read_body(receive)
                if isinstance(raw, Outcome):
                    return raw
                signer = self._keys.signer(raw, headers[SIGNATURE])
                if signer is None:
                    return Outcome.FORGED
                self._signatures[signer].inc()
                events = webhook_events.events_of(raw)
                if events is None:
                    return Outcome.MALFORMED
                if events:
                    parent = headers.get(b"traceparent", b"").decode("latin-1")
                    await self._publish(events, parent, scope.get("scheme", "http"))
        except (KafkaError, TimeoutError, ConnectionError) as error:
            return Outcome.NO_BODY if events is None else self._not_stored(events, error)
        for event in events:
            webhook_events.count_published(event)
        return Outcome.STORED

    def _not_stored(self, events: list[Webhook], error: Exception) -> Outcome:
        if isinstance(error, KafkaError):
            # A producer does not recover from some of these errors, so a new one is started.
            self._failed.set()
        log.warning("a webhook could not be published, Xero will send it again", error=repr(error))
        for event in events:
            webhook_events.count(event.category, "not_stored")
        return Outcome.NOT_STORED

    async def _publish(self, events: list[Webhook], parent: str, scheme: str) -> None:
        if self._producer is None:
            raise ConnectionError("Kafka is not reachable yet")
        with delivery_spans.delivery(PATH, parent, len(events), scheme) as spans:
            sent = await self._send(self._producer, events, spans)
            # For one event, `gather` would take as long as the send.
            await (sent[0] if len(sent) == 1 else asyncio.gather(*sent))

    async def _send(
        self, producer: AIOKafkaProducer, events: list[Webhook], spans: delivery_spans.DeliverySpans
    ) -> list[Awaitable[object]]:
        now = self._clock()
        sent = []
        for event in events:
            event_id, partition = str(uuid4()), partition_of(event.org_id, self._partitions)
            envelope = Envelope(
                id=event_id,
                source=f"tieout/{CONNECTOR}",
                type=Webhook.ce_type,
                time=now,
                xeroorgid=event.org_id,
                subject=str(event.resource_id),
                sequence=int(now.timestamp() * 1000),
                traceparent=spans.of_event(event, event_id, partition),
            )
            sent.append(
                await producer.send(
                    self._topic,
                    event.model_dump_json().encode(),
                    WEBHOOK.key_of(event.org_id, event),
                    partition=partition,
                    headers=envelope.to_headers(),
                )
            )
        return sent


async def _stop(producer: AIOKafkaProducer) -> None:
    """Raises nothing, so that the error or cancellation that made us stop is not replaced."""
    try:
        async with asyncio.timeout(5):
            await producer.stop()
    except (KafkaError, OSError) as error:
        log.warning("the webhook producer did not stop cleanly", error=repr(error))
