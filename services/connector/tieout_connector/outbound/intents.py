"""The durable queue of intents: received from Kafka, batched into calls, kept with their results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from tieout_connector.outbound import setbacks
from tieout_connector.pacing import InProgress, schedule
from tieout_kit.clock import next_sequence
from tieout_kit.errors import Conflict, NotFound
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_kit.telemetry import add_to, attributes
from tieout_schemas.topics import WRITE_RESULT
from tieout_schemas.writes import Lane, Outcome, WriteIntent, WriteResult

_SQL = queries.load("tieout_connector", "intents.sql")
LANES = list(Lane)
"""A lane is stored as its index in this list."""
PERSON_LANE = LANES.index(Lane.PERSON)
RETENTION = timedelta(days=30)
"""For this long, a repeated intent gets its result again. Its topic is kept for a week only."""


class Batching(NamedTuple):
    """Which intents may share a call, how many of them, and which reads of Xero wait for its answer."""

    batch_key: str
    """Intents with the same key may share a call."""
    batch_limit: int
    snapshot_kind: str | None = None
    """The kind of snapshot that the intent changes or creates; None: its kind has no snapshots."""
    target: UUID | None = None
    """The Xero record that it changes; None: it creates one."""


BatchingRule = Callable[[WriteIntent], Batching]


@dataclass(frozen=True, slots=True)
class QueuedIntent:
    """An intent in the queue or in a call."""

    intent: WriteIntent
    batch_limit: int
    """How many intents may share its call. Each time Xero refuses its call as a whole, the limit is halved."""
    published_at: datetime | None
    look_up: bool
    """It may be in Xero already, because the database was restored after it was published."""
    tried: bool
    """A lost call may have done a part of it. The fresh read before the next call shows which part."""
    cause: Cause
    failures: int = 0
    """How many of its calls failed in a row, although Xero answered the look-up after each."""
    failed_since: datetime | None = None
    """When the first of them had failed."""


PaymentMark = tuple[UUID, Decimal, date]
"""What a payment without a stamp is found again by: its bill in Xero, its amount in cents and its date."""


class UnansweredWrites(NamedTuple):
    """What the calls without an answer write; for each, whether it only rests now (F04)."""

    targets: Mapping[UUID, bool]
    """Xero records that they change."""
    creators: Mapping[UUID, bool]
    """Our records for which they create one. It carries our record's stamp."""
    payments: Mapping[PaymentMark, bool]
    """Payments that they create. A payment carries no stamp."""


async def receive(tx: Tx, events: Sequence[ReceivedEvent[WriteIntent]], batching: BatchingRule) -> None:
    """xero.write.v1 → the queue. An intent that has a result gets it published again. Raises NotFound (tenant)."""
    ordered = sorted(events, key=lambda e: (e.tenant_id, e.data.intent_id))
    batches = [batching(e.data) for e in ordered]
    tenant_ids, ids = [e.tenant_id for e in ordered], [e.data.intent_id for e in ordered]
    received = _SQL["receive"](
        now=tx.now,
        tenant_ids=tenant_ids,
        ids=ids,
        lanes=[LANES.index(e.data.lane) for e in ordered],
        kinds=[e.data.record.kind for e in ordered],
        record_ids=[e.data.record.id for e in ordered],
        docs=[e.data.model_dump_json().encode() for e in ordered],
        causation_ids=[e.cause.causation_id for e in ordered],
        correlation_ids=[e.cause.correlation_id for e in ordered],
        traceparents=[e.cause.traceparent for e in ordered],
        batch_keys=[batch.batch_key for batch in batches],
        batch_limits=[batch.batch_limit for batch in batches],
        published_at=[e.envelope.time for e in ordered],
        snapshot_kinds=[batch.snapshot_kind for batch in batches],
        targets=[batch.target for batch in batches],
    )
    await tx.db.execute(*received)
    rows = await tx.db.fetch(*_SQL["known"](tenant_ids=tenant_ids, ids=ids))
    known = {(row["tenant_id"], row["id"]): row["result"] for row in rows}
    again = []
    for event in events:
        key = (event.tenant_id, event.data.intent_id)
        if key not in known:
            raise NotFound(f"no tenant {event.tenant_id}")
        if known[key]:
            result = WriteResult.model_validate(known[key])
            again.append(outbox.event(tx, WRITE_RESULT, event.tenant_id, result, next_sequence(0, tx.now), event.cause))
    await outbox.add(tx, again)
    await schedule.wake_tenants(tx, {e.tenant_id for e in events})


async def next_batch(tx: Tx, tenant_id: UUID, lane: Lane, in_progress: InProgress) -> list[QueuedIntent]:
    """The lane's next intent, and the intents that share its call."""
    chosen = {
        "tenant_id": tenant_id,
        "now": tx.now,
        "in_progress": list(in_progress.intents),
        "person_lane": PERSON_LANE,
    }
    first = _SQL["first_in_lane"](
        **chosen,
        serial_in_progress=[*in_progress.serial_batches, *in_progress.paused],
        full_only=list(in_progress.batches),
        lane=LANES.index(lane),
    )
    head = await tx.db.fetchrow(*first)
    if head is None:
        return []
    batch = _SQL["batch"](
        **chosen,
        batch_key=head["batch_key"],
        batch_limit=head["batch_limit"],
        look_up=head["look_up"],
        # An intent of the previous version has no batch key, so it goes alone.
        limit=head["batch_limit"] if head["batch_key"] else 1,
    )
    return [queued_intent_of(row) for row in await tx.db.fetch(*batch)]


