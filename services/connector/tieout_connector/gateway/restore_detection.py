"""Whether this database is the one we last wrote to: a restored one is older than what Xero has seen.

A dump that is restored gets another database id, or with `pg_restore --clean` its tables other ids; a cluster restored
or promoted gets another timeline or system id.
"""

from datetime import timedelta

import structlog

from tieout_connector.outbound import intents
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_connector", "home.sql")
_JUST_NOW = timedelta(minutes=10)

log = structlog.get_logger(__name__)


async def notice(tx: Tx, term: timedelta) -> bool:
    """After a restore, whatever waits or comes again is looked up in Xero before it is sent; True: just noticed.

    `term`: of a lease, which tells when the dump was taken.
    """
    if await tx.db.fetchval(_SQL["is_known"]):
        return False
    here, known = await tx.db.fetchval(_SQL["fingerprint"]), await tx.db.fetchrow(_SQL["known"])
    if known and known["mark"] == here:
        return False
    dumped_at = await tx.db.fetchval(_SQL["last_used"], term) if known else None
    # The version before left no mark. If it was here just now, its successor's first start is no restore.
    upgraded = known and not known["mark"] and here.startswith(f"{known['fingerprint']}:")
    was_here = dumped_at is not None and dumped_at > tx.now - _JUST_NOW
    restored = known is not None and not (upgraded and was_here)
    when = (tx.now, dumped_at) if restored else (None, None)
    await tx.db.execute(_SQL["keep"], here, *when)
    if restored:
        await intents.look_up_all(tx, dumped_at)
        log.warning("the database was restored or moved: what waits is looked up in Xero before it is sent")
    return restored
