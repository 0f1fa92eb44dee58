"""Waits for what a person asked Xero for: woken by Postgres when it is there, and no longer than a person waits."""

import asyncio

from tieout_connector.inbound import interactive_reads
from tieout_connector.inbound.interactive_reads import CHANNEL, PersonRead
from tieout_kit.errors import NotNow
from tieout_kit.postgres import Bell, Database
from tieout_schemas.xero import Snapshot


class PersonAnswers:
    """The answers that people at this process wait for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bell = Bell(database, CHANNEL)
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Listen until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._bell.run())
            while True:
                self._bell.silence()
                await self._bell.wait()
                # Each waits for the event that was there before it looked, so none misses what came after.
                self._news, told = asyncio.Event(), self._news
                told.set()

    async def of(self, read: PersonRead) -> list[Snapshot]:
        """What Xero has. Raises NotNow: it could not be read, or took too long."""
        try:
            async with asyncio.timeout((read.deadline - read.asked_at).total_seconds()):
                while True:
                    news = self._news
                    async with self._database.transaction() as tx:
                        found = await interactive_reads.outcome(tx, read)
                    if found is not None:
                        return found
                    await news.wait()
        except TimeoutError:
            seconds = (read.deadline - read.asked_at).total_seconds()
            raise NotNow(f"Xero was not read within {seconds:g} seconds; try again", read.deadline) from None
        finally:
            async with self._database.transaction() as tx:
                await interactive_reads.drop(tx, read)
