"""How long an organisation's calls wait after failures in a row: 5xx, timeouts, answers that break off."""

from datetime import timedelta

LONGEST = timedelta(minutes=5)


def wait_after(failures: int) -> timedelta:
    """2 s after the first, twice as long after each that follows, 5 minutes at most; nothing after none."""
    # Far enough for any power of two that counts; the next ones would only overflow.
    return min(timedelta(seconds=2 ** min(failures, 20)), LONGEST) if failures else timedelta()
