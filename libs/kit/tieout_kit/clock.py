"""The one place that looks at the clock; everything else is handed the time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, UTC."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def next_sequence(last: int, now: datetime) -> int:
    """A record's next sequence: rises by one, or follows the clock, so that a restored database never numbers back."""
    return max(last + 1, int(now.timestamp() * 1000))
