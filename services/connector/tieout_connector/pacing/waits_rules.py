"""Why a write waits, in a bookkeeper's words, and whether a person may have it looked at now. Moments are UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tieout_schemas.writes import Outcome, WriteResult


class WriteState(StrEnum):
    """Where a write is."""

    WAITING = "waiting"
    """It goes when its turn comes."""
    HELD = "held"
    """It waits until the organisation is connected."""
    IN_FLIGHT = "in_flight"
    """It left, and is not answered."""
    FAILED = "failed"
    """Xero refused it."""
    CANCELLED = "cancelled"
    """A person called it back before it left."""
    DONE = "done"
    """Xero has it."""


@dataclass(frozen=True, slots=True)
class Left:
    """The call that a write is in."""

    at: datetime
    """When it left first."""
    answered_by: datetime
    """After this no answer of it comes any more."""
    again_at: datetime
    """When it is looked at again, if it was not answered."""
    look_up: bool
    """It is looked for in Xero then, before anything is sent again."""


@dataclass(frozen=True, slots=True)
class Waits:
    """What all calls of an organisation wait for; each until a moment, None: not for this."""

    xero_asked: datetime | None = None
    day_used: datetime | None = None
    minute_used: datetime | None = None
    trouble: datetime | None = None
    because: str | None = None
    """What the trouble is; without a moment: why the connection is lost."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a write stands; `before`: how many wait before it in its lane."""

    state: WriteState
    before: int = 0
    waits: Waits = Waits()
    left: Left | None = None
    result: WriteResult | None = None


def why(standing: Standing, now: datetime) -> str:
    """One sentence."""
    match standing:
        case Standing(state=WriteState.HELD, waits=Waits(because=str(lost))):
            return f"It waits until somebody connects the organisation to Xero again: {lost}."
        case Standing(state=WriteState.HELD):
            return "It waits until the organisation is connected to Xero."
        case Standing(state=WriteState.WAITING, waits=waits, before=before):
            return _waiting(waits, before, now)
        case Standing(left=Left() as left, waits=waits):
            return _in_flight(left, waits, now)
        case Standing(result=WriteResult() as result):
            return _ended(result)
    return "It is on its way."


def not_before(standing: Standing, now: datetime) -> datetime | None:
    """Until when nobody can have it looked at, whoever asks: Xero asked to wait, or may still answer; None: now."""
    answer = standing.left.answered_by if standing.left else None
    return max(
        (at for at in (standing.waits.xero_asked, standing.waits.day_used, answer) if at and at > now), default=None
    )


def free_at(waits: Waits, now: datetime) -> datetime | None:
    """When a call may leave, as far as is known; None: now."""
    all_of_them = (waits.xero_asked, waits.day_used, waits.minute_used, waits.trouble)
    return max((at for at in all_of_them if at and at > now), default=None)


def why_not_now(waits: Waits, now: datetime) -> str:
    """Why no call leaves now, of an organisation for which none may."""
    return _waiting(waits, 0, now)


def moment(at: datetime, now: datetime) -> str:
    """`14:05:07 UTC`, of another day with its date."""
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    return f"{at:%H:%M:%S} UTC" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _waiting(waits: Waits, before: int, now: datetime) -> str:
    if waits.xero_asked and waits.xero_asked > now:
        return f"Xero asked us to wait until {moment(waits.xero_asked, now)}."
    if waits.day_used and waits.day_used > now:
        return f"The organisation's calls of this day are used, until {moment(waits.day_used, now)}."
    if waits.trouble and waits.trouble > now:
        return f"It waits until {moment(waits.trouble, now)}: {waits.because or 'the last calls brought no answer'}."
    if waits.minute_used and waits.minute_used > now:
        return f"The organisation's calls of this minute are used, until {moment(waits.minute_used, now)}."
    if before:
        return f"{before} writes are before it in its lane." if before > 1 else "1 write is before it in its lane."
    return "Nothing is before it: it goes now."


def _in_flight(left: Left, waits: Waits, now: datetime) -> str:
    when = f"It left at {moment(left.at, now)}"
    if now < left.answered_by:
        return f"{when}; Xero's answer is awaited."
    again_at = max(left.again_at, free_at(waits, now) or now)
    # What is due is done in a moment.
    at = "now" if again_at - now < timedelta(seconds=1) else f"at {moment(again_at, now)}"
    again = f"looked for in Xero {at}, and sent again only if it is not there" if left.look_up else f"sent again {at}"
    return f"{when} and Xero has not answered; it is {again}."


def _ended(result: WriteResult) -> str:
    match result.outcome:
        case Outcome.DONE:
            return "Xero has it."
        case Outcome.CANCELLED:
            return f"{result.cancelled_by or 'Somebody'} called it back before it left."
        case Outcome.STALE:
            return "Xero has something newer than this write was decided on, so it was not sent."
        case Outcome.REFUSED:
            return f"Xero refused it: {'; '.join(result.messages)}"
