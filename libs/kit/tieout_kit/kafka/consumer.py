"""The consumer: reads from the positions in Postgres, never from the offsets in Kafka. See batch.py next."""

import asyncio
import math
import time
from collections.abc import Sequence

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord

from tieout_kit import metrics
from tieout_kit.errors import Conflict, PositionLost, RetryLater, Stopped, TooManyParked
from tieout_kit.kafka import parking, positions
from tieout_kit.kafka.batch import BatchHandler, FetchedRecords, Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.lag import Lag
from tieout_kit.postgres import Database
from tieout_kit.telemetry import trace_id_in
from tieout_schemas.topics import Topic

_PARALLEL_TRANSACTIONS = 2
"""Transactions per poll, each with 500 records on average at most."""
_COMMIT_INTERVAL_S = 5.0
_IDLE_CHECK_INTERVAL_S = 0.5
"""How often partitions are checked for their end; Kafka answers a fetch of an idle partition as often."""
_KAFKA_TIMEOUT_S = 20.0
"""How long to wait for one answer of Kafka; well below health.STUCK."""
SILENT_AFTER_S = 5.0
"""Kafka answers a fetch of an idle partition every half second."""
_LEAVE_TIMEOUT_S = 3.0
"""How long leaving the group may take: a service stops within a few seconds."""

