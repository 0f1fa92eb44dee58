"""How many calls Xero's limits leave an organisation, as a value: 5 at once, 60 a minute, 1,000 or 5,000 a day.

Source: docs/xero.md 2.1. Xero may count a call at any moment between its sending and its answer, and does not document
whether its minute is a fixed or a rolling window. So we count a call from its sending until a minute after its answer.
Then Xero cannot count more than 60 calls within any minute: when the last of them is sent, each of the others is under
way or was answered less than a minute ago. The counts in Xero's answers correct ours: others may use the same app.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

MAX_CONCURRENT = 5
PER_MINUTE = 60
PLANS = {"starter": 1000, "core": 5000, "plus": 5000, "advanced": 5000, "enterprise": 5000}
"""Calls a day, by the app's plan."""
RESERVED_SLOTS = 1
"""Slots of the five that only a call for a person who waits may use."""
RESERVED_PER_MINUTE = 2
"""Calls that only writes may use: the fresh read before an update, and the update."""
RESERVED_PER_DAY = 50
"""Calls that only writes may use: 5 % of the smallest plan. An import may use the other 95 %."""
XERO_ASKED = "Xero asked to wait (429)"
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
# The clocks of a process and of the next owner of its shard may differ by this much.
_COUNTED_FOR = _MINUTE + timedelta(seconds=0.2)


@dataclass(frozen=True, slots=True)
class Reserve:
    """What a call must leave to others: slots of the five at once, calls a minute, calls a day."""

    slots: int = RESERVED_SLOTS
    per_minute: int = 0
    per_day: int = 0


PERSON = Reserve(slots=0)
WRITE = Reserve()
READ = Reserve(per_minute=RESERVED_PER_MINUTE, per_day=RESERVED_PER_DAY)
READ_IN_TURN = Reserve(slots=0, per_day=RESERVED_PER_DAY)
"""A read that the lanes have chosen. They have checked the reserve of the minute already (lanes.py)."""


@dataclass(frozen=True, slots=True)
class InFlightCall:
    """A call under way: when it was sent, and the deadline after which we do not wait for its answer."""

    sent_at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class BudgetWait:
    """No call may be sent before a moment; `why` is for a bookkeeper."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class DayLeft:
    """What is left of an organisation's day: calls of its `limit`, and time until it `ends`."""

    calls: int
    limit: int
    ends: datetime
    time: timedelta


