"""The durable queue of intents, and the calls that carry them: stored before they leave, settled with their answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tieout_connector.reads import wake
from tieout_kit import outbox, queries
from tieout_kit.cause import Cause, Incoming
from tieout_kit.clock import next_sequence
from tieout_kit.errors import Conflict, NotFound
from tieout_kit.postgres import Tx
from tieout_schemas.topics import WRITE_RESULT
from tieout_schemas.writes import Lane, WriteIntent, WriteResult

_SQL = queries.load("tieout_connector", "intents.sql")
_LANES = list(Lane)


@dataclass(frozen=True, slots=True)
class Queued:
    """An intent on its way; `alone`: it was in a call that Xero refused as a whole."""

    intent: WriteIntent
    alone: bool
    cause: Cause


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call that left; its bytes and key are the same whenever it is sent again."""

    id: UUID
    request: dict[str, Any]
    body: bytes
    first_sent_at: datetime
    look_up_first: bool
    intents: Sequence[Queued]


async def receive(tx: Tx, events: Sequence[Incoming[WriteIntent]]) -> None:
    """xero.write.v1 → the queue; one that has its result already gets it again. Raises NotFound (tenant)."""
    ordered = sorted(events, key=lambda e: (e.tenant_id, e.data.intent_id))
    await tx.db.execute(
        _SQL["receive"],
        tx.now,
        [e.tenant_id for e in ordered],
        [e.data.intent_id for e in ordered],
        [_LANES.index(e.data.lane) for e in ordered],
        [e.data.record.kind for e in ordered],
        [e.data.record.id for e in ordered],
        [e.data.model_dump_json().encode() for e in ordered],
        [e.cause.causation_id for e in ordered],
        [e.cause.correlation_id for e in ordered],
        [e.cause.traceparent for e in ordered],
    )
    rows = await tx.db.fetch(_SQL["known"], [e.tenant_id for e in ordered], [e.data.intent_id for e in ordered])
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
    await wake(tx)


async def next_batch(tx: Tx, tenant_id: UUID, limit: int) -> list[Queued]:
    """The intents that go next, together: one kind, all creates or all updates; or one that must go alone."""
    queued = [_queued(row) for row in await tx.db.fetch(_SQL["next"], tenant_id, limit)]
    if not queued:
        return []
    first = queued[0]
    if first.alone:
        return [first]
    return [q for q in queued if not q.alone and _together(first.intent, q.intent)]


def _together(one: WriteIntent, other: WriteIntent) -> bool:
    return one.body.kind == other.body.kind and (one.xero_id is None) == (other.xero_id is None)


async def store_call(tx: Tx, tenant_id: UUID, call: StoredCall, retry_at: datetime) -> None:
    """Store a call before it leaves, and mark its intents as in it."""
    await tx.db.execute(_SQL["store_call"], tenant_id, call.id, call.request, call.body, call.first_sent_at, retry_at)
    await tx.db.execute(_SQL["sent"], tenant_id, call.id, [q.intent.intent_id for q in call.intents])


async def unanswered(tx: Tx, tenant_id: UUID) -> StoredCall | None:
    """A call that left and was not answered: by us before a crash, or by a forerunner."""
    row = await tx.db.fetchrow(_SQL["unanswered"], tenant_id, tx.now)
    if row is None:
        return None
    queued = [_queued(one) for one in await tx.db.fetch(_SQL["of_call"], tenant_id, row["id"])]
    return StoredCall(row["id"], row["request"], row["body"], row["first_sent_at"], row["look_up_first"], queued)


async def retry_call(tx: Tx, tenant_id: UUID, call_id: UUID, at: datetime, *, look_up_first: bool) -> None:
    """Whether this call did anything is not known: look at it again later."""
    await tx.db.execute(_SQL["retry_call"], tenant_id, call_id, at, look_up_first)


async def settle_call(
    tx: Tx,
    tenant_id: UUID,
    call_id: UUID,
    results: Sequence[tuple[Queued, WriteResult]],
    requeue: Sequence[Queued] = (),
    *,
    alone: bool = False,
) -> None:
    """A call's end: results are stored and said, the rest goes again. Raises Conflict: it was settled already."""
    if not await tx.db.fetchval(_SQL["forget_call"], tenant_id, call_id):
        raise Conflict("somebody else has settled this call")
    if requeue:
        await tx.db.execute(_SQL["requeue"], tenant_id, [q.intent.intent_id for q in requeue], alone)
        await wake(tx)
    if results:
        docs = [result.model_dump_json().encode() for _, result in results]
        await tx.db.execute(_SQL["done"], tenant_id, [result.intent_id for _, result in results], docs)
        sequence = next_sequence(0, tx.now)
        await outbox.add(
            tx,
            [outbox.event(tx, WRITE_RESULT, tenant_id, result, sequence, queued.cause) for queued, result in results],
        )


async def open_records(tx: Tx, tenant_id: UUID, kind: str, record_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these records whose intent Xero has not answered."""
    rows = await tx.db.fetch(_SQL["open_records"], tenant_id, kind, list(record_ids))
    return {row["record_id"] for row in rows}


async def open_payments(tx: Tx, tenant_id: UUID) -> set[UUID]:
    """The bills of Xero with a payment of ours under way."""
    return {row["bill"] for row in await tx.db.fetch(_SQL["open_payments"], tenant_id)}


async def counts(tx: Tx, tenant_id: UUID) -> dict[str, int]:
    """How many of a tenant's writes are queued, sent and done."""
    return {row["state"]: row["count"] for row in await tx.db.fetch(_SQL["counts"], tenant_id)}


def _queued(row: Any) -> Queued:
    cause = Cause(row["causation_id"], row["correlation_id"], row["traceparent"])
    return Queued(WriteIntent.model_validate(row["doc"]), row["alone"], cause)
