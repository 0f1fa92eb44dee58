"""Carries outbox rows to Kafka in order: one relay per database, its forerunner fenced (design, Out)."""

import asyncio
import contextlib
from datetime import datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed, ProducerFenced
from aiokafka.producer.message_accumulator import BatchBuilder

from tieout_kit import metrics
from tieout_kit.clock import utc_now
from tieout_kit.kafka.outbox import from_json
from tieout_kit.postgres import UNAVAILABLE, Database, queries
from tieout_schemas.topics import partition_of

_SQL = queries.load("tieout_kit", "outbox.sql")
_LEADER_LOCK = 7_301_002
_ROWS_PER_TRANSACTION = 1000
"""Rows of a transaction. Kafka marks its end on every partition, whatever it holds."""
_TRANSACTION_TIMEOUT_S = 10
"""Seconds. Kafka aborts a transaction of a relay that fell asleep after this."""
_POLL_INTERVAL_S = 1.0
"""Seconds until the outbox is looked at though nobody rang."""
_IDLE_SESSION_TIMEOUT_S = 45.0
"""Seconds after which Postgres lets a relay go that asks for nothing: it froze, or its machine vanished, and another
takes over. One that is awake asks every second; it waits for Kafka no longer than 30."""
_STOP_TIMEOUT_S = 3.0
"""Seconds; a service stops within a few."""
_MAX_REQUEST_BYTES = 2 << 20
"""Bytes of a record: a dead letter is as large as Kafka took it, and its reason comes on top."""

log = structlog.get_logger(__name__)


class Relay:
    """Sends what the outbox holds, in order of ids, and deletes it once Kafka has it."""

    def __init__(self, database: Database, bootstrap: str, prefix: str, service: str, partitions: int) -> None:
        self._database = database
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._transactional_id = f"{prefix}tieout-{service}-relay"
        self._partitions = partitions
        self._oldest: datetime | None = None
        self.unhealthy_because: str | None = "not started"

    async def run(self) -> None:
        """Relay until cancelled; start over after any trouble."""
        metrics.OUTBOX_AGE.set_function(self._age)
        while True:
            try:
                await self._lead()
            except (KafkaError, *UNAVAILABLE) as error:
                # Whatever the error, nothing held is sent again from here: the next reign reads the rows afresh,
                # after init_transactions. A fenced relay that kept its rows would publish an old state last.
                self.unhealthy_because = f"{type(error).__name__}: {error}"
                (metrics.RELAY_FENCED if isinstance(error, ProducerFenced) else metrics.RELAY_RESTARTS).inc()
                log.warning("relay starts over", reason=self.unhealthy_because)
                await asyncio.sleep(1)

    async def _lead(self) -> None:
        db = await self._database.connection()
        try:
            # Before the lock is had: it must not be held by one that sleeps.
            await db.execute(_SQL["limit_idle"], f"{_IDLE_SESSION_TIMEOUT_S:.0f}s")
            while not await db.fetchval(
                "select pg_try_advisory_lock($1)", _LEADER_LOCK, timeout=_TRANSACTION_TIMEOUT_S
            ):
                self.unhealthy_because = self._oldest = None
                await asyncio.sleep(_POLL_INTERVAL_S)
            # Looked at while Kafka may be away: only what is to be sent is read later.
            self._oldest = await db.fetchval(_SQL["oldest_at"])
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                transactional_id=self._transactional_id,
                transaction_timeout_ms=_TRANSACTION_TIMEOUT_S * 1000,
                acks="all",
                max_batch_size=1 << 19,
                max_request_size=_MAX_REQUEST_BYTES,
            )
            try:
                # Fences the forerunner, should it only have slept; rows are read only after this.
                async with asyncio.timeout(30):
                    await producer.start()
                metrics.RELAY_ELECTED.inc()
                self.unhealthy_because = None
                await self._relay(db, producer)
            finally:
                await _stop(producer)
        finally:
            db.terminate()

    async def _relay(self, db: Any, producer: AIOKafkaProducer) -> None:
        notified = asyncio.Event()
        await db.add_listener("tieout_outbox", lambda *_: notified.set())
        while True:
            notified.clear()
            rows = await db.fetch(_SQL["oldest"], _ROWS_PER_TRANSACTION, timeout=_TRANSACTION_TIMEOUT_S)
            self._oldest = rows[0]["at"] if rows else None
            if not rows:
                # Not wait_for, which in Python 3.11 can lose a cancellation.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_INTERVAL_S):
                        await notified.wait()
                continue
            # An idempotent send to a lost broker never fails by itself.
            async with asyncio.timeout(_TRANSACTION_TIMEOUT_S):
                await self._send(producer, rows)
            await db.execute(_SQL["delete"], [row["id"] for row in rows], timeout=_TRANSACTION_TIMEOUT_S)
            metrics.RECORDS_PUBLISHED.inc(len(rows))

    def _age(self) -> float:
        """Of the oldest row as last seen: it grows while nothing can be sent."""
        return max(0.0, (utc_now() - self._oldest).total_seconds()) if self._oldest else 0.0

    async def _send(self, producer: AIOKafkaProducer, rows: list[Any]) -> None:
        # In batches of our own, closed before they leave: a future for each record and the wait for more to come would
        # cost as much as all else here.
        batches: dict[tuple[str, int], list[BatchBuilder]] = {}
        for row in rows:
            partition = partition_of(row["tenant_id"], self._partitions) if row["tenant_id"] else 0
            _append(batches.setdefault((self._prefix + row["topic"], partition), []), producer, row)
        await producer.begin_transaction()
        sent: list[asyncio.Future[Any]] = []
        try:
            for (topic, partition), of_partition in batches.items():
                for batch in of_partition:
                    batch.close()
                    sent.append(await producer.send_batch(batch, topic, partition=partition))
            await asyncio.gather(*sent)
        finally:
            # Interrupted, nobody asks for them any more, and asyncio would complain of each.
            for one in sent:
                one.cancel()
        await producer.commit_transaction()


def _append(batches: list[BatchBuilder], producer: AIOKafkaProducer, row: Any) -> None:
    """Put a row into the last of a partition's batches, into another one when that is full."""
    record = {"timestamp": None, "key": row["key"], "value": row["value"], "headers": from_json(row["headers"])}
    if not batches or batches[-1].append(**record) is None:
        batches.append(producer.create_batch())
        batches[-1].append(**record)


async def _stop(producer: AIOKafkaProducer) -> None:
    # Nothing that it holds is sent any more, or waited for: the rows are read afresh by whoever relays next.
    producer._message_accumulator.fail_all(ProducerClosed())
    try:
        async with asyncio.timeout(_STOP_TIMEOUT_S):
            await producer.stop()
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("the relay's producer did not stop cleanly", error=repr(error))
        # What was interrupted leaves these behind, and they would try to send for good.
        if sending := producer._sender.sender_task:
            sending.cancel()
        await producer.client.close()
