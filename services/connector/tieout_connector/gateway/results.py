"""What becomes of an intent, as its domain is told."""

from typing import Any
from uuid import UUID

from tieout_schemas.writes import Outcome, WriteIntent, WriteResult


def done(intent: WriteIntent, xero_id: UUID | None, sequence: int) -> WriteResult:
    """Xero's record is as wanted; `sequence`: of the snapshot that was made of it."""
    return _result(intent, Outcome.DONE, xero_id=xero_id or intent.xero_id, snapshot_sequence=sequence)


def refused(intent: WriteIntent, messages: tuple[str, ...], seen: int | None) -> WriteResult:
    """Xero refused it, in these words; `seen`: the sequence of the reading before it, None: there was none."""
    # What it was decided on was seen, at least: a refusal that stood for less would be over at once, and come again.
    sequence = seen or intent.base_sequence or 0
    return _result(intent, Outcome.REFUSED, xero_id=intent.xero_id, snapshot_sequence=sequence, messages=messages)


def stale(intent: WriteIntent, sequence: int, xero_id: UUID | None = None) -> WriteResult:
    """Xero's record was changed since it was decided (SYS-3); `xero_id`: of a create, the record that is there."""
    return _result(intent, Outcome.STALE, xero_id=xero_id or intent.xero_id, snapshot_sequence=sequence)


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
