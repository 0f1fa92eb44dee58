"""Rung by Postgres when a transaction commits (NOTIFY); should the connection break, a tick rings instead."""

import asyncio
import contextlib
from typing import Any

import structlog

from tieout_kit.postgres.database import UNAVAILABLE, Database

POLL_FALLBACK_S = 1.0
"""Seconds until work is looked for though nobody rang."""

log = structlog.get_logger(__name__)


class Notifications:
    """A channel of Postgres; `run` listens to it for good, on a connection of its own."""

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Ring it from within this process."""
        self._woken.set()

    def clear(self) -> None:
        """From here on it counts as rung only if it rings again: before looking for work, not after."""
        self._woken.clear()

    async def wait(self) -> None:
        """Until it rings, or a tick has passed."""
        # Not wait_for, which in Python 3.11 can lose a cancellation.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL_FALLBACK_S):
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
                log.warning("the bell is not heard", channel=self._channel, error=str(error))
                await asyncio.sleep(POLL_FALLBACK_S)

    async def _listen(self, db: Any) -> None:
        gone = asyncio.Event()
        db.add_termination_listener(lambda _: gone.set())
        await db.add_listener(self._channel, lambda *_: self._woken.set())
        await gone.wait()
