"""Reconciled, not scripted: what a record's desired, sent and acknowledged revisions say to do next. Pure."""

from dataclasses import dataclass

from tieout_schemas.platform import Sync
from tieout_schemas.reasons import Reason
from tieout_schemas.writes import Body, Lane, Outcome, WriteResult


@dataclass(frozen=True, slots=True)
class Send:
    """The record may go to Xero, looking like this."""

    body: Body
    lane: Lane = Lane.WRITE


@dataclass(frozen=True, slots=True)
class Hold:
    """The record waits, and goes by itself when the reason is gone."""

    reason: Reason
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Stay:
    """The record has no place in Xero now: a draft, say."""


Verdict = Send | Hold | Stay


def wish(sync: Sync) -> Sync:
    """The record was changed here: Xero should follow."""
    return sync.model_copy(update={"desired": sync.desired + 1})


def due(sync: Sync) -> bool:
    """Whether an intent should leave: something is wished for, and none is in flight (at most one ever is)."""
    seen = sync.xero_sequence >= sync.stale_until
    return sync.desired > max(sync.acknowledged, sync.refused) and not sync.in_flight and seen


def advance(sync: Sync, verdict: Verdict) -> tuple[Sync, Send | None]:
    """Where the record stands after a verdict, and what leaves for Xero now, if anything."""
    if not due(sync):
        return (sync.model_copy(update={"held": None}) if sync.held else sync), None
    match verdict:
        case Send():
            return sync.model_copy(update={"held": None, "sent": sync.desired, "in_flight": True}), verdict
        case Hold(reason):
            return sync.model_copy(update={"held": reason.code}), None
        case Stay():
            return sync.model_copy(update={"held": None}), None


def retried(sync: Sync) -> Sync:
    """Somebody asked to try it again: what Xero refused leaves once more, as another attempt."""
    if not sync.desired or sync.refused != sync.desired or sync.in_flight:
        return sync
    return sync.model_copy(update={"refused": 0, "attempt": sync.attempt + 1})


def answered(sync: Sync, result: WriteResult) -> Sync:
    """Its intent's answer arrived: Xero's, or that it was called back before it left.

    One for another intent than the one in flight is an old repeat and changes nothing.
    """
    if not sync.in_flight or (result.revision, result.attempt) != (sync.sent, sync.attempt):
        return sync
    if result.outcome is Outcome.STALE:
        # Another attempt, once what changed in Xero was taken in: it may change what is wanted (SYS-3).
        stale = {"in_flight": False, "attempt": sync.attempt + 1, "stale_until": result.snapshot_sequence}
        return sync.model_copy(update=stale)
    if result.outcome is not Outcome.DONE:
        return sync.model_copy(update={"in_flight": False, "refused": sync.sent})
    return sync.model_copy(
        update={
            "in_flight": False,
            "acknowledged": sync.sent,
            "xero_id": result.xero_id or sync.xero_id,
            "xero_sequence": max(sync.xero_sequence, result.snapshot_sequence),
        }
    )
