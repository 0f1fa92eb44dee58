"""Terminates Postgres sessions of frozen processes that no timeout of Postgres covers. Every process checks."""

from datetime import timedelta

import structlog

from tieout_kit.postgres import queries
from tieout_kit.postgres.database import Database

_SQL = queries.load("tieout_kit", "stuck_sessions.sql")
STUCK_AFTER_S = 45.0
"""A healthy process takes milliseconds between preparing a statement and running it."""
CHECK_INTERVAL = timedelta(seconds=10)

log = structlog.get_logger(__name__)


async def terminate_stuck_sessions(database: Database, stuck_after_s: float = STUCK_AFTER_S) -> None:
    """Terminate the sessions whose process stopped in the middle of a statement, which frees their locks."""
    async with database.transaction() as tx:
        for row in await tx.db.fetch(*_SQL["terminate"](seconds=stuck_after_s)):
            log.warning("terminated a stuck session", pid=row["pid"])