log = structlog.get_logger(__name__)


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """One consumer for all topics of a service."""

    def __init__(
        self,
        database: Database,
        kafka: KafkaConnection,
        prefix: str,
        service: str,
        handlers: Handlers,
        *,
        replay: Topic | None = None,
        limits: parking.Limits = parking.LIMITS,
        silent_after_s: float = SILENT_AFTER_S,
    ) -> None:
        self._database = database
        self._kafka = kafka
        self._group = f"{prefix}tieout-{service}"
        self._topics = {prefix + topic.name: topic for topic in (*handlers.topics, *([replay] if replay else ()))}
        self.batch_handler = BatchHandler(database, service, handlers, self._topics, limits, self._group)
        self._silent_after_s = silent_after_s
        self._cluster_id = ""
        # The position of each partition, as this member last loaded or stored it. Only these partitions are read.
        self._offsets: dict[TopicPartition, int] = {}
        self._consumer: AIOKafkaConsumer
        self._committed_at = 0.0
        self._sought_at = 0.0
        self._one_record_at_a_time = False
        self._lag = Lag(self._topics)
        self._idle_checked_at = 0.0
        self.unhealthy_because: str | None = "not started"
        self.last_progress_at = time.monotonic()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """The next poll loads the positions of the partitions that are assigned by then."""
        self._offsets.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Does not seek: aiokafka delivers records before this method has finished, and swallows its errors."""
        self._offsets.clear()
        self._lag.assigned(assigned)
        if not assigned:
            # More members than partitions: a member without partitions is healthy too.
            self.unhealthy_because = None

    async def run(self) -> None:
        """Consume until cancelled. Starts over after any failure but a lost position, which needs a person."""
        while True:
            try:
                await self._consume()
            except PositionLost as error:
                self._stopped(error)
                return
            except TooManyParked as error:
                self._stopped(error)
                await self._until_fewer_are_parked()
            except (KafkaError, RetryLater, OSError, TimeoutError) as error:
                self._interrupted(error)
                await self._pause()

    def _stopped(self, error: Stopped) -> None:
        self.unhealthy_because = f"stopped: {error}"
        # The process stays live: a restart would not help.
        self.last_progress_at = math.inf
        log.critical("consuming stopped", reason=str(error))

    async def _until_fewer_are_parked(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                async with self._database.transaction() as tx:
                    await parking.check(tx, self.batch_handler.limits)
                return
            except (TooManyParked, RetryLater):
                continue

    async def _consume(self) -> None:
        self._offsets.clear()
        async with self._database.transaction() as tx:
            await parking.check(tx, self.batch_handler.limits)
        self._cluster_id = await _cluster_id(self._kafka)
        self._consumer = AIOKafkaConsumer(
            **self._kafka.options,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            # The same partition number of every topic goes to the same member.
            partition_assignment_strategy=(RangePartitionAssignor,),
            max_partition_fetch_bytes=4 << 20,
        )
        self._consumer.subscribe(list(self._topics), listener=self)
        try:
            self.last_progress_at = time.monotonic()
            async with asyncio.timeout(_KAFKA_TIMEOUT_S):
                await self._consumer.start()
            while True:
                self.last_progress_at = time.monotonic()
                await self._poll_once()
        finally:
            await _stop(self._consumer)

    async def _poll_once(self) -> None:
        assigned = self._consumer.assignment()
        try:
            if missing := assigned - self._offsets.keys():
                await self._seek(missing)
            ready = [tp for tp in self._offsets if tp in self._consumer.assignment()]
            if not ready:
                await asyncio.sleep(0.05)
                return
            batch = await self._read(ready)
            self.unhealthy_because = None if batch else self._kafka_is_silent()
            if batch := {tp: records for tp, records in batch.items() if records and tp in self._offsets}:
                await self._handle(batch)
                await self._commit()
            await self._update_idle_lag()
        except NoOffsetForPartitionError:
            self._offsets.clear()
        except UnicodeDecodeError:
            # A header key is not UTF-8: aiokafka cannot read the record, and drops the records read before it.
            self._offsets.clear()
            self._one_record_at_a_time = True
        except OffsetOutOfRangeError as error:
            raise PositionLost(f"out of range: {error}") from error
        except Conflict:
            metrics.CONFLICTS.inc()
            self._offsets.clear()
        except RetryLater as error:
            # It is unknown whether the transaction was committed: reload the positions and go on from there.
            self._offsets.clear()
            self._interrupted(error)
            await self._pause()

    async def _read(self, ready: list[TopicPartition]) -> FetchedRecords:
        # While a rebalance does not end, aiokafka waits without a limit.
        async with asyncio.timeout(_KAFKA_TIMEOUT_S):
            if not self._one_record_at_a_time:
                found: FetchedRecords = await self._consumer.getmany(
                    *ready, timeout_ms=100, max_records=_PARALLEL_TRANSACTIONS * 500
                )
                return found
            await asyncio.sleep(0.02)
            batch: dict[TopicPartition, Sequence[ConsumerRecord]] = {}
            for tp in ready:
                try:
                    batch.update(await self._consumer.getmany(tp, max_records=1))
                except UnicodeDecodeError as error:
                    await self._skip_unreadable(tp, error)
                    return {}
            return batch

    async def _skip_unreadable(self, tp: TopicPartition, error: UnicodeDecodeError) -> None:
        """Skip a record that cannot be read at all. Its dead letter has no content, only the place in the log."""
        offset = self._offsets.get(tp)
        if offset is None:
            raise Conflict("the partition was revoked") from error
        stand_in = ConsumerRecord(tp.topic, tp.partition, offset, 0, 0, None, None, None, -1, -1, ())
        await self._handle_in_transaction(
            {tp: [stand_in]}, refused=f"a header's key from this offset on is not UTF-8: {error}"
        )
        self._offsets.clear()
        self._one_record_at_a_time = False

    async def _seek(self, partitions: set[TopicPartition]) -> None:
        """Load the positions of newly assigned partitions and seek there. Until then they are not read."""
        topics = sorted({tp.topic for tp in partitions})
        async with self._database.transaction() as tx:
            new = set(topics) - await positions.known_topics(tx, self._cluster_id, topics)
            if new:
                every = [TopicPartition(t, p) for t in new for p in self._consumer.partitions_for_topic(t) or ()]
                await positions.begin(tx, self._cluster_id, await self._consumer.beginning_offsets(every))
            loaded = await positions.load(tx, self._cluster_id, partitions)
        for tp, offset in loaded.items():
            if tp in self._consumer.assignment():
                self._consumer.seek(tp, offset)
                self._offsets[tp] = offset
        self._sought_at = time.time()

    async def _handle(self, batch: FetchedRecords) -> None:
        # Several transactions, so that one is prepared while Postgres works on another. Split by partition number, as
        # the group is: so a tenant's events of all topics stay in one transaction.
        parts = [
            {tp: records for tp, records in batch.items() if tp.partition % _PARALLEL_TRANSACTIONS == number}
            for number in range(_PARALLEL_TRANSACTIONS)
        ]
        # Wait for all of them, also when one fails: the positions are loaded again afterwards.
        ends = await asyncio.gather(*(self._handle_part(part) for part in parts if part), return_exceptions=True)
        if errors := [end for end in ends if end]:
            # An error that needs a person counts before errors that pass by themselves.
            raise next((error for error in errors if isinstance(error, Stopped)), errors[0])

    async def _handle_part(self, batch: FetchedRecords) -> None:
        try:
            await self._handle_in_transaction(batch)
        except (RetryLater, Stopped):
            raise
        except Exception as error:
            # A record of the batch cannot be handled. Handled one by one, the records show which.
            log.warning("a batch failed, its records are handled one by one", error=repr(error))
            for tp, records in batch.items():
                for record in records:
                    await self._handle_alone(tp, record)

    async def _handle_alone(self, tp: TopicPartition, record: ConsumerRecord) -> None:
        with structlog.contextvars.bound_contextvars(trace_id=trace_id_in(record.headers)):
            try:
                await self._handle_in_transaction({tp: [record]})
            except (RetryLater, Stopped):
                raise
            except Exception as error:
                place = {"topic": tp.topic, "partition": tp.partition, "offset": record.offset}
                log.exception("a record cannot be handled", **place)
                await self._handle_in_transaction({tp: [record]}, refused=f"{type(error).__name__}: {error}")

    async def _handle_in_transaction(self, batch: FetchedRecords, refused: str | None = None) -> None:
        self.last_progress_at = time.monotonic()
        expected = {tp: self._offsets[tp] for tp in batch if tp in self._offsets}
        if len(expected) < len(batch):
            raise Conflict("a partition of this batch was revoked")
        await self.batch_handler.handle_fetched(self._cluster_id, batch, expected, refused)
        self._offsets.update({tp: records[-1].offset + 1 for tp, records in batch.items() if tp in self._offsets})
        for tp, records in batch.items():
            self._lag.handled(tp, records[-1].timestamp / 1000)

    async def _update_idle_lag(self) -> None:
        """Where all records were handled, the lag counts from Kafka's last answer."""
        if time.monotonic() - self._idle_checked_at < _IDLE_CHECK_INTERVAL_S:
            return
        self._idle_checked_at = time.monotonic()
        for tp in [tp for tp in self._offsets if tp in self._consumer.assignment()]:
            answered, end = self._consumer.last_poll_timestamp(tp), self._consumer.highwater(tp)
            # The consumer's own position, since transaction markers take offsets behind the last record.
            if answered and await self._consumer.position(tp) >= end:
                self._lag.handled(tp, answered / 1000)

    async def _commit(self) -> None:
        """Commit offsets to Kafka, for Kafka's own tools, which compute the lag from them. Nothing here reads them."""
        # Empty after a rebalance during the batch; aiokafka refuses an empty commit.
        offsets = {tp: offset for tp, offset in self._offsets.items() if tp in self._consumer.assignment()}
        if offsets and time.monotonic() - self._committed_at > _COMMIT_INTERVAL_S:
            self._committed_at = time.monotonic()
            try:
                async with asyncio.timeout(_LEAVE_TIMEOUT_S):
                    await self._consumer.commit(offsets)
            except (KafkaError, TimeoutError) as error:
                log.info("committing offsets to Kafka failed", error=repr(error))

    def _kafka_is_silent(self) -> str | None:
        """Why nothing was read; None: there is nothing to read."""
        answered = [self._consumer.last_poll_timestamp(tp) for tp in self._offsets if tp in self._consumer.assignment()]
        idle = time.time() - max((moment for moment in answered if moment), default=self._sought_at * 1000) / 1000
        return f"Kafka has not answered for {idle:.0f} s" if idle > self._silent_after_s else None

    def _interrupted(self, error: Exception) -> None:
        self.unhealthy_because = f"{type(error).__name__}: {error}"
        log.warning("consuming is interrupted", reason=self.unhealthy_because)

    async def _pause(self) -> None:
        self.last_progress_at = time.monotonic()
        await asyncio.sleep(0.5)


async def _cluster_id(kafka: KafkaConnection) -> str:
    admin = AIOKafkaAdminClient(**kafka.options)
    try:
        async with asyncio.timeout(_KAFKA_TIMEOUT_S):
            await admin.start()
            return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


async def _stop(consumer: AIOKafkaConsumer) -> None:
    """Leave the group. Raises nothing: a failure here must not replace the error or cancellation that made us stop."""
    try:
        async with asyncio.timeout(_LEAVE_TIMEOUT_S):
            await consumer.stop()
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("leaving the consumer group failed", error=repr(error))
        # An interrupted stop leaves these running, and they would fetch for ever.
        for part in (consumer._fetcher, consumer._client):
            if part:
                await part.close()
