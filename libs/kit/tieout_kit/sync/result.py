"""The gateway's result of an intent changes our record. Source: docs/sync-semantics.md, section 3. Pure.

Fields that a snapshot shows are acknowledged only by the snapshot: only it tells which differences the answer explains.
"""

from collections.abc import Sequence
from typing import Any

from tieout_kit.sync.decide import body_marks
from tieout_kit.sync.linking import is_detached, open_link
from tieout_kit.sync.snapshot import complete, open_created
from tieout_kit.sync.state import EffectState, Flight, LeftOut, Objection, Refusal
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.bodies import Body
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import Outcome, WriteResult


def answered(
    work: Work[Any, Any],
    result: WriteResult,
    there: Seen[Any] | None,
    objections: Sequence[Objection] = (),
) -> bool:
    """Apply a result; False: it does not answer our flight, and changes nothing. `there`: the newest snapshot of the
    record of Xero that it names, if that record is unlinked. `objections`: the reasons of a refusal, if all are known.
    """
    if result.effect == work.kind.name:
        return _main(work, result, there, objections)
    return _other(work, result)


def _main(work: Work[Any, Any], result: WriteResult, there: Seen[Any] | None, objections: Sequence[Objection]) -> bool:
    state, main = work.state, work.state.main
    flight = main.flight
    if not flight or flight.intent.intent_id != result.intent_id:
        return False
    if is_detached(work):
        if result.outcome is not Outcome.DONE:
            main.flight = None
        elif there and there.sequence >= result.snapshot_sequence:
            complete(work, there, ())
        else:
            flight.done_at = result.snapshot_sequence
        return True
    match result.outcome:
        case Outcome.REFUSED | Outcome.CANCELLED:
            if not _leave_out(work, flight, objections):
                _refused(main, result, objections)
        case Outcome.STALE:
            main.flight, main.stale = None, flight
            if flight.xero_id is None and result.xero_id:
                state.created_xero_id = result.xero_id
                if state.link is None and result.xero_id not in state.closed_ids and not state.by_hand:
                    open_link(work, result.xero_id, "stamp", there)
            if work.link and work.link.xero_id == result.xero_id:
                main.awaits = max(main.awaits, result.snapshot_sequence)
        case Outcome.DONE:
            _done(work, result, there)
    return True


def _leave_out(work: Work[Any, Any], flight: Flight, objections: Sequence[Objection]) -> bool:
    """Leave out the fields that Xero refuses, so that the others go; False: the record cannot go without them."""
    fields = {Reason.of(objection.code).value.field: objection for objection in objections}
    refused = [each for each in work.kind.fields if each.body_name in fields]
    able = all(each.name in flight.wanted and (flight.xero_id is not None or not each.needed) for each in refused)
    if not refused or len(refused) < len(fields) or not able:
        return False
    for each in refused:
        work.state.left_out[each.name] = LeftOut(mark=flight.wanted[each.name], objection=fields[each.body_name])
    work.state.main.flight = None
    return True


def _done(work: Work[Any, Any], result: WriteResult, there: Seen[Any] | None) -> None:
    flight = work.state.main.flight
    assert flight
    if flight.xero_id is None and work.link is None and result.xero_id:
        open_created(work, result.xero_id, there)
        # The flight is about this link from now on, which may be closed before the snapshot comes.
        flight.xero_id = result.xero_id
    if work.seen and work.seen.sequence >= result.snapshot_sequence:
        complete(work, work.seen, ())
    else:
        flight.done_at = result.snapshot_sequence


def _other(work: Work[Any, Any], result: WriteResult) -> bool:
    other = work.state.others.get(result.effect)
    if other is None:
        return False
    newer = result.revision > other.acknowledged and result.revision not in other.revisions
    if result.outcome is Outcome.DONE and newer and not other.once:
        # This database was restored and is older than what was sent: what Xero has is unknown.
        other.agreed, other.acknowledged = (), result.revision
        other.note_revision(result.revision)
        return True
    if not other.flight or other.flight.intent.intent_id != result.intent_id:
        return False
    if result.outcome is Outcome.DONE:
        if work.link and other.flight.xero_id == work.link.xero_id:
            other.agreed, other.acknowledged, other.refused = (_flown(other.flight),), result.revision, None
        other.flight = None
    elif result.outcome is Outcome.STALE:
        other.flight = None
    else:
        _refused(other, result)
        if other.once:
            other.attempt += 1
    return True


def _flown(flight: Flight) -> Body | None:
    """What is true once the flight is done: its body, or absence if it undoes the effect."""
    return None if flight.wanted == body_marks(None) else flight.intent.body


def _refused(effect: EffectState, result: WriteResult, objections: Sequence[Objection] = ()) -> None:
    assert effect.flight
    effect.refused = Refusal(
        wanted=effect.flight.wanted,
        # The result has 0 if the gateway read nothing: a cancelled intent, a refused note.
        sequence=max(result.snapshot_sequence, effect.flight.seen),
        messages=result.messages,
        objections=tuple(objections),
        cancelled_by=result.cancelled_by if result.outcome is Outcome.CANCELLED else None,
    )
    effect.flight = None
