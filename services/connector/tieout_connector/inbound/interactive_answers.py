"""WaitReasons for the answers to interactive reads. Postgres notifies each process when an answer is stored."""

import asyncio
from datetime import timedelta

from tieout_connector.inbound import interactive_reads
from tieout_connector.inbound.interactive_reads import CHANNEL, PATIENCE, InteractiveRead
from tieout_kit.errors import NotNow
from tieout_kit.postgres import Broadcast, Database
from tieout_schemas.xero import Snapshot

LOOK_EVERY_S = 1.0


class InteractiveAnswers:
    """The answers that the people who use this process wait for."""

    def __init__(self, database: Database, patience: timedelta = PATIENCE, look_every_s: float = LOOK_EVERY_S) -> None:
        """`database`: as the API uses it. `patience`: how long a person waits. `look_every_s`: seconds until answers
        are looked for without a notification."""
        self.patience = patience
        self._database = database
        self._stored = Broadcast(database, CHANNEL, look_every_s)

    async def run(self) -> None:
        """Listen until cancelled."""
        await self._stored.run()

    async def wait_for(self, read: InteractiveRead) -> list[Snapshot]:
        """Xero's records. Raises NotNow if they could not be read before the deadline."""
        database = self._database.of_tenant(read.tenant_id)
        try:
            async with asyncio.timeout((read.deadline - read.asked_at).total_seconds()):
                while True:
                    notified = self._stored.next()
                    async with database.transaction() as tx:
                        result = await interactive_reads.result(tx, read)
                    if result is not None:
                        return result
                    await notified.wait()
        except TimeoutError:
            seconds = (read.deadline - read.asked_at).total_seconds()
            raise NotNow(f"Xero was not read within {seconds:g} seconds; try again", read.deadline) from None
        finally:
            async with database.transaction() as tx:
                await interactive_reads.remove(tx, read)
