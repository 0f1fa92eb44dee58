"""How many calls Xero's limits leave an organisation, as a value: 5 at once, 60 a minute, 1,000 or 5,000 a day.

Source: xero-api.md 2.1. Xero may count a call at any moment between its sending and its answer, and nobody knows
whether its minute is a fixed window or a rolling one. So a call counts from its leaving until a minute after its
answer: any 61 calls that Xero could count within one minute would have been under way, or back for less than a
minute, when the last of them left. Answers correct what is known: others may use the same app.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

AT_ONCE = 5
PER_MINUTE = 60
PLANS = {"starter": 1000, "core": 5000, "plus": 5000, "advanced": 5000, "enterprise": 5000}
"""Calls a day, by the app's plan."""
KEPT_AT_ONCE = 1
"""Places that only a call which a person waits for may take."""
KEPT_A_MINUTE = 2
"""Calls that only writes may use: the fresh read before an update, and the update."""
KEPT_A_DAY = 50
"""Calls that only writes may use: 5 % of the smallest plan, so that an import may have the other 95."""
POLL_EVERY = timedelta(minutes=5)
POLL_AT_LEAST_EVERY = timedelta(minutes=30)
XERO_ASKED = "Xero asked to wait (429)"
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
# By so much the clocks of a process and of its successor may differ.
_COUNTS = _MINUTE + timedelta(seconds=0.2)


@dataclass(frozen=True, slots=True)
class Share:
    """What a call must leave to others: places of the five, calls a minute, calls a day."""

    places: int = KEPT_AT_ONCE
    minute: int = 0
    day: int = 0


