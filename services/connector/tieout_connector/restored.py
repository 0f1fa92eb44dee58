"""Whether this database is the one we last wrote to: a restored one is older than what Xero has seen.

A dump that is restored gets another database id, or with `pg_restore --clean` its tables other ids; a cluster restored
or promoted gets another timeline or system id.
"""

from datetime import timedelta

import structlog

from tieout_connector import intents
from tieout_kit import queries
from tieout_kit.postgres import Tx

_SQL = queries.load("tieout_connector", "home.sql")
_LEASES = queries.load("tieout_connector", "leases.sql")

log = structlog.get_logger(__name__)


async def notice(tx: Tx, term: timedelta) -> bool:
    """After a restore, whatever waits or comes again is looked up in Xero before it is sent, and what any process has
    in hand of the other database is forgotten. `term`: of a lease, which tells when the dump was taken."""
    if await tx.db.fetchval(_SQL["is_known"]):
        return False
    here, known = await tx.db.fetchval(_SQL["fingerprint"]), await tx.db.fetchval(_SQL["known"])
    if known == here:
        return False
    # The version before knew only the database: its successor's first start is no restore.
    restored = known is not None and not here.startswith(f"{known}:")
    dumped_at = await tx.db.fetchval(_SQL["last_used"], term) if restored else None
    await tx.db.execute(_SQL["keep"], here, tx.now if restored else None, dumped_at)
    if restored:
        await intents.look_up_all(tx, dumped_at)
        await tx.db.execute(_LEASES["end"])
        log.warning("the database was restored or moved: what waits is looked up in Xero before it is sent")
    return restored
