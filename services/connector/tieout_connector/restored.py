"""Whether this database is the one the last process wrote to: a restored one is older than what Xero has seen.

A dump that is restored gets another database id, or with `pg_restore --clean` its tables other ids; a cluster restored
or promoted gets another timeline or system id.
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
        database_id, made = await tx.db.fetchrow(_SQL["fingerprint"])
        here, known = f"{database_id}:{made}", await tx.db.fetchval(_SQL["known"])
        if known == here:
            return False
        # The version before knew only the database: its successor's first start is no restore.
        restored = known not in (None, database_id)
        await tx.db.execute(_SQL["keep"], here, tx.now if restored else None)
        if restored:
            await intents.look_up_all(tx)
            log.warning("the database was restored or moved: what waits is looked up in Xero before it is sent")
    return restored
