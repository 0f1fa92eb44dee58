"""Publishes outbox rows to Kafka in order. One process leads per database; Kafka fences the previous leader."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed, ProducerFenced
from aiokafka.producer.message_accumulator import BatchBuilder

from tieout_kit import metrics
from tieout_kit.clock import utc_now
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.outbox import Headers, from_json
from tieout_kit.kafka.publishing_spans import PublishingSpans
from tieout_kit.postgres import UNAVAILABLE, Database, queries
from tieout_kit.telemetry import is_on
from tieout_schemas.topics import partition_of

_SQL = queries.load("tieout_kit", "outbox.sql")
_LEADER_LOCK = 7_301_002
_ROWS_PER_TRANSACTION = 1000
"""Many, because each Kafka transaction costs a marker on every partition that it writes to."""
_STOP_TIMEOUT_S = 3.0
_MAX_REQUEST_BYTES = 2 << 20
"""Above Kafka's limit for a record, since a dead letter adds its reason to a record of any size."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RelayTiming:
    """When a relay that stands still is given up, and how often the outbox is read; in seconds."""

    transaction_s: int = 10
    """After this Kafka aborts the transaction of a relay that has stopped."""
    poll_s: float = 1.0
    """How often the outbox is read when no notification comes."""
    idle_session_s: float = 45.0
    """After this Postgres ends the session of a relay that sends no query, because its process froze or its machine is
    gone; another process takes over. A healthy relay queries every second, and waits for Kafka for 30 s at most."""


TIMING = RelayTiming()


