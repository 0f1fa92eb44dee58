"""Processes sweeps page by page, and pauses while the outbox is long."""

import asyncio
import time

import structlog

from tieout_kit.errors import RetryLater
from tieout_kit.postgres import Database, Notifications
from tieout_kit.records import sweeps
from tieout_kit.records.sweeps import Rechecks

MOST_WAITING = 200
"""Sweeps pause while the outbox holds more events than this: other events have to wait behind them."""
_PAUSE_S = 0.05
"""The pause while the outbox is long, and the longest pause after a page."""

log = structlog.get_logger(__name__)


class Sweeper:
    """One per process. Processes share the work: each works on sweeps that no other has locked."""

    def __init__(self, database: Database, rechecks: Rechecks) -> None:
        self._database = database
        self._rechecks = rechecks
        self._notifications = Notifications(database, "tieout_sweep")

    async def run(self) -> None:
        """Sweep until cancelled. After a failure the same page is processed again."""
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
                    # Half of the time is left to other work: a large sweep is less urgent than new events.
                    await asyncio.sleep(min(time.monotonic() - began, _PAUSE_S))
                    began = time.monotonic()
            except RetryLater as error:
                log.warning("a sweep was interrupted", error=str(error))
            await self._notifications.wait()

    async def process_page(self) -> bool:
        """Process one page; False: there is no sweep."""
        if await self._database.run(lambda tx: sweeps.backlog(tx, MOST_WAITING)):
            await asyncio.sleep(_PAUSE_S)
            return True
        try:
            return await self._database.run(lambda tx: sweeps.process_page(tx, self._rechecks))
        except RetryLater:
            raise
        except Exception as error:
            # A record of the page cannot be checked. Checked alone, the first one shows whether it is the cause.
            log.warning("a page of a sweep failed, its first record is checked alone", error=repr(error))
        try:
            return await self._database.run(lambda tx: sweeps.process_page(tx, self._rechecks, 1))
        except RetryLater:
            raise
        except Exception:
            log.exception("a record cannot be checked and stays as it is")
            return await self._database.run(lambda tx: sweeps.process_page(tx, None, 1))