PERSON = Share(places=0)
WRITE = Share()
READ = Share(minute=KEPT_A_MINUTE, day=KEPT_A_DAY)
READ_IN_TURN = Share(places=0, day=KEPT_A_DAY)
"""A read that the lanes chose: they have kept what is to be kept of the minute (lanes.py)."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A call under way: when it left, and the deadline at which nobody waits for its answer any more."""

    left: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may leave before a moment; `why` is for a bookkeeper."""

    at: datetime
    why: str


class Said(Protocol):
    """What an answer says of the limits: calls left, None where it does not; of a 429 its problem, and seconds."""

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
    """What one organisation's limits leave; every method gives a new one."""

    day_ends: datetime
    """When the day's count starts afresh: midnight UTC, unless Xero named another moment."""
    day_used: int = 0
    day_limit: int = PLANS["core"]
    day_unsure: bool = False
    """Our day turned when hardly a call was left, and Xero's may be another: one call asks, and its answer tells."""
    in_flight: tuple[Flight, ...] = ()
    recent: tuple[datetime, ...] = ()
    """When the last minute's calls came back, oldest first; without an answer, their deadlines."""
    parked_until: datetime | None = None
    parked_because: str | None = None
    turn: int = 0
    """How often one of its lanes was chosen (lanes.py)."""

    def free_at(self, now: datetime, share: Share = WRITE, calls: int = 1) -> datetime | None:
        """When so many calls, one after the other, may leave; None: now. An answer may come and free one earlier."""
        wait = self.wait(now, share, calls)
        return wait.at if wait else None

    def wait(self, now: datetime, share: Share = WRITE, calls: int = 1) -> Wait | None:
        """Until when calls must wait, and why; None: they may leave now."""
        known = self._at(now)
        waits = [*known._parked(now), *known._day(share, calls), *known._minute(now, share, calls)]
        # The last of them, or the moment one ends would be said to be free while another lasts.
        return max([*waits, *known._places(share)], key=lambda wait: wait.at, default=None)

    def leaving(self, now: datetime, deadline: datetime) -> "Budget":
        """A call leaves, and is given up at its deadline."""
        known = self._at(now)
        flights = (*known.in_flight, Flight(now, deadline))
        return replace(known, day_used=known.day_used + 1, in_flight=flights)

    def back(self, now: datetime, deadline: datetime, said: Said) -> "Budget":
        """The call with this deadline came back; what Xero says of its own counts is the truth."""
        call = next((flight for flight in self.in_flight if flight.until == deadline), None)
        flights = tuple(flight for flight in self.in_flight if flight is not call)
        recent = list(self.recent)
        if call is None and deadline in recent:
            # It was given up, and counts from its answer after all.
            recent.remove(deadline)
        known = replace(self, in_flight=flights, recent=tuple(recent))
        if call is not None:
            known = known._told(call, now, said)
        known = replace(known, recent=(*known.recent, now))
        if said.retry_after is not None and said.problem:
            until = now + timedelta(seconds=said.retry_after)
            if said.problem.startswith("day"):
                known = replace(known, day_used=known.day_limit, day_ends=until)
            elif not said.problem.startswith("app"):
                known = known.parked(until, XERO_ASKED)
        return known._at(now)

    def turned(self) -> "Budget":
        """A lane was chosen."""
        return replace(self, turn=self.turn + 1)

    def parked(self, until: datetime, because: str) -> "Budget":
        """Nothing leaves before a moment, nor before one that was named earlier."""
        if self.parked_until and self.parked_until > until:
            return self
        return replace(self, parked_until=until, parked_because=because)

    def unparked(self) -> "Budget":
        """Calls may leave again."""
        return replace(self, parked_until=None, parked_because=None)

    def minute_left(self, now: datetime) -> int:
        """Calls left this minute."""
        known = self._at(now)
        return max(0, PER_MINUTE - len(known.in_flight) - len(known._holding(now)))

    def day_left(self, now: datetime) -> int:
        """Calls left today."""
        known = self._at(now)
        return max(0, known.day_limit - known.day_used)

    def day_is_short(self, now: datetime) -> bool:
        """Less than a tenth of the day's calls is left: what is merely nice to have is dropped (CONT-12)."""
        return self.day_left(now) * 10 < self.day_limit

    def poll_every(self, now: datetime, calls: int, wanted: timedelta | None = None) -> timedelta:
        """How often to poll, at so many calls a time, that half of the day's calls last (CONN-9).

        `wanted`: the tenant's own schedule, which is kept as long as they do (CONN-10).
        """
        rounds = self.day_left(now) // 2 // calls
        lasting = (self._at(now).day_ends - now) / rounds if rounds else POLL_AT_LEAST_EVERY
        return max(wanted or POLL_EVERY, min(lasting, POLL_AT_LEAST_EVERY))

    def why_stretched(self, now: datetime, calls: int, wanted: timedelta | None = None) -> str | None:
        """Why polls are rarer than wanted; None: they are not (CONN-9)."""
        every, asked = self.poll_every(now, calls, wanted), wanted or POLL_EVERY
        if every <= asked:
            return None
        return (
            f"every {minutes(every)} minutes and not every {minutes(asked)}, so that the day's calls last: "
            f"{self.day_left(now)} are left until {_clock(self._at(now).day_ends)}"
        )

    def _at(self, now: datetime) -> "Budget":
        """As it is now: calls given up, minutes over, the day turned."""
        flying = tuple(flight for flight in self.in_flight if flight.until > now)
        ended = [flight.until for flight in self.in_flight if flight.until <= now]
        # Xero's count that comes with an answer is of the minute in which its call left, at the earliest.
        since = min((flight.left for flight in flying), default=now)
        recent = tuple(sorted(at for at in (*self.recent, *ended) if at + _COUNTS > since))
        known = replace(self, in_flight=flying, recent=recent)
        if known.parked_until and known.parked_until <= now:
            known = known.unparked()
        if now >= self.day_ends:
            days = (now - self.day_ends) // _DAY + 1
            unsure = self.day_unsure or self.day_limit - self.day_used < AT_ONCE
            ends = self.day_ends + days * _DAY
            known = replace(known, day_ends=ends, day_used=len(flying), day_unsure=unsure)
        return known

    def _told(self, call: Flight, now: datetime, said: Said) -> "Budget":
        """By Xero's counts. They hold this call, and those of the others that were not back when it left, or not."""
        others: tuple[datetime, ...] = ()
        day, limit, sure = self.day_used, self.day_limit, False
        # A 429 says by itself for how long to wait.
        if said.minute is not None and not said.problem:
            ours = 1 + len(self.in_flight) + sum(1 for at in self.recent if at > call.left - _MINUTE)
            # Somebody else's calls; their minute ends a minute from now at the latest.
            others = (now,) * (PER_MINUTE - said.minute - ours)
        # Just after midnight, an answer may still tell of the day before.
        if said.day is not None and call.left >= self.day_ends - _DAY:
            # More was left than a Starter app ever has: the plan is a larger one.
            limit = max(limit, PLANS["core"]) if said.day >= PLANS["starter"] else limit
            unsure = len(self.in_flight) + sum(1 for at in self.recent if at > call.left)
            sure = True
            day = max(0, min(max(day, limit - said.day), limit - said.day + unsure))
        known = replace(self, recent=(*self.recent, *others), day_used=day, day_limit=limit)
        return replace(known, day_unsure=self.day_unsure and not sure)

    def _holding(self, now: datetime) -> list[datetime]:
        return [at for at in self.recent if at + _COUNTS > now]

    def _parked(self, now: datetime) -> list[Wait]:
        if not self.parked_until:
            return []
        return [Wait(self.parked_until, f"{self.parked_because}; next at {_clock(self.parked_until)}")]

    def _day(self, share: Share, calls: int) -> list[Wait]:
        if self.in_flight and self.day_unsure:
            first = min(flight.until for flight in self.in_flight)
            return [Wait(first, f"the day's first call is under way; next at {_clock(first)} at the latest")]
        left = self.day_limit - self.day_used
        if left >= calls + share.day:
            return []
        spent = f"the last {left} of the organisation's {self.day_limit} calls a day are kept for writes"
        used = f"the organisation's {self.day_limit} calls a day are used"
        return [Wait(self.day_ends, f"{spent if left >= calls else used}; next at {_clock(self.day_ends)}")]

    def _minute(self, now: datetime, share: Share, calls: int) -> list[Wait]:
        ends = sorted([*self._holding(now), *(flight.until for flight in self.in_flight)])
        over = min(len(ends) + calls + share.minute - PER_MINUTE, len(ends))
        if over <= 0:
            return []
        at = ends[over - 1] + _COUNTS
        left = PER_MINUTE - len(ends)
        kept = f"the last {left} of the organisation's {PER_MINUTE} calls a minute are kept for writes"
        used = f"the organisation's {PER_MINUTE} calls a minute are used"
        return [Wait(at, f"{kept if left >= calls else used}; next at {_clock(at)}")]

    def _places(self, share: Share) -> list[Wait]:
        until = sorted(flight.until for flight in self.in_flight)
        over = len(until) + 1 + share.places - AT_ONCE
        if over <= 0:
            return []
        at = until[over - 1]
        return [Wait(at, f"{len(until)} calls are under way, of {AT_ONCE} at once; next at {_clock(at)} at the latest")]


def fresh(now: datetime, day_limit: int = PLANS["core"]) -> Budget:
    """The budget of an organisation that was never called."""
    return Budget(day_ends=midnight_after(now.astimezone(UTC).date()), day_limit=day_limit)


def midnight_after(day: date) -> datetime:
    """The end of a day, UTC."""
    return datetime.combine(day + _DAY, datetime.min.time(), UTC)


def minutes(time: timedelta) -> int:
    """Whole minutes, rounded up."""
    return -(-time // _MINUTE)


def _clock(at: datetime) -> str:
    at = at.astimezone(UTC)
    return "midnight UTC" if at == midnight_after(at.date() - _DAY) else f"{at:%H:%M:%S} UTC"
