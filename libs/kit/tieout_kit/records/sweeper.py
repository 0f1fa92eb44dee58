"""Works off sweeps, page after page, as long as the outbox keeps up."""

import asyncio
import time

import structlog

from tieout_kit.errors import RetryLater
from tieout_kit.postgres import Database, Notifications
from tieout_kit.records import sweeps
from tieout_kit.records.sweeps import Rechecks

MOST_WAITING = 200
"""Events in the outbox above which a sweep pauses: what others say leaves in order behind ours."""
_PAUSE_S = 0.05
"""Seconds; after a page at most, too."""

log = structlog.get_logger(__name__)


class Sweeper:
    """One a process; several processes share the work, each at a sweep of its own."""

    def __init__(self, database: Database, rechecks: Rechecks) -> None:
        self._database = database
        self._rechecks = rechecks
        self._notifications = Notifications(database, "tieout_sweep")

    async def run(self) -> None:
        """Sweep until cancelled; after any trouble the page is done again, from where its sweep was."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._notifications.run())
            group.create_task(self._sweep())

    async def _sweep(self) -> None:
        while True:
            self._notifications.clear()
            try:
                await self._database.run(sweeps.add_for_moments)
                began = time.monotonic()
                while await self.process_page():
                    # Half of the time is others': a large sweep is in no hurry, and what comes meanwhile is.
                    await asyncio.sleep(min(time.monotonic() - began, _PAUSE_S))
                    began = time.monotonic()
            except RetryLater as error:
                log.warning("a sweep is interrupted", error=str(error))
            await self._notifications.wait()

    async def process_page(self) -> bool:
        """One page; False: there is nothing to sweep."""
        if await self._database.run(lambda tx: sweeps.backlog(tx, MOST_WAITING)):
            await asyncio.sleep(_PAUSE_S)
            return True
        try:
            return await self._database.run(lambda tx: sweeps.process_page(tx, self._rechecks))
        except RetryLater:
            raise
        except Exception as error:
            # One of them cannot be checked; alone, the first shows whether it is the one.
            log.warning("a page of a sweep failed, its first record is checked alone", error=repr(error))
        try:
            return await self._database.run(lambda tx: sweeps.process_page(tx, self._rechecks, 1))
        except RetryLater:
            raise
        except Exception:
            log.exception("a record cannot be checked, it stays as it is")
            return await self._database.run(lambda tx: sweeps.process_page(tx, None, 1))
