"""How many calls Xero's limits leave, as a value: 60 a minute, 1,000 or 5,000 a day.

Source: xero-api.md 2.1. The minute is read as a rolling window, the stricter of the two readings.
The day is UTC's, corrected by what Xero says. Five at once need no count: a tenant's calls go one after the other.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

PER_MINUTE = 60
PER_DAY = 5000
PER_DAY_STARTER = 1000
KEPT_A_MINUTE = 10
KEPT_A_DAY = 100
"""Calls that only writes may use."""
POLL_EVERY = timedelta(minutes=5)
POLL_AT_LEAST_EVERY = timedelta(minutes=30)
_MINUTE = timedelta(minutes=1)
# Xero's window and ours start at different moments, and a call takes its time to get there.
_MARGIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one organisation's limits leave; every method gives a new one."""

    day: date
    day_used: int = 0
    day_limit: int = PER_DAY
    sent_at: tuple[datetime, ...] = ()
    """The calls of the last minute, oldest first."""
    parked_until: datetime | None = None
    parked_because: str | None = None

    def free_at(self, now: datetime) -> datetime | None:
        """When the next call may leave; None: now."""
        recent = self._recent(now)
        waits = [
            self.parked_until if self.parked_until and self.parked_until > now else None,
            _midnight_after(now) if not self.day_left(now) else None,
            recent[-PER_MINUTE] + _MINUTE + _MARGIN if len(recent) >= PER_MINUTE else None,
        ]
        # The last of them, or the moment one ends would be said to be free while another lasts.
        return max((until for until in waits if until), default=None)

    def spares_a_read(self, now: datetime) -> bool:
        """Whether a read may have a call, or what is left is kept for writes."""
        return self.minute_left(now) > KEPT_A_MINUTE and self.day_left(now) > KEPT_A_DAY

    def poll_every(self, now: datetime, calls: int, wanted: timedelta | None = None) -> timedelta:
        """How often to poll, at so many calls a time, that half of the day's calls last (CONN-9).

        `wanted`: the tenant's own schedule, which is kept as long as they do (CONN-10).
        """
        rounds = self.day_left(now) // 2 // calls
        lasting = (_midnight_after(now) - now) / rounds if rounds else POLL_AT_LEAST_EVERY
        return max(wanted or POLL_EVERY, min(lasting, POLL_AT_LEAST_EVERY))

    def why_stretched(self, now: datetime, calls: int, wanted: timedelta | None = None) -> str | None:
        """Why polls are rarer than wanted; None: they are not (CONN-9)."""
        every, asked = self.poll_every(now, calls, wanted), wanted or POLL_EVERY
        if every <= asked:
            return None
        return (
            f"every {minutes(every)} minutes and not every {minutes(asked)}, so that the day's calls last: "
            f"{self.day_left(now)} are left until midnight UTC"
        )

    def minute_left(self, now: datetime) -> int:
        """Calls left this minute."""
        return max(0, PER_MINUTE - len(self._recent(now)))

    def day_left(self, now: datetime) -> int:
        """Calls left today."""
        return max(0, self.day_limit - self.day_used) if self.day == _today(now) else self.day_limit

    def leaving(self, now: datetime) -> "Budget":
        """A call leaves."""
        today = _today(now)
        used = self.day_used if self.day == today else 0
        return replace(
            self,
            day=today,
            day_used=used + 1,
            sent_at=(*self._recent(now), now),
            parked_until=None,
            parked_because=None,
        )

    def back(self, day_remaining: int | None) -> "Budget":
        """A call came back; Xero's own count is the truth, since others may use the same app."""
        if day_remaining is None:
            return self
        # More was left than a Starter app ever has: the plan is a larger one.
        limit = PER_DAY if day_remaining >= PER_DAY_STARTER else self.day_limit
        return replace(self, day_limit=limit, day_used=max(0, limit - day_remaining))

    def parked(self, until: datetime, because: str) -> "Budget":
        """Nothing leaves before a moment."""
        return replace(self, parked_until=until, parked_because=because)

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self.sent_at if at > now - _MINUTE - _MARGIN)


def minutes(time: timedelta) -> int:
    """Whole minutes, rounded up."""
    return -(-time // _MINUTE)


def _today(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _midnight_after(now: datetime) -> datetime:
    return datetime.combine(_today(now) + timedelta(days=1), datetime.min.time(), UTC)
