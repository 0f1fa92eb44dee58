"""The simulator's clock: real time plus an offset, so that a test can move it forward by hours."""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta, tzinfo


class Clock:
    """Runs with real time, unless it is frozen. Everything that depends on time uses this clock."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._frozen_at: float | None = None
        self._moved = asyncio.Event()

    def timestamp(self) -> float:
        """Seconds since 1970, UTC."""
        return self._frozen_at if self._frozen_at is not None else time.time() + self._ahead

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC: the precision of UpdatedDateUTC."""
        return int(self.timestamp() * 1000)

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def today(self, zone: tzinfo) -> date:
        """The calendar date in an organisation's time zone."""
        return self.now().astimezone(zone).date()

    @property
    def frozen(self) -> bool:
        """True while only `advance` moves the clock."""
        return self._frozen_at is not None

    def advance(self, by: timedelta) -> None:
        """Move the clock forward, or back if `by` is negative."""
        if self._frozen_at is not None:
            self._frozen_at += by.total_seconds()
        else:
            self._ahead += by.total_seconds()
        self._wake()

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, at the given time or at its present time."""
        self._frozen_at = at.timestamp() if at else self.timestamp()
        self._wake()

    def run(self) -> None:
        """Let the clock run on from its present time."""
        if self._frozen_at is not None:
            self._ahead = self._frozen_at - time.time()
            self._frozen_at = None
            self._wake()

    async def wait_until(self, timestamp: float) -> None:
        """Return once the clock has reached this time (seconds since 1970), by running or by `advance`."""
        while (left := timestamp - self.timestamp()) > 0:
            moved = self._moved
            if self.frozen:
                await moved.wait()
            else:
                try:
                    await asyncio.wait_for(moved.wait(), left)
                except TimeoutError:
                    continue

    def _wake(self) -> None:
        woken, self._moved = self._moved, asyncio.Event()
        woken.set()
