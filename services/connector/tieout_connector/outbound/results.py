"""Makes the result of an intent, as it is published for the service that published the intent."""

from uuid import UUID

from tieout_schemas.writes import Outcome, WriteIntent, WriteResult


def done(intent: WriteIntent, xero_id: UUID | None, sequence: int) -> WriteResult:
    """Xero's record is as wanted; `sequence`: of the snapshot that shows it."""
    return intent.result(Outcome.DONE, xero_id=xero_id or intent.xero_id, snapshot_sequence=sequence)


def refused(
    intent: WriteIntent, messages: tuple[str, ...], read_sequence: int | None, reason_codes: tuple[str, ...] = ()
) -> WriteResult:
    """Xero refused it, in these words; `read_sequence`: of the fresh read before it, None: there was none;
    `reason_codes`: of the words, if all of them are known."""
    # At least the base of the intent was known. With a lower sequence, the service would ignore the refusal and send
    # the intent again.
    sequence = read_sequence or intent.base_sequence or 0
    return intent.result(
        Outcome.REFUSED,
        xero_id=intent.xero_id,
        snapshot_sequence=sequence,
        messages=messages,
        reason_codes=reason_codes,
    )


def stale(intent: WriteIntent, sequence: int, xero_id: UUID | None = None) -> WriteResult:
    """Xero's record changed after the intent was decided (SYS-3); `xero_id`: the existing record, for a create."""
    return intent.result(Outcome.STALE, xero_id=xero_id or intent.xero_id, snapshot_sequence=sequence)


def dropped(intent: WriteIntent, why: str) -> WriteResult:
    """It was not sent, and will not be."""
    return intent.result(Outcome.CANCELLED, xero_id=intent.xero_id, messages=(why,))


def cancelled(intent: WriteIntent, by: str) -> WriteResult:
    """A person cancelled it before it was sent."""
    return intent.result(Outcome.CANCELLED, xero_id=intent.xero_id, cancelled_by=by)
