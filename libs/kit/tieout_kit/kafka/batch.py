"""Handles a batch of records in one Postgres transaction, from claiming the positions to moving them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from tieout_kit import metrics
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka import parking, positions
from tieout_kit.kafka.dead_letters import DeadLetterRecord, dead_letter
from tieout_kit.kafka.handling_spans import HandlingSpans
from tieout_kit.postgres import Database, Tx
from tieout_kit.telemetry import trace_id_in
from tieout_schemas.events import BadEvent, Event, decode
from tieout_schemas.payload import Payload
from tieout_schemas.topics import Topic

Handler = Callable[[Tx, Sequence[ReceivedEvent[Any]]], Awaitable[None]]
"""Handles events of certain types, in order, many at once."""
Lock = Callable[[Tx, Sequence[ReceivedEvent[Any]]], Awaitable[None]]
"""Locks the tenants of all events of a batch, before any event is handled (records/locks.py)."""
Unhandled = Callable[[Tx, Sequence[DeadLetterRecord]], Awaitable[None]]
"""Tells the tenants of the dead letters of a batch, in its transaction (records/unhandled.py)."""
FetchedRecords = Mapping[TopicPartition, Sequence[ConsumerRecord]]
"""What the consumer fetched, by partition."""
TopicRecords = Sequence[tuple[Topic, ConsumerRecord]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Handlers:
    """Which handler gets an event: decided by the payload's type, not by the topic, so replays work the same."""

    topics: tuple[Topic, ...]
    routes: tuple[tuple[tuple[type[Payload], ...], Handler], ...]
    """Types and their handler, in the order in which they run: facts before the records whose rules use them."""
    lock: Lock | None = None
    unhandled: Unhandled | None = None

    @classmethod
    def by_topic(cls, handlers: Mapping[Topic, Handler], unhandled: Unhandled | None = None) -> "Handlers":
        """One handler for each topic."""
        routes = tuple((topic.payloads, handler) for topic, handler in handlers.items())
        return cls(tuple(handlers), routes, unhandled=unhandled)

    async def handle(self, tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        """Call the handlers. Events of a type without a handler are ignored."""
        if self.lock:
            await self.lock(tx, events)
        for types, handler in self.routes:
            own = [event for event in events if type(event.data) in types]
            if own:
                await handler(tx, own)


class BatchHandler:
    """Handles batches of one service's records."""

    def __init__(
        self,
        database: Database,
        service: str,
        handlers: Handlers,
        topics: Mapping[str, Topic],
        limits: parking.Limits = parking.LIMITS,
        group: str = "",
    ) -> None:
        """`group`: the name of its consumer group, which spans show."""
        self.database = database
        self._service = service
        self._group = group or f"tieout-{service}"
        self._handlers = handlers
        self._topics = topics
        self.limits = limits

    async def handle_fetched(
        self, cluster_id: str, batch: FetchedRecords, expected: positions.Offsets, refused: str | None = None
    ) -> None:
        """Handle fetched records and move their positions, all or nothing.

        `refused`: why the records cannot be handled; they become dead letters then. Raises Conflict, RetryLater,
        TooManyParked, and what a handler raises.
        """
        found = [(self._topics[tp.topic], record) for tp, records in batch.items() for record in records]
        moved = {tp: records[-1].offset + 1 for tp, records in batch.items()}
        async with self.database.transaction() as tx:
            # Comes first: a member that has lost the partition stops here, before it changes any state.
            await positions.claim(tx, cluster_id, expected)
            parked = await self.handle(tx, found, refused, hold_back=True)
            await positions.move(tx, cluster_id, moved)
        for tp, records in batch.items():
            metrics.RECORDS_CONSUMED.labels(tp.topic).inc(len(records))
        if parked:
            await self._log_parked(parked)

    async def handle(self, tx: Tx, found: TopicRecords, refused: str | None = None, *, hold_back: bool) -> set[UUID]:
        """Handle records; with `hold_back`, store those of parked tenants to wait. Returns the tenants parked now."""
        letters: list[DeadLetterRecord] = []
        events: list[tuple[Topic, ConsumerRecord, Event[Payload]]] = []
        for topic, record in found:
            try:
                if refused:
                    raise BadEvent(refused)
                events.append((topic, record, decode(topic, record.headers, record.value)))
            except BadEvent as error:
                letter = dead_letter(topic.name, record, str(error))
                letters.append(letter)
                log.error("dead letter", place=letter.place, reason=letter.reason, trace_id=trace_id_in(record.headers))
        if hold_back:
            events = await self._hold_back_parked(tx, events)
        await self._dispatch(tx, events)
        parked = await parking.add_dead_letters(tx, letters, self.limits)
        if letters and self._handlers.unhandled:
            await self._handlers.unhandled(tx, letters)
        tx.on_commit.append(lambda: metrics.DEAD_LETTERS.inc(len(letters)))
        return parked

    def topic(self, name: str) -> Topic:
        """The topic with this name, which has no prefix."""
        return next(topic for topic in self._topics.values() if topic.name == name)

    async def _hold_back_parked(
        self, tx: Tx, events: list[tuple[Topic, ConsumerRecord, Event[Payload]]]
    ) -> list[tuple[Topic, ConsumerRecord, Event[Payload]]]:
        """Store the events of parked tenants to wait, and return the others."""
        parked = await parking.parked(tx, (event.envelope.owner for _, _, event in events))
        if not parked:
            return events
        waiting = [(e.envelope.owner, topic, record) for topic, record, e in events if e.envelope.owner in parked]
        await parking.hold_back(tx, waiting)
        tx.on_commit.append(lambda: metrics.PARKED_EVENTS.inc(len(waiting)))
        return [one for one in events if one[2].envelope.owner not in parked]

    async def _dispatch(self, tx: Tx, events: Sequence[tuple[Topic, ConsumerRecord, Event[Payload]]]) -> None:
        if not events:
            return
        spans = HandlingSpans(tx, self._group)
        received: list[ReceivedEvent[Any]] = [
            ReceivedEvent(event.envelope, event.data, spans.start(topic, record, event), event.value)
            for topic, record, event in events
        ]
        try:
            await self._handlers.handle(tx, received)
        except Exception as error:
            spans.failed(error)
            raise

    async def _log_parked(self, parked: Iterable[UUID]) -> None:
        for tenant_id in parked:
            log.error("tenant parked after a burst of dead letters", tenant=str(tenant_id))
        async with self.database.transaction() as tx:
            await parking.check(tx, self.limits)
