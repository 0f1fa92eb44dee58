"""What a person does to a write on its way: calls it back, or has it looked at now. Both are in the audit trail."""

from dataclasses import replace
from uuid import UUID

from tieout_connector.outbound import queue_list
from tieout_connector.outbound.queue_list import WriteStory
from tieout_connector.pacing import WriteState, moment, not_before, schedule, why
from tieout_kit.cause import Cause
from tieout_kit.clock import next_sequence
from tieout_kit.errors import Clash, RetryLater
from tieout_kit.http import APPROVERS, EDITORS, Caller, audit, require
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_kit.problems import Wanted, listing
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import WRITE_RESULT
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult

_SQL = queries.load("tieout_connector", "queue.sql")
_MENDED = {Reason.REFUSED_BY_XERO.code, Reason.WRITE_CANCELLED.code}


async def call_back(tx: Tx, caller: Caller, tenant_id: UUID, intent_id: str, *, connected: bool) -> WriteStory:
    """Nothing of it goes to Xero; its record is told. Raises Clash for what has left or is done, RoleMissing."""
    story, _ = await queue_list.one(tx, tenant_id, intent_id, connected=connected)
    _may(caller, story.intent, "calling this back")
    result = _called_back(story.intent, caller.sub)
    # Conditional: whoever sends it at this very moment is waited for, and has it then.
    doc = result.model_dump_json().encode()
    correlation_id = await tx.db.fetchval(_SQL["call_back"], tenant_id, intent_id, doc, tx.now)
    after, _ = await queue_list.one(tx, tenant_id, intent_id, connected=connected)
    if correlation_id is None:
        raise _too_late(tx, after)
    cause = replace(Cause.request(), correlation_id=correlation_id)
    await outbox.add(tx, [outbox.event(tx, WRITE_RESULT, tenant_id, result, next_sequence(0, tx.now), cause)])
    # Its record's next write need not wait for it any more.
    await schedule.call(tx, [tenant_id])
    await _note(tx, caller, tenant_id, story, after.state)
    return after


async def retry(tx: Tx, caller: Caller, tenant_id: UUID, intent_id: str, *, connected: bool) -> WriteStory:
    """What waits is looked at now. Raises Clash: only Xero lets it go on, or it has ended; RoleMissing."""
    story, standing = await queue_list.one(tx, tenant_id, intent_id, connected=connected)
    _may(caller, story.intent, "retrying this")
    if story.state not in (WriteState.WAITING, WriteState.IN_FLIGHT):
        raise await _over(tx, tenant_id, story)
    if until := not_before(standing, tx.now):
        raise Clash(why(standing, tx.now), until=until.isoformat())
    if story.call and not await tx.db.fetchval(_SQL["look_now"], tenant_id, story.call.call_id, tx.now):
        raise RetryLater("its answer has come this moment")
    await tx.db.execute(_SQL["go_now"], tenant_id)
    await schedule.call(tx, [tenant_id])
    await _note(tx, caller, tenant_id, story, "looked at now")
    return (await queue_list.one(tx, tenant_id, intent_id, connected=connected))[0]


def _may(caller: Caller, intent: WriteIntent, what: str) -> None:
    """A payment moves money: whether it goes is for who may approve it."""
    require(caller, APPROVERS if intent.record.kind == "payment" else EDITORS, what)


def _called_back(intent: WriteIntent, by: str) -> WriteResult:
    return WriteResult(
        intent_id=intent.intent_id,
        record=intent.record,
        effect=intent.effect,
        revision=intent.revision,
        attempt=intent.attempt,
        outcome=Outcome.CANCELLED,
        xero_id=intent.xero_id,
        cancelled_by=by,
    )


def _too_late(tx: Tx, story: WriteStory) -> Clash | RetryLater:
    if story.state in (WriteState.WAITING, WriteState.HELD):
        return RetryLater("it has come back this moment")
    if story.call:
        left_at = story.call.left_at
        return Clash(f"it left at {moment(left_at, tx.now)}; its answer is awaited", left_at=left_at.isoformat())
    said = story.result.model_dump(mode="json") if story.result else None
    return Clash(f"it has ended already: {story.why}", result=said)


async def _over(tx: Tx, tenant_id: UUID, story: WriteStory) -> Clash:
    """Why what is held or has ended is not looked at now, and where to go instead."""
    if story.state not in (WriteState.FAILED, WriteState.CANCELLED):
        return Clash(story.why)
    found = await listing.page(tx, tenant_id, Wanted(record_id=story.record.id), None, 100)
    problem = next((one for one in found if one.code in _MENDED), None)
    if problem is None:
        return Clash(f"{story.why} Change the {story.record.kind} and save it again")
    way = f"retry problem {problem.id} of the {problem.service} service instead"
    return Clash(f"{story.why} To try it once more, {way}", problem_id=str(problem.id), service=problem.service)


async def _note(tx: Tx, caller: Caller, tenant_id: UUID, before: WriteStory, after: str) -> None:
    write = {"write": before.intent_id}
    was, now = {**write, "state": before.state}, {**write, "state": after, "at": tx.now.isoformat()}
    await audit.note(tx, caller, tenant_id, before.record, was, now)
