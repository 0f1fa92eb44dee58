"""Wakes a waiting task when Postgres sends a NOTIFY at a commit; polls while the connection is broken."""

import asyncio
import contextlib
from typing import Any

import structlog

from tieout_kit.postgres.database import UNAVAILABLE, Database

POLL_FALLBACK_S = 1.0
"""How long `wait` waits for a notification at most: a missed one delays work by no more."""

log = structlog.get_logger(__name__)


class Notifications:
    """A channel of Postgres. `run` listens to it on a connection of its own."""

    def __init__(self, database: Database, channel: str, poll_s: float = POLL_FALLBACK_S) -> None:
        self._database = database
        self._channel = channel
        self._poll_s = poll_s
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Wake the waiting task from within this process."""
        self._woken.set()

    def clear(self) -> None:
        """Forget earlier notifications. To be called before looking for work, so that none is missed."""
        self._woken.clear()

    async def wait(self) -> None:
        """Return on a notification, or after `poll_s` seconds."""
        # Not wait_for, which in Python 3.11 can lose a cancellation.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._poll_s):
                await self._woken.wait()

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                db: Any = await self._database.connection()
                try:
                    await self._listen(db)
                finally:
                    db.terminate()
            except UNAVAILABLE as error:
                log.warning("listening to Postgres failed", channel=self._channel, error=str(error))
                await asyncio.sleep(self._poll_s)

    async def _listen(self, db: Any) -> None:
        gone = asyncio.Event()
        db.add_termination_listener(lambda _: gone.set())
        await db.add_listener(self._channel, lambda *_: self._woken.set())
        await gone.wait()


class Broadcast:
    """A channel of Postgres that wakes every waiting task of this process. While they wait, they hold no connection."""

    def __init__(self, database: Database, channel: str, poll_s: float = POLL_FALLBACK_S) -> None:
        self._bell = Notifications(database, channel, poll_s)
        self._next = asyncio.Event()

    def next(self) -> asyncio.Event:
        """Set by the next notification, or after `poll_s` seconds. Whoever takes it before looking misses nothing."""
        return self._next

    async def run(self) -> None:
        """Listen until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._bell.run())
            while True:
                self._bell.clear()
                await self._bell.wait()
                self._next, woken = asyncio.Event(), self._next
                woken.set()
