"""What becomes of an intent, as its domain is told."""

from typing import Any
from uuid import UUID

from tieout_schemas.writes import Outcome, WriteIntent, WriteResult


def done(intent: WriteIntent, xero_id: UUID | None, sequence: int) -> WriteResult:
    """Xero's record is as wanted; `sequence`: of the snapshot that was made of it."""
    return _result(intent, Outcome.DONE, xero_id=xero_id or intent.xero_id, snapshot_sequence=sequence)


def refused(intent: WriteIntent, messages: tuple[str, ...]) -> WriteResult:
    """Xero refused it, in these words."""
    return _result(intent, Outcome.REFUSED, xero_id=intent.xero_id, messages=messages)


def stale(intent: WriteIntent, sequence: int) -> WriteResult:
    """Xero's record was changed since it was decided (SYS-3)."""
    return _result(intent, Outcome.STALE, xero_id=intent.xero_id, snapshot_sequence=sequence)


def dropped(intent: WriteIntent, why: str) -> WriteResult:
    """It was not sent, and will not be."""
    return _result(intent, Outcome.CANCELLED, xero_id=intent.xero_id, messages=(why,))


def _result(intent: WriteIntent, outcome: Outcome, **more: Any) -> WriteResult:
    return WriteResult(
        intent_id=intent.intent_id,
        record=intent.record,
        effect=intent.effect,
        revision=intent.revision,
        attempt=intent.attempt,
        outcome=outcome,
        **more,
    )
