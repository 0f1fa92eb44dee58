"""The calls that carry intents: stored before they are sent, finished once with their answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tieout_connector.outbound import intents
from tieout_connector.outbound.intents import QueuedIntent, queued_intent_of
from tieout_connector.pacing import InProgress
from tieout_kit.errors import Conflict
from tieout_kit.postgres import Tx, queries
from tieout_schemas.writes import WriteResult

_SQL = queries.load("tieout_connector", "calls.sql")


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call whose bytes and Idempotency-Key are stored, so that a retry sends exactly the same."""

    id: UUID
    kind: str
    request: dict[str, Any]
    body: bytes
    stored_file: str | None
    before: bytes
    """JSON: Xero's state of each record before the call, by intent id. Only for kinds without a stamp in Xero, where
    nothing else shows what the call did."""
    sent: Mapping[str, Sequence[str]]
    """The fields of each intent's body that are in the bytes, by intent id."""
    seen: Mapping[str, int]
    """The sequence of the fresh read before the call, by intent id."""
    serial_key: str | None
    """No second call with this batch key is sent before this call is finished; None: others may be sent."""
    first_sent_at: datetime
    look_up_first: bool
    intents: Sequence[QueuedIntent]


async def store(tx: Tx, tenant_id: UUID, call: StoredCall, retry_at: datetime) -> None:
    """Store a call before it is sent, and put its intents into it. Raises Conflict: one of them was cancelled."""
    stored = _SQL["store_call"](
        tenant_id=tenant_id,
        id=call.id,
        kind=call.kind,
        request=call.request,
        body=call.body,
        stored_file=call.stored_file,
        before=call.before,
        sent=call.sent,
        seen=call.seen,
        serial_key=call.serial_key,
        first_sent_at=call.first_sent_at,
        retry_at=retry_at,
        look_up_first=call.look_up_first,
    )
    await tx.db.execute(*stored)
    ids = [q.intent.intent_id for q in call.intents]
    marked = await tx.db.execute(*_SQL["mark_sent"](tenant_id=tenant_id, call_id=call.id, intent_ids=ids))
    if marked != f"UPDATE {len(ids)}":
        raise Conflict("an intent was cancelled before it was sent")


async def unanswered(tx: Tx, tenant_id: UUID, in_progress: InProgress) -> StoredCall | None:
    """The oldest call without an answer that is due for a retry, whichever process sent it."""
    found = _SQL["unanswered"](tenant_id=tenant_id, now=tx.now, in_progress=list(in_progress.calls))
    row = await tx.db.fetchrow(*found)
    if row is None:
        return None
    rows = await tx.db.fetch(*_SQL["intents_of_call"](tenant_id=tenant_id, call_id=row["id"]))
    queued = [queued_intent_of(each) for each in rows]
    # A call of the previous version names no kind. Its intents do.
    kind = row["kind"] or queued[0].intent.body.kind
    return StoredCall(**{**dict(row), "kind": kind}, intents=queued)


async def retry(tx: Tx, tenant_id: UUID, call_id: UUID, at: datetime, *, look_up_first: bool) -> None:
    """Schedule the retry of a call whose outcome is unknown."""
    values = {"tenant_id": tenant_id, "call_id": call_id, "retry_at": at, "look_up_first": look_up_first}
    await tx.db.execute(*_SQL["retry_call"](**values))


async def finish(
    tx: Tx,
    tenant_id: UUID,
    call_id: UUID,
    results: Sequence[tuple[QueuedIntent, WriteResult]],
    requeue: Sequence[QueuedIntent] = (),
    *,
    batch_limit: int | None = None,
    tried: bool = False,
) -> None:
    """Finish a call: store and publish these results, and queue the other intents again.

    `batch_limit`: how many of those share a call from now on. `tried`: the call may have done a part of their work.
    Raises Conflict: somebody else has finished the call.
    """
    if not await tx.db.fetchval(*_SQL["delete_call"](tenant_id=tenant_id, call_id=call_id)):
        raise Conflict("another process has finished this call")
    if requeue:
        again = _SQL["requeue"](
            tenant_id=tenant_id,
            intent_ids=[q.intent.intent_id for q in requeue],
            batch_limit=batch_limit or requeue[0].batch_limit,
            tried=tried,
        )
        await tx.db.execute(*again)
    await intents.finish(tx, tenant_id, results)
