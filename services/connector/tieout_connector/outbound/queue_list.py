"""The queue of writes as people see it: pages, one with its story, why it waits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from tieout_connector.pacing import CALL, RESEND_WINDOW, Left, Standing, Waits, WriteState, why
from tieout_connector.pacing import read as read_waits
from tieout_kit.errors import NotFound
from tieout_kit.postgres import Tx, queries
from tieout_schemas.payload import Frozen, RecordRef
from tieout_schemas.writes import Lane, Outcome, WriteIntent, WriteResult

_SQL = queries.load("tieout_connector", "queue.sql")
_LANES = list(Lane)
_STAGES = {WriteState.WAITING: "queued", WriteState.HELD: "queued", WriteState.IN_FLIGHT: "sent"}
_OUTCOMES = {
    Outcome.DONE: WriteState.DONE,
    Outcome.REFUSED: WriteState.FAILED,
    Outcome.STALE: WriteState.FAILED,
    Outcome.CANCELLED: WriteState.CANCELLED,
}


class QueuedWrite(Frozen):
    """A write on its way, or at its end."""

    intent_id: str
    record: RecordRef
    what: str
    """The kind of write."""
    xero_id: UUID | None
    """Xero's id of what it changes; None: it makes it."""
    lane: Lane
    state: WriteState
    received_at: datetime


class CallOfWrite(Frozen):
    """The call a write is in."""

    call_id: UUID
    left_at: datetime
    """When it was sent first."""
    again_at: datetime
    """When it is looked at again, if it is not answered."""
    look_up: bool
    """It is looked for in Xero then, before it is sent again."""


class WriteStory(QueuedWrite):
    """A write with all that is known of it."""

    why: str
    """Why it waits, or what became of it."""
    before: int
    """How many wait before it in its lane."""
    call: CallOfWrite | None
    result: WriteResult | None
    intent: WriteIntent
    """What Xero's record is to look like."""


async def page(
    tx: Tx,
    tenant_id: UUID,
    state: WriteState | None,
    record_id: UUID | None,
    cursor: str | None,
    limit: int,
    *,
    connected: bool,
) -> list[QueuedWrite]:
    """A tenant's writes after a cursor (the id of the last one seen), those that came first first.

    Without a state: what is not done; of one record: all.
    """
    if state is (WriteState.HELD if connected else WriteState.WAITING):
        return []
    if state is None and record_id:
        rows = await tx.db.fetch(_SQL["of_record"], tenant_id, record_id, cursor, limit)
    elif state is None or state in _STAGES:
        rows = await tx.db.fetch(_SQL["open"], tenant_id, state and _STAGES[state], record_id, cursor, limit)
    else:
        outcomes = [outcome for outcome, shown in _OUTCOMES.items() if shown is state]
        last_only = state is WriteState.FAILED
        rows = await tx.db.fetch(_SQL["ended"], tenant_id, outcomes, record_id, cursor, limit, last_only)
    return [QueuedWrite(**fields) for fields in _shown(rows, connected=connected)]


async def one(tx: Tx, tenant_id: UUID, intent_id: str, *, connected: bool) -> tuple[WriteStory, Standing]:
    """A write with its story, and where it stands. Raises NotFound."""
    row = await tx.db.fetchrow(_SQL["one"], tenant_id, intent_id)
    if row is None:
        raise NotFound("no such write")
    (shown,) = _shown([row], connected=connected)
    left = _left(row) if row["call_id"] else None
    result = WriteResult.model_validate(row["result"]) if row["result"] else None
    waits = await read_waits(tx, tenant_id) if row["state"] != "done" else Waits()
    # What has left, or has ended, has nothing before it.
    before = row["before"] if row["state"] == "queued" else 0
    standing = Standing(shown["state"], before, waits, left, result)
    story = WriteStory(
        **shown,
        why=why(standing, tx.now),
        before=before,
        call=CallOfWrite(call_id=row["call_id"], left_at=left.at, again_at=left.again_at, look_up=left.look_up)
        if left
        else None,
        result=result,
        intent=WriteIntent.model_validate(row["doc"]),
    )
    return story, standing


def _shown(rows: Iterable[Any], *, connected: bool) -> Iterable[dict[str, Any]]:
    for row in rows:
        intent = WriteIntent.model_validate(row["doc"])
        yield {
            "intent_id": row["id"],
            "record": intent.record,
            "what": intent.body.kind,
            "xero_id": intent.xero_id,
            "lane": _LANES[row["lane"]],
            "state": _state(row, connected=connected),
            "received_at": row["received_at"],
        }


def _state(row: Any, *, connected: bool) -> WriteState:
    if row["state"] == "done":
        return _OUTCOMES[Outcome(row["result"]["outcome"])]
    if row["state"] == "sent":
        return WriteState.IN_FLIGHT
    return WriteState.WAITING if connected else WriteState.HELD


def _left(row: Any) -> Left:
    at, again_at, look_up = row["first_sent_at"], row["retry_at"], row["look_up_first"]
    # Sent again, it may be under way until it is looked at; what is only looked up is not sent any more.
    answered_by = at + CALL if look_up else max(at + CALL, again_at)
    return Left(at, answered_by, again_at, look_up or again_at > at + RESEND_WINDOW)
