"""The simulator's clock: real time plus an offset, so that a test can move it forward by hours."""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta, tzinfo


class Clock:
    """Runs with real time from where it stands, unless frozen. Everything that ages asks this clock."""

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
        """True while time passes only by `advance`."""
        return self._frozen_at is not None

    def advance(self, by: timedelta) -> None:
        """Move forward (or back) by hand."""
        if self._frozen_at is not None:
            self._frozen_at += by.total_seconds()
        else:
            self._ahead += by.total_seconds()
        self._wake()

    def freeze(self, at: datetime | None = None) -> None:
        """Stop the clock, at the given instant or at the present one."""
        self._frozen_at = at.timestamp() if at else self.timestamp()
        self._wake()

    def run(self) -> None:
        """Let the clock continue from where it stands."""
        if self._frozen_at is not None:
            self._ahead = self._frozen_at - time.time()
            self._frozen_at = None
            self._wake()

    async def wait_until(self, timestamp: float) -> None:
        """Return when the clock shows that instant, whether real time or `advance` brought it there."""
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