class RateLimitHeaders(Protocol):
    """The limits in an answer: calls left of the day and the minute, and for a 429 which limit and for how long."""

    @property
    def day(self) -> int | None: ...
    @property
    def minute(self) -> int | None: ...
    @property
    def problem(self) -> str: ...
    @property
    def retry_after(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Budget:
    """What one organisation's limits leave. Every method returns a new budget."""

    day_ends: datetime
    """When the count of the day starts again: midnight UTC, unless Xero named another moment."""
    day_used: int = 0
    day_limit: int = PLANS["core"]
    day_unsure: bool = False
    """Our day ended with hardly a call left, and Xero's day may end later: one call is sent, and its answer tells."""
    in_flight: tuple[InFlightCall, ...] = ()
    recent: tuple[datetime, ...] = ()
    """When the last minute's calls were answered, oldest first; for calls without an answer, their deadlines."""
    parked_until: datetime | None = None
    parked_because: str | None = None
    turn: int = 0
    """How often one of its lanes was chosen (lanes.py)."""

    def free_at(self, now: datetime, reserve: Reserve = WRITE, calls: int = 1) -> datetime | None:
        """When this many calls, one after the other, may be sent; None: now. An answer may free one earlier."""
        wait = self.wait(now, reserve, calls)
        return wait.at if wait else None

    def wait(self, now: datetime, reserve: Reserve = WRITE, calls: int = 1) -> BudgetWait | None:
        """Until when calls must wait, and why; None: they may be sent now."""
        known = self._at(now)
        waits = [*known._parked(now), *known._day(reserve, calls), *known._minute(now, reserve, calls)]
        # The longest wait counts: a call may be sent only when all of them are over.
        return max([*waits, *known._slots(reserve)], key=lambda wait: wait.at, default=None)

    def count_call(self, now: datetime, deadline: datetime) -> "Budget":
        """Count a call that is sent now."""
        known = self._at(now)
        in_flight = (*known.in_flight, InFlightCall(now, deadline))
        return replace(known, day_used=known.day_used + 1, in_flight=in_flight)

    def count_answer(self, now: datetime, deadline: datetime, limits: RateLimitHeaders) -> "Budget":
        """Count the end of the call with this deadline. Xero's own counts in `limits` win over ours."""
        call = next((each for each in self.in_flight if each.deadline == deadline), None)
        in_flight = tuple(each for each in self.in_flight if each is not call)
        recent = list(self.recent)
        if call is None and deadline in recent:
            # The answer came after the deadline: the call counts from its answer instead.
            recent.remove(deadline)
        known = replace(self, in_flight=in_flight, recent=tuple(recent))
        if call is not None:
            known = known._corrected(call, now, limits)
        known = replace(known, recent=(*known.recent, now))
        if limits.retry_after is not None and limits.problem:
            until = now + timedelta(seconds=limits.retry_after)
            if limits.problem.startswith("day"):
                known = replace(known, day_used=known.day_limit, day_ends=until)
            elif not limits.problem.startswith("app"):
                known = known.parked(until, XERO_ASKED)
        return known._at(now)

    def next_turn(self) -> "Budget":
        """Count that a lane was chosen."""
        return replace(self, turn=self.turn + 1)

    def parked(self, until: datetime, because: str) -> "Budget":
        """Send no call before a moment. A park that ends later stays."""
        if self.parked_until and self.parked_until > until:
            return self
        return replace(self, parked_until=until, parked_because=because)

    def unparked(self) -> "Budget":
        """Calls may be sent again."""
        return replace(self, parked_until=None, parked_because=None)

    def minute_left(self, now: datetime) -> int:
        """Calls left this minute."""
        known = self._at(now)
        return max(0, PER_MINUTE - len(known.in_flight) - len(known._counted(now)))

    def day_left(self, now: datetime) -> int:
        """Calls left today."""
        known = self._at(now)
        return max(0, known.day_limit - known.day_used)

    def day_is_short(self, now: datetime) -> bool:
        """Less than a tenth of the day's calls is left, so notes are dropped (CONT-12)."""
        return self.day_left(now) * 10 < self.day_limit

    def day(self, now: datetime) -> DayLeft:
        """What is left of today."""
        ends = self._at(now).day_ends
        return DayLeft(self.day_left(now), self.day_limit, ends, ends - now)

    def _at(self, now: datetime) -> "Budget":
        """As of now: without calls past their deadline, answers older than a minute, and days that ended."""
        in_flight = tuple(call for call in self.in_flight if call.deadline > now)
        ended = [call.deadline for call in self.in_flight if call.deadline <= now]
        # Xero's count in an answer is of the minute in which its call was sent, at the earliest.
        since = min((call.sent_at for call in in_flight), default=now)
        recent = tuple(sorted(at for at in (*self.recent, *ended) if at + _COUNTED_FOR > since))
        known = replace(self, in_flight=in_flight, recent=recent)
        if known.parked_until and known.parked_until <= now:
            known = known.unparked()
        if now >= self.day_ends:
            days = (now - self.day_ends) // _DAY + 1
            unsure = self.day_unsure or self.day_limit - self.day_used < MAX_CONCURRENT
            ends = self.day_ends + days * _DAY
            known = replace(known, day_ends=ends, day_used=len(in_flight), day_unsure=unsure)
        return known

    def _corrected(self, call: InFlightCall, now: datetime, limits: RateLimitHeaders) -> "Budget":
        """Corrected by the counts in this call's answer. They include the call itself. Whether they include calls that
        were under way with it is not known."""
        others: tuple[datetime, ...] = ()
        day, limit, sure = self.day_used, self.day_limit, False
        # A 429 names its own wait.
        if limits.minute is not None and not limits.problem:
            ours = 1 + len(self.in_flight) + sum(1 for at in self.recent if at > call.sent_at - _MINUTE)
            # Calls of others. They stop counting a minute from now at the latest.
            others = (now,) * (PER_MINUTE - limits.minute - ours)
        # Just after midnight, an answer may still count the day before.
        if limits.day is not None and call.sent_at >= self.day_ends - _DAY:
            # More calls are left than a Starter app ever has: the app is on a larger plan.
            limit = max(limit, PLANS["core"]) if limits.day >= PLANS["starter"] else limit
            unsure = len(self.in_flight) + sum(1 for at in self.recent if at > call.sent_at)
            sure = True
            day = max(0, min(max(day, limit - limits.day), limit - limits.day + unsure))
        known = replace(self, recent=(*self.recent, *others), day_used=day, day_limit=limit)
        return replace(known, day_unsure=self.day_unsure and not sure)

    def _counted(self, now: datetime) -> list[datetime]:
        return [at for at in self.recent if at + _COUNTED_FOR > now]

    def _parked(self, now: datetime) -> list[BudgetWait]:
        if not self.parked_until:
            return []
        return [BudgetWait(self.parked_until, f"{self.parked_because}; next at {clock(self.parked_until)}")]

    def _day(self, reserve: Reserve, calls: int) -> list[BudgetWait]:
        if self.in_flight and self.day_unsure:
            first = min(call.deadline for call in self.in_flight)
            return [BudgetWait(first, f"the day's first call is under way; next at {clock(first)} at the latest")]
        left = self.day_limit - self.day_used
        if left >= calls + reserve.per_day:
            return []
        spent = f"the last {left} of the organisation's {self.day_limit} calls a day are kept for writes"
        used = f"the organisation's {self.day_limit} calls a day are used"
        return [BudgetWait(self.day_ends, f"{spent if left >= calls else used}; next at {clock(self.day_ends)}")]

    def _minute(self, now: datetime, reserve: Reserve, calls: int) -> list[BudgetWait]:
        ends = sorted([*self._counted(now), *(call.deadline for call in self.in_flight)])
        over = min(len(ends) + calls + reserve.per_minute - PER_MINUTE, len(ends))
        if over <= 0:
            return []
        at = ends[over - 1] + _COUNTED_FOR
        left = PER_MINUTE - len(ends)
        kept = f"the last {left} of the organisation's {PER_MINUTE} calls a minute are kept for writes"
        used = f"the organisation's {PER_MINUTE} calls a minute are used"
        return [BudgetWait(at, f"{kept if left >= calls else used}; next at {clock(at)}")]

    def _slots(self, reserve: Reserve) -> list[BudgetWait]:
        deadlines = sorted(call.deadline for call in self.in_flight)
        over = len(deadlines) + 1 + reserve.slots - MAX_CONCURRENT
        if over <= 0:
            return []
        at = deadlines[over - 1]
        under_way = f"{len(deadlines)} calls are under way, of {MAX_CONCURRENT} at once"
        return [BudgetWait(at, f"{under_way}; next at {clock(at)} at the latest")]


def fresh(now: datetime, day_limit: int = PLANS["core"]) -> Budget:
    """The budget of an organisation without calls so far."""
    return Budget(day_ends=midnight_after(now.astimezone(UTC).date()), day_limit=day_limit)


def midnight_after(day: date) -> datetime:
    """The end of a day, UTC."""
    return datetime.combine(day + _DAY, datetime.min.time(), UTC)


def minutes(time: timedelta) -> int:
    """Whole minutes, rounded up."""
    return -(-time // _MINUTE)


def clock(at: datetime) -> str:
    """A moment of today in words, UTC."""
    at = at.astimezone(UTC)
    return "midnight UTC" if at == midnight_after(at.date() - _DAY) else f"{at:%H:%M:%S} UTC"
