"""Why a write waits, in a bookkeeper's words, and whether a person may retry it now. Moments are UTC."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tieout_schemas.reasons import Reason
from tieout_schemas.writes import Outcome, WriteResult


class WriteState(StrEnum):
    """Where a write is."""

    WAITING = "waiting"
    """It is sent when its turn comes."""
    HELD = "held"
    """It waits until the organisation is connected."""
    IN_FLIGHT = "in_flight"
    """It was sent, and Xero has not answered."""
    FAILED = "failed"
    """Xero refused it."""
    CANCELLED = "cancelled"
    """A person cancelled it before it was sent."""
    DONE = "done"
    """Xero has it."""


@dataclass(frozen=True, slots=True)
class SentCall:
    """The call that a write is in."""

    sent_at: datetime
    """When it was sent first."""
    answer_by: datetime
    """After this, no answer to it can arrive."""
    retry_at: datetime
    """When it is retried, if it has no answer by then."""
    look_up: bool
    """The retry looks it up in Xero first, and sends only what is missing."""


@dataclass(frozen=True, slots=True)
class WaitReasons:
    """What all calls of an organisation wait for: each reason with the moment when it ends; None: it does not apply."""

    xero_asked: datetime | None = None
    day_used: datetime | None = None
    minute_used: datetime | None = None
    trouble: datetime | None = None
    because: str | None = None
    """The trouble, in words; without a moment: why the connection is lost."""


@dataclass(frozen=True, slots=True)
class OwnWait:
    """What a write waits for by itself, while others go on."""

    rests_until: datetime | None = None
    """Xero fails on it (F04)."""
    failures: int = 0
    """How often its calls failed in a row."""
    paused_until: datetime | None = None
    """Xero does not permit it (F13)."""
    not_permitted: str = ""
    """What may not be changed, in words."""
    why_paused: Reason = Reason.NOT_PERMITTED_IN_XERO
    """Why it may not."""


@dataclass(frozen=True, slots=True)
class WriteStatus:
    """All that explains the state of a write; `writes_ahead`: how many writes wait ahead of it in its lane."""

    state: WriteState
    writes_ahead: int = 0
    waits: WaitReasons = WaitReasons()
    sent: SentCall | None = None
    result: WriteResult | None = None
    own: OwnWait = OwnWait()


def why(status: WriteStatus, now: datetime) -> str:
    """Why a write is in its state, in one sentence."""
    match status:
        case WriteStatus(state=WriteState.HELD, waits=WaitReasons(because=str(lost))):
            return f"It waits until somebody connects the organisation to Xero again: {lost}."
        case WriteStatus(state=WriteState.HELD):
            return "It waits until the organisation is connected to Xero."
        case WriteStatus(state=WriteState.WAITING, waits=waits, writes_ahead=ahead, own=own):
            return _waiting(waits, ahead, now, own)
        case WriteStatus(sent=SentCall() as sent, waits=waits):
            return _in_flight(sent, waits, now)
        case WriteStatus(result=WriteResult() as result):
            return _ended(result)
    return "It is on its way."


def not_before(status: WriteStatus, now: datetime) -> datetime | None:
    """Until when no person can retry a write, because Xero asked to wait or may still answer; None: now."""
    answer_by = status.sent.answer_by if status.sent else None
    return max(
        (at for at in (status.waits.xero_asked, status.waits.day_used, answer_by) if at and at > now), default=None
    )


def free_at(waits: WaitReasons, now: datetime) -> datetime | None:
    """When a call may be sent, as far as is known; None: now."""
    all_of_them = (waits.xero_asked, waits.day_used, waits.minute_used, waits.trouble)
    return max((at for at in all_of_them if at and at > now), default=None)


def why_not_now(waits: WaitReasons, now: datetime) -> str:
    """Why no call may be sent now. Only for an organisation whose calls wait."""
    return _waiting(waits, 0, now)


def moment(at: datetime, now: datetime) -> str:
    """`14:05:07 UTC`; on another day than `now`, with its date."""
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    return f"{at:%H:%M:%S} UTC" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _waiting(waits: WaitReasons, ahead: int, now: datetime, own: OwnWait = OwnWait()) -> str:
    by_order: Sequence[tuple[datetime | None, Callable[[str], str]]] = (
        (own.paused_until, lambda at: _not_permitted(own, at)),
        (waits.xero_asked, lambda at: f"Xero asked us to wait until {at}."),
        (waits.day_used, lambda at: f"The organisation's calls of this day are used, until {at}."),
        (own.rests_until, lambda at: _resting(own, at)),
        (waits.trouble, lambda at: f"It waits until {at}: {waits.because or 'the last calls brought no answer'}."),
        (waits.minute_used, lambda at: f"The organisation's calls of this minute are used, until {at}."),
    )
    for until, sentence in by_order:
        if until and until > now:
            return sentence(moment(until, now))
    if ahead:
        return f"{ahead} writes are ahead of it in its lane." if ahead > 1 else "1 write is ahead of it in its lane."
    return "Nothing is ahead of it: it goes now."


def _not_permitted(own: OwnWait, until: str) -> str:
    sentence = own.why_paused.sentence({"action": "change", "what": own.not_permitted})
    return f"{sentence} It is tried again at {until}, and when somebody connects again."


def _resting(own: OwnWait, until: str) -> str:
    last = f"the last {own.failures} times that this was sent" if own.failures > 1 else "when this was sent last"
    return f"Xero failed {last}, so it is sent again at {until}. Other writes go on meanwhile."


def _in_flight(sent: SentCall, waits: WaitReasons, now: datetime) -> str:
    when = f"It was sent at {moment(sent.sent_at, now)}"
    if now < sent.answer_by:
        return f"{when}; Xero has not answered yet."
    retry_at = max(sent.retry_at, free_at(waits, now) or now)
    # A retry that is due happens within a moment.
    at = "now" if retry_at - now < timedelta(seconds=1) else f"at {moment(retry_at, now)}"
    retry = f"looked up in Xero {at}, and sent again only if it is not there" if sent.look_up else f"sent again {at}"
    return f"{when} and Xero did not answer; it is {retry}."


def _ended(result: WriteResult) -> str:
    match result.outcome:
        case Outcome.DONE:
            return "Xero has it."
        case Outcome.CANCELLED:
            return f"{result.cancelled_by or 'Somebody'} cancelled it before it was sent."
        case Outcome.STALE:
            return "The record in Xero changed after this write was decided, so it was not sent."
        case Outcome.REFUSED:
            return f"Xero refused it: {'; '.join(result.messages)}"
