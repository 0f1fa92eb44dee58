"""How a person changes a queued write: cancels it, or retries it now. Both are in the audit trail."""

from dataclasses import replace
from uuid import UUID

from tieout_connector.outbound import results, setbacks, write_listing
from tieout_connector.outbound.write_listing import WriteDetails
from tieout_connector.pacing import WriteState, moment, not_before, schedule, why
from tieout_kit.clock import next_sequence
from tieout_kit.errors import Clash, RetryLater
from tieout_kit.events import Cause
from tieout_kit.http import APPROVERS, EDITORS, Caller, audit, require
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_kit.problems import ProblemFilter, listing
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import WRITE_RESULT
from tieout_schemas.writes import WriteIntent

_SQL = queries.load("tieout_connector", "queue_changes.sql")
_RETRYABLE = {Reason.REFUSED_BY_XERO.code, Reason.WRITE_CANCELLED.code}
"""Problems of writes. A retry of the problem publishes the write again."""


async def cancel(tx: Tx, caller: Caller, tenant_id: UUID, intent_id: str, *, connected: bool) -> WriteDetails:
    """Cancel a write before it is sent, and publish its result. Raises Clash: it was sent or is done; RoleMissing."""
    before, _ = await write_listing.one(tx, tenant_id, intent_id, connected=connected)
    _require_role(caller, before.intent, "cancelling this")
    result = results.cancelled(before.intent, caller.sub)
    # A transaction that sends the write at this moment holds its row: the update waits for it, and then finds it sent.
    doc = result.model_dump_json().encode()
    values = {"tenant_id": tenant_id, "intent_id": intent_id, "result": doc, "now": tx.now}
    correlation_id = await tx.db.fetchval(*_SQL["cancel"](**values))
    after, _ = await write_listing.one(tx, tenant_id, intent_id, connected=connected)
    if correlation_id is None:
        raise _too_late(tx, after)
    cause = replace(Cause.request(), correlation_id=correlation_id)
    await outbox.add(tx, [outbox.event(tx, WRITE_RESULT, tenant_id, result, next_sequence(0, tx.now), cause)])
    await setbacks.close(tx, tenant_id, [(result.record, cause)])
    # The record's next write no longer waits for this one.
    await schedule.wake_tenants(tx, [tenant_id])
    await _audit(tx, caller, tenant_id, before, after.state)
    return after


async def retry(tx: Tx, caller: Caller, tenant_id: UUID, intent_id: str, *, connected: bool) -> WriteDetails:
    """Retry a waiting write now. Raises Clash: it waits for Xero alone, or it has ended; RoleMissing."""
    details, status = await write_listing.one(tx, tenant_id, intent_id, connected=connected)
    _require_role(caller, details.intent, "retrying this")
    if details.state not in (WriteState.WAITING, WriteState.IN_FLIGHT):
        raise await _not_retryable(tx, tenant_id, details)
    if until := not_before(status, tx.now):
        raise Clash(why(status, tx.now), until=until.isoformat())
    if details.call:
        values = {"tenant_id": tenant_id, "call_id": details.call.call_id, "now": tx.now}
        if not await tx.db.fetchval(*_SQL["retry_call_now"](**values)):
            raise RetryLater("its answer has arrived at this moment")
    await tx.db.execute(*_SQL["end_pause"](tenant_id=tenant_id, intent_id=intent_id, now=tx.now))
    await tx.db.execute(*_SQL["end_rest"](tenant_id=tenant_id, intent_id=intent_id))
    await tx.db.execute(*_SQL["end_delay"](tenant_id=tenant_id))
    await schedule.wake_tenants(tx, [tenant_id])
    await _audit(tx, caller, tenant_id, details, "retried")
    return (await write_listing.one(tx, tenant_id, intent_id, connected=connected))[0]


def _require_role(caller: Caller, intent: WriteIntent, action: str) -> None:
    """A payment moves money, so only people who may approve it decide whether it is sent."""
    require(caller, APPROVERS if intent.record.kind == "payment" else EDITORS, action)


def _too_late(tx: Tx, details: WriteDetails) -> Clash | RetryLater:
    if details.state in (WriteState.WAITING, WriteState.HELD):
        return RetryLater("it was queued again at this moment")
    if details.call:
        sent_at = details.call.sent_at
        return Clash(
            f"it was sent at {moment(sent_at, tx.now)}; Xero has not answered yet", sent_at=sent_at.isoformat()
        )
    result = details.result.model_dump(mode="json") if details.result else None
    return Clash(f"it has ended already: {details.why}", result=result)


async def _not_retryable(tx: Tx, tenant_id: UUID, details: WriteDetails) -> Clash:
    """Why a write that is held or has ended cannot be retried now, and what to do instead."""
    if details.state not in (WriteState.FAILED, WriteState.CANCELLED):
        return Clash(details.why)
    found = await listing.page(tx, tenant_id, ProblemFilter(record_id=details.record.id), None, 100)
    problem = next((each for each in found if each.code in _RETRYABLE), None)
    if problem is None:
        return Clash(f"{details.why} Change the {details.record.kind} and save it again")
    instead = f"retry problem {problem.id} of the {problem.service} service instead"
    return Clash(f"{details.why} To try it once more, {instead}", problem_id=str(problem.id), service=problem.service)


async def _audit(tx: Tx, caller: Caller, tenant_id: UUID, before: WriteDetails, after: str) -> None:
    write = {"write": before.intent_id}
    was, now = {**write, "state": before.state}, {**write, "state": after, "at": tx.now.isoformat()}
    await audit.note(tx, caller, tenant_id, before.record, was, now)
