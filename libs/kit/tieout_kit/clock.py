"""The only place that reads the clock; all other code gets the time as a value."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time, UTC."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def next_sequence(last: int, now: datetime) -> int:
    """A record's next sequence: one more than the last, or the clock in ms, so that a restored database reuses none."""
    return max(last + 1, int(now.timestamp() * 1000))
