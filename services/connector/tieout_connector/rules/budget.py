"""How many calls Xero's limits leave, as a value: 5 at once, 60 a minute, 1,000 or 5,000 a day.

Source: xero-api.md 2.1. The minute is read as a rolling window, the stricter of the two readings.
The day is UTC's, corrected by what Xero says.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

CONCURRENT = 5
PER_MINUTE = 60
PER_DAY = 5000
PER_DAY_STARTER = 1000
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
    in_flight: int = 0
    parked_until: datetime | None = None
    parked_because: str | None = None

    def free_at(self, now: datetime) -> datetime | None:
        """When the next call may leave; None: now."""
        if self.parked_until and self.parked_until > now:
            return self.parked_until
        if self.in_flight >= CONCURRENT:
            return now + timedelta(seconds=1)
        if self.day == now.astimezone(UTC).date() and self.day_used >= self.day_limit:
            return datetime.combine(self.day + timedelta(days=1), datetime.min.time(), UTC)
        recent = self._recent(now)
        if len(recent) >= PER_MINUTE:
            return recent[-PER_MINUTE] + _MINUTE + _MARGIN
        return None

    def minute_left(self, now: datetime) -> int:
        """Calls left this minute."""
        return max(0, PER_MINUTE - len(self._recent(now)))

    @property
    def day_left(self) -> int:
        """Calls left today."""
        return max(0, self.day_limit - self.day_used)

    def leaving(self, now: datetime) -> "Budget":
        """A call leaves."""
        today = now.astimezone(UTC).date()
        used = self.day_used if self.day == today else 0
        return replace(
            self,
            day=today,
            day_used=used + 1,
            sent_at=(*self._recent(now), now),
            in_flight=self.in_flight + 1,
            parked_until=None,
            parked_because=None,
        )

    def back(self, day_remaining: int | None = None) -> "Budget":
        """A call came back; Xero's own count is the truth, since others may use the same app."""
        came = replace(self, in_flight=max(0, self.in_flight - 1))
        if day_remaining is None:
            return came
        # More was left than a Starter app ever has: the plan is a larger one.
        limit = PER_DAY if day_remaining >= PER_DAY_STARTER else self.day_limit
        return replace(came, day_limit=limit, day_used=max(0, limit - day_remaining))

    def parked(self, until: datetime, because: str) -> "Budget":
        """Nothing leaves before a moment."""
        return replace(self, parked_until=until, parked_because=because)

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self.sent_at if at > now - _MINUTE - _MARGIN)
