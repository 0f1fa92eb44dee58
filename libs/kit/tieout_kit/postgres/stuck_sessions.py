"""Ends what a frozen process holds in Postgres where no time limit of a connection does: any living one looks."""

from datetime import timedelta

import structlog

from tieout_kit.postgres import queries
from tieout_kit.postgres.database import Database

_SQL = queries.load("tieout_kit", "stuck_sessions.sql")
_STUCK_AFTER_S = 45.0
"""Seconds; between preparing a statement and running it a process takes none."""
CHECK_INTERVAL = timedelta(seconds=10)

log = structlog.get_logger(__name__)


async def terminate_stuck_sessions(database: Database) -> None:
    """End the connections whose process fell silent amid a statement: its locks go to others."""
    async with database.transaction() as tx:
        for row in await tx.db.fetch(_SQL["terminate"], _STUCK_AFTER_S):
            log.warning("ended a connection whose process fell silent", pid=row["pid"])
