"""Detects that the database was restored: a restored database is older than what Xero has received.

A dump restored into a new database has another database id. After `pg_restore --clean`, the tables have other ids. A
cluster that was restored or promoted has another timeline or system id.
"""

from datetime import timedelta

import structlog

from tieout_connector.outbound import intents
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_connector", "restore_detection.sql")
_JUST_NOW = timedelta(minutes=10)

log = structlog.get_logger(__name__)


async def detect_restore(tx: Tx, term: timedelta) -> bool:
    """After a restore, have every waiting or repeated intent looked up in Xero before it is sent. True: just detected.

    `term`: of a lease. From the last lease follows when the dump was taken.
    """
    if await tx.db.fetchval(_SQL["is_known"]):
        return False
    identity, recorded = await tx.db.fetchval(_SQL["identity"]), await tx.db.fetchrow(_SQL["recorded"])
    if recorded and recorded["identity"] == identity:
        return False
    dumped_at = await tx.db.fetchval(*_SQL["last_used"](term=term)) if recorded else None
    # The previous version stored no identity. If it was at work just now, this is an upgrade and no restore.
    upgraded = recorded and not recorded["identity"] and identity.startswith(f"{recorded['fingerprint']}:")
    was_here = dumped_at is not None and dumped_at > tx.now - _JUST_NOW
    restored = recorded is not None and not (upgraded and was_here)
    restored_at, dumped_at = (tx.now, dumped_at) if restored else (None, None)
    await tx.db.execute(*_SQL["record"](identity=identity, restored_at=restored_at, dumped_at=dumped_at))
    if restored:
        await intents.look_up_all(tx, dumped_at)
        log.warning("the database was restored or moved: waiting intents are looked up in Xero before they are sent")
    return restored