async def limit_batch(tx: Tx, tenant_id: UUID, queued: Sequence[QueuedIntent], batch_limit: int) -> None:
    """From now on, at most this many of these intents share a call."""
    ids = [q.intent.intent_id for q in queued]
    await tx.db.execute(*_SQL["limit_batch"](tenant_id=tenant_id, intent_ids=ids, batch_limit=batch_limit))


async def finish(tx: Tx, tenant_id: UUID, results: Sequence[tuple[QueuedIntent, WriteResult]]) -> None:
    """Store and publish the results of intents. Raises Conflict: one of them was cancelled."""
    if not results:
        return
    docs = [result.model_dump_json().encode() for _, result in results]
    ids = [result.intent_id for _, result in results]
    finished = await tx.db.execute(*_SQL["finish"](tenant_id=tenant_id, intent_ids=ids, results=docs, now=tx.now))
    if finished != f"UPDATE {len(ids)}":
        raise Conflict("an intent was cancelled in the meantime")
    for queued, result in results:
        _tell(queued.cause, result)
    sequence = next_sequence(0, tx.now)
    await outbox.add(
        tx,
        [outbox.event(tx, WRITE_RESULT, tenant_id, result, sequence, queued.cause) for queued, result in results],
    )
    await setbacks.close(tx, tenant_id, [(q.intent.record, q.cause) for q, _ in results if q.failures])


def _tell(cause: Cause, result: WriteResult) -> None:
    """What became of an intent, in the span of its record. Xero's own words may quote the record."""
    refused = result.outcome is Outcome.REFUSED
    shown: dict[str, str | Sequence[str]] = {attributes.DECISION: str(result.outcome)}
    if result.reason_codes:
        shown[attributes.REASONS] = result.reason_codes
    add_to(cause.traceparent, shown, "refused" if refused else None)


async def ids_created_by(tx: Tx, tenant_id: UUID, body_kind: str, xero_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these Xero records an earlier intent of this kind is known to have created."""
    if not xero_ids:
        return set()
    texts = [str(xero_id) for xero_id in xero_ids]
    rows = await tx.db.fetch(*_SQL["ids_created_by"](tenant_id=tenant_id, body_kind=body_kind, xero_ids=texts))
    return {UUID(row["xero_id"]) for row in rows}


async def unfinished(tx: Tx, tenant_id: UUID, body_kind: str, without: Sequence[str]) -> list[WriteIntent]:
    """The intents of a kind that were sent and have no result yet, without these."""
    found = _SQL["unfinished_of"](tenant_id=tenant_id, body_kind=body_kind, without=list(without))
    return [WriteIntent.model_validate(row["doc"]) for row in await tx.db.fetch(*found)]


async def done_since(tx: Tx, tenant_id: UUID, since: datetime) -> bool:
    """Whether Xero has done a write of the tenant since this moment."""
    return bool(await tx.db.fetchval(*_SQL["done_since"](tenant_id=tenant_id, since=since)))


async def unanswered_writes(tx: Tx, tenant_id: UUID, snapshot_kind: str) -> UnansweredWrites:
    """The writes that reads of this kind wait for: those in calls without an answer, and those in lost calls that may
    still be done. An intent that was never sent may wait for hours, so reads do not wait for it."""
    found = _SQL["unanswered_writes"](tenant_id=tenant_id, snapshot_kind=snapshot_kind, now=tx.now)
    # What rests comes first, so that another write of the same, which does not rest, decides.
    rows = sorted(await tx.db.fetch(*found), key=lambda row: not row["rests"])
    creates = [row for row in rows if row["target"] is None]
    return UnansweredWrites(
        {row["target"]: row["rests"] for row in rows if row["target"]},
        {row["record_id"]: row["rests"] for row in creates},
        {(row["bill"], row["amount"], row["day"]): row["rests"] for row in creates if row["bill"]},
    )


async def counts(tx: Tx, tenant_id: UUID) -> dict[str, int]:
    """How many of a tenant's writes are queued, sent and done."""
    rows = await tx.db.fetch(*_SQL["counts"](tenant_id=tenant_id))
    return {row["state"]: row["count"] for row in rows}


async def delete_old(tx: Tx) -> None:
    """Delete a portion of the intents past their retention."""
    await tx.db.execute(*_SQL["delete_old"](before=tx.now - RETENTION))


async def look_up_all(tx: Tx, dumped_at: datetime | None) -> None:
    """After a restore: look up every unfinished intent first. Each may have been sent at any time since the dump."""
    await tx.db.execute(*_SQL["look_up_all"](dumped_at=dumped_at))


def queued_intent_of(row: Any) -> QueuedIntent:
    """The intent in a row."""
    cause = Cause(row["causation_id"], row["correlation_id"], row["traceparent"])
    intent = WriteIntent.model_validate(row["doc"])
    return QueuedIntent(
        intent,
        row["batch_limit"],
        row["published_at"],
        row["look_up"],
        row["tried"],
        cause,
        row["failures"],
        row["failed_since"],
    )
