"""Watches the topics, and tells when an event arrived."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self, TypeVar
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from tieout_schemas.events import decode
from tieout_schemas.platform import Bill
from tieout_schemas.signals import Webhook
from tieout_schemas.topics import BILLS_TOPIC, WEBHOOK

T = TypeVar("T")
_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class ArrivedBill:
    """An event of a bill, and when it arrived, in seconds since 1970."""

    bill: Bill
    at: float


@dataclass(frozen=True, slots=True)
class ArrivedWebhook:
    """When a change was made in Xero, and when its webhook arrived, in seconds since 1970."""

    changed_at: float
    at: float


class Watch:
    """The events of all tenants since it began."""

    def __init__(self) -> None:
        self._bills: dict[UUID, list[ArrivedBill]] = {}
        self._webhooks: dict[UUID, list[ArrivedWebhook]] = {}
        self._news: dict[UUID, asyncio.Event] = {}
        self._failed: Exception | None = None

    @classmethod
    @asynccontextmanager
    async def of(cls, bootstrap: str, partitions: int) -> AsyncIterator[Self]:
        """Watch until the end of the block."""
        made = cls()
        # Of a relay's transaction, only what was committed.
        consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed")
        await consumer.start()
        consumer.assign(
            [TopicPartition(topic.name, number) for topic in (WEBHOOK, BILLS_TOPIC) for number in range(partitions)]
        )
        await consumer.seek_to_beginning()

        async def watch() -> None:
            try:
                async for record in consumer:
                    made._take(record, time.time())
            except Exception as error:
                made._fail(error)

        watching = asyncio.create_task(watch())
        try:
            yield made
        finally:
            watching.cancel()
            await consumer.stop()

    async def bill(self, tenant_id: UUID, wanted: Callable[[Bill], bool], *, within: float = _WITHIN) -> ArrivedBill:
        """The tenant's first event of a bill that is as wanted. Raises TimeoutError."""
        seen = self._bills
        return await self._first(tenant_id, lambda: (o for o in seen.get(tenant_id, ()) if wanted(o.bill)), within)

    async def webhook(self, invoice_id: UUID, since: float) -> ArrivedWebhook:
        """The webhook of an invoice's first change since a moment. Raises TimeoutError."""
        seen = self._webhooks
        return await self._first(
            invoice_id, lambda: (o for o in seen.get(invoice_id, ()) if o.changed_at >= since), _WITHIN
        )

    async def _first(self, key: UUID, look: Callable[[], Iterator[T]], within: float) -> T:
        news = self._news.setdefault(key, asyncio.Event())
        async with asyncio.timeout(within):
            while True:
                news.clear()
                if self._failed:
                    raise RuntimeError("the topics are not watched any more") from self._failed
                if found := next(look(), None):
                    return found
                await news.wait()

    def _fail(self, error: Exception) -> None:
        """Whoever waits for an event learns that none can come."""
        self._failed = error
        for news in self._news.values():
            news.set()

    def _take(self, record: ConsumerRecord, at: float) -> None:
        topic = WEBHOOK if record.topic == WEBHOOK.name else BILLS_TOPIC
        event = decode(topic, record.headers, record.value)
        if isinstance(event.data, Webhook):
            arrived = ArrivedWebhook(event.data.event_at.timestamp(), event.envelope.time.timestamp())
            self._webhooks.setdefault(event.data.resource_id, []).append(arrived)
            self._news.setdefault(event.data.resource_id, asyncio.Event()).set()
        elif isinstance(event.data, Bill) and event.envelope.tenantid:
            self._bills.setdefault(event.envelope.tenantid, []).append(ArrivedBill(event.data, at))
            self._news.setdefault(event.envelope.tenantid, asyncio.Event()).set()
