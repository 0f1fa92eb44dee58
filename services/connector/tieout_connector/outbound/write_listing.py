"""The queue of writes as people see it: pages of writes, and one write with its details and why it waits."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tieout_connector.kinds import spoken
from tieout_connector.outbound.intents import LANES
from tieout_connector.pacing import (
    LONGEST_CALL,
    RESEND_WINDOW,
    OwnWait,
    SentCall,
    WaitReasons,
    WriteState,
    WriteStatus,
    read_wait_reasons,
    why,
)
from tieout_kit.errors import NotFound
from tieout_kit.postgres import Tx, of_tenant, queries
from tieout_schemas.payload import Frozen, RecordRef
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import Lane, Outcome, WriteIntent, WriteResult

_SQL = queries.load("tieout_connector", "write_listing.sql")
_STATES = {WriteState.WAITING: "queued", WriteState.HELD: "queued", WriteState.IN_FLIGHT: "sent"}
_OUTCOMES = {
    Outcome.DONE: WriteState.DONE,
    Outcome.REFUSED: WriteState.FAILED,
    Outcome.STALE: WriteState.FAILED,
    Outcome.CANCELLED: WriteState.CANCELLED,
}


class QueuedWrite(Frozen):
    """A write in the queue, in a call, or done."""

    intent_id: str
    record: RecordRef
    kind: str
    """The kind of write."""
    xero_id: UUID | None
    """The Xero record that it changes; None: it creates one."""
    lane: Lane
    state: WriteState
    received_at: datetime


class CallOfWrite(Frozen):
    """The call that a write is in."""

    call_id: UUID
    sent_at: datetime
    """When it was sent first."""
    retry_at: datetime
    """When it is retried, if it has no answer by then."""
    look_up: bool
    """The retry looks it up in Xero first, and sends only what is missing."""


class WriteDetails(QueuedWrite):
    """A write with all its details."""

    why: str
    """Why it waits, or how it ended."""
    writes_ahead: int
    """How many writes wait ahead of it in its lane."""
    call: CallOfWrite | None
    result: WriteResult | None
    intent: WriteIntent
    """The wanted state of Xero's record."""


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
    """A page of a tenant's writes, the oldest first, after a cursor: the id of the last write on the page before.

    Without a state: the writes that are not done; of one record: all its writes.
    """
    if state is (WriteState.HELD if connected else WriteState.WAITING):
        return []
    if state is None and record_id:
        found = _SQL["of_record"](tenant_id=tenant_id, record_id=record_id, cursor=cursor, limit=limit)
    elif state is None or state in _STATES:
        found = _SQL["unfinished"](
            tenant_id=tenant_id, state=state and _STATES[state], record_id=record_id, cursor=cursor, limit=limit
        )
    else:
        found = _SQL["finished"](
            tenant_id=tenant_id,
            outcomes=[outcome for outcome, shown in _OUTCOMES.items() if shown is state],
            record_id=record_id,
            cursor=cursor,
            last_only=state is WriteState.FAILED,
            limit=limit,
        )
    rows = of_tenant(await tx.db.fetch(*found), tenant_id)
    return [QueuedWrite(**fields) for fields in _shown(rows, connected=connected)]


class WriteCounts(NamedTuple):
    """How many of a tenant's writes are not done, and how many failed that no later write of the record follows."""

    waiting: int
    failed: int


async def counts(tx: Tx, tenant_id: UUID) -> WriteCounts:
    """The numbers of a tenant's waiting and failed writes."""
    outcomes = [outcome for outcome, shown in _OUTCOMES.items() if shown is WriteState.FAILED]
    return WriteCounts(*await tx.db.fetchrow(*_SQL["counts"](tenant_id=tenant_id, outcomes=outcomes)))


async def one(tx: Tx, tenant_id: UUID, intent_id: str, *, connected: bool) -> tuple[WriteDetails, WriteStatus]:
    """A write with its details, and its status. Raises NotFound."""
    row = await tx.db.fetchrow(*_SQL["one"](tenant_id=tenant_id, intent_id=intent_id, now=tx.now))
    if row is None:
        raise NotFound("no such write")
    (shown,) = _shown([row], connected=connected)
    sent = _sent(row) if row["call_id"] else None
    result = WriteResult.model_validate(row["result"]) if row["result"] else None
    waits = await read_wait_reasons(tx, tenant_id) if row["state"] != "done" else WaitReasons()
    # Only a queued write has others ahead of it.
    writes_ahead = row["writes_ahead"] if row["state"] == "queued" else 0
    status = WriteStatus(shown["state"], writes_ahead, waits, sent, result, _own_wait(row))
    details = WriteDetails(
        **shown,
        why=why(status, tx.now),
        writes_ahead=writes_ahead,
        call=CallOfWrite(call_id=row["call_id"], sent_at=sent.sent_at, retry_at=sent.retry_at, look_up=sent.look_up)
        if sent
        else None,
        result=result,
        intent=WriteIntent.model_validate(row["doc"]),
    )
    return details, status


def _own_wait(row: Any) -> OwnWait:
    rest = OwnWait(row["rest_until"], row["failures"])
    if not row["not_permitted"]:
        return rest
    return replace(
        rest,
        paused_until=row["paused_until"],
        not_permitted=spoken(row["not_permitted"]),
        why_paused=Reason.of(row["pause_reason"]),
    )


def _shown(rows: Iterable[Any], *, connected: bool) -> Iterable[dict[str, Any]]:
    for row in rows:
        intent = WriteIntent.model_validate(row["doc"])
        yield {
            "intent_id": row["id"],
            "record": intent.record,
            "kind": intent.body.kind,
            "xero_id": intent.xero_id,
            "lane": LANES[row["lane"]],
            "state": _state(row, connected=connected),
            "received_at": row["received_at"],
        }


def _state(row: Any, *, connected: bool) -> WriteState:
    if row["state"] == "done":
        return _OUTCOMES[Outcome(row["result"]["outcome"])]
    if row["state"] == "sent":
        return WriteState.IN_FLIGHT
    return WriteState.WAITING if connected else WriteState.HELD


def _sent(row: Any) -> SentCall:
    sent_at, retry_at, look_up = row["first_sent_at"], row["retry_at"], row["look_up_first"]
    # A call that is sent again may be under way until its next retry. A call that is only looked up is not sent again.
    answer_by = sent_at + LONGEST_CALL if look_up else max(sent_at + LONGEST_CALL, retry_at)
    return SentCall(sent_at, answer_by, retry_at, look_up or retry_at > sent_at + RESEND_WINDOW)