class Relay:
    """Publishes outbox rows in the order of their ids, and deletes them once Kafka has acknowledged them."""

    def __init__(
        self,
        database: Database,
        kafka: KafkaConnection,
        prefix: str,
        service: str,
        partitions: int,
        timing: RelayTiming = TIMING,
    ) -> None:
        self._database = database
        self._kafka = kafka
        self._prefix = prefix
        self._transactional_id = f"{prefix}tieout-{service}-relay"
        self._partitions = partitions
        self._timing = timing
        self._oldest: datetime | None = None
        self._leads = metrics.RELAY_LEADS.labels(service)
        self.unhealthy_because: str | None = "not started"

    async def run(self) -> None:
        """Publish until cancelled; start over after any failure."""
        metrics.OUTBOX_AGE.set_function(self._age)
        while True:
            try:
                await self._lead()
            except (KafkaError, *UNAVAILABLE) as error:
                # No row is kept across a restart: rows are read again after init_transactions. A fenced relay that
                # kept its rows would publish an old state last.
                self.unhealthy_because = f"{type(error).__name__}: {error}"
                (metrics.RELAY_FENCED if isinstance(error, ProducerFenced) else metrics.RELAY_RESTARTS).inc()
                log.warning("the relay starts over", reason=self.unhealthy_because)
                await asyncio.sleep(1)

    async def _lead(self) -> None:
        db = await self._database.connection()
        try:
            # Set before the lock is taken, so that a frozen process cannot keep it.
            await db.execute(*_SQL["limit_idle"](timeout=f"{self._timing.idle_session_s:.0f}s"))
            while not await db.fetchval(
                "select pg_try_advisory_lock($1)", _LEADER_LOCK, timeout=self._timing.transaction_s
            ):
                self.unhealthy_because = self._oldest = None
                await asyncio.sleep(self._timing.poll_s)
            # For the metric, should Kafka be unavailable: the rows themselves are read later.
            self._oldest = await db.fetchval(_SQL["oldest_at"])
            producer = AIOKafkaProducer(
                **self._kafka.options,
                transactional_id=self._transactional_id,
                transaction_timeout_ms=self._timing.transaction_s * 1000,
                acks="all",
                max_batch_size=1 << 19,
                max_request_size=_MAX_REQUEST_BYTES,
            )
            try:
                # Fences the previous leader, which may only have been frozen; rows are read only after this.
                async with asyncio.timeout(30):
                    await producer.start()
                metrics.RELAY_ELECTED.inc()
                self._leads.set(1)
                self.unhealthy_because = None
                await self._relay(db, producer)
            finally:
                self._leads.set(0)
                await _stop(producer)
        finally:
            db.terminate()

    async def _relay(self, db: Any, producer: AIOKafkaProducer) -> None:
        notified = asyncio.Event()
        await db.add_listener("tieout_outbox", lambda *_: notified.set())
        while True:
            notified.clear()
            rows = await db.fetch(*_SQL["oldest"](limit=_ROWS_PER_TRANSACTION), timeout=self._timing.transaction_s)
            self._oldest = rows[0]["at"] if rows else None
            if not rows:
                # Not wait_for, which in Python 3.11 can lose a cancellation.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._timing.poll_s):
                        await notified.wait()
                continue
            # An idempotent producer retries for ever while a broker is gone.
            async with asyncio.timeout(self._timing.transaction_s):
                await self._send(producer, rows)
            await db.execute(*_SQL["delete"](ids=[row["id"] for row in rows]), timeout=self._timing.transaction_s)
            metrics.RECORDS_PUBLISHED.inc(len(rows))

    def _age(self) -> float:
        """Age of the oldest row as last read; it grows while nothing can be published."""
        return max(0.0, (utc_now() - self._oldest).total_seconds()) if self._oldest else 0.0

    async def _send(self, producer: AIOKafkaProducer, rows: list[Any]) -> None:
        # Our own batches, closed before they are sent: with producer.send, a future for each record and the linger time
        # would cost as much as all the rest.
        batches: dict[tuple[str, int], list[BatchBuilder]] = {}
        spans = PublishingSpans() if is_on() else None
        for row in rows:
            partition = partition_of(row["tenant_id"], self._partitions) if row["tenant_id"] else 0
            headers: Headers = from_json(row["headers"])
            if spans:
                headers = spans.start(row["topic"], partition, headers)
            _append(batches.setdefault((self._prefix + row["topic"], partition), []), producer, row, headers)
        if spans is None:
            await self._commit(producer, batches)
            return
        try:
            await self._commit(producer, batches)
        except BaseException as error:
            # A process that ends has not failed: the next one sends the same rows.
            spans.end(error if isinstance(error, Exception) else None)
            raise
        spans.end()

    async def _commit(self, producer: AIOKafkaProducer, batches: Mapping[tuple[str, int], list[BatchBuilder]]) -> None:
        await producer.begin_transaction()
        sent: list[asyncio.Future[Any]] = []
        try:
            for (topic, partition), of_partition in batches.items():
                for batch in of_partition:
                    batch.close()
                    sent.append(await producer.send_batch(batch, topic, partition=partition))
            await asyncio.gather(*sent)
        finally:
            # After an interruption nobody awaits them, and asyncio would log each.
            for one in sent:
                one.cancel()
        await producer.commit_transaction()


def _append(batches: list[BatchBuilder], producer: AIOKafkaProducer, row: Any, headers: Headers) -> None:
    """Add a row to a partition's last batch, or to a new batch when that one is full."""
    record = {"timestamp": None, "key": row["key"], "value": row["value"], "headers": headers}
    if not batches or batches[-1].append(**record) is None:
        batches.append(producer.create_batch())
        batches[-1].append(**record)


async def _stop(producer: AIOKafkaProducer) -> None:
    # Drop what the producer holds: the next leader reads the rows again.
    accumulator = producer._message_accumulator
    held = {*accumulator._pending_batches, *(batch for queue in accumulator._batches.values() for batch in queue)}
    accumulator.fail_all(ProducerClosed())
    for batch in held:
        for future in (batch.future, batch._drain_waiter):
            if future.done() and not future.cancelled():
                # Nobody awaits it any more, and asyncio would log each.
                future.exception()
    try:
        async with asyncio.timeout(_STOP_TIMEOUT_S):
            await producer.stop()
    except (KafkaError, OSError, TimeoutError, KeyError) as error:
        # KeyError: aiokafka was about to send a batch again, and looks for it among those that were dropped above.
        log.warning("the relay's producer did not stop cleanly", error=repr(error))
        # An interrupted stop leaves these running, and they would try to send for ever.
        if sending := producer._sender.sender_task:
            sending.cancel()
        await producer.client.close()
