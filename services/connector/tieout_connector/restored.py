"""Whether this database is the one the last process wrote to: a restored one is older than what Xero has seen.

A dump that is restored gets another database id, a cluster restored or promoted another timeline or system id.
"""

import asyncio

import structlog

from tieout_connector import intents
from tieout_kit import queries
from tieout_kit.errors import RetryLater
from tieout_kit.postgres import Database

_SQL = queries.load("tieout_connector", "home.sql")

_AGAIN = 1.0

log = structlog.get_logger(__name__)


async def watch(database: Database) -> None:
    """Once, before the gateway starts; Postgres may be away for as long as it is."""
    while True:
        try:
            await noticed(database)
            return
        except RetryLater as error:
            log.warning("whether the database was restored is not known yet", error=str(error))
            await asyncio.sleep(_AGAIN)


async def noticed(database: Database) -> bool:
    """After a restore, whatever waits or comes again is looked up in Xero before it is sent. Raises RetryLater."""
    async with database.transaction() as tx:
        here = await tx.db.fetchval(_SQL["fingerprint"])
        known = await tx.db.fetchval(_SQL["known"])
        if known == here:
            return False
        await tx.db.execute(_SQL["keep"], here, tx.now if known else None)
        if known:
            await intents.look_up_all(tx)
            log.warning("the database was restored or moved: what waits is looked up in Xero before it is sent")
    return known is not None
