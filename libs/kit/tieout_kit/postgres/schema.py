"""Waits at the start until the database is one that this code can work on, and says what is in the way (ADR 8)."""

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any

import structlog

from tieout_kit.postgres import migrate
from tieout_kit.postgres.database import RETRYABLE, UNAVAILABLE, Database

_CHECK_INTERVAL_S = 1.0
"""Seconds between two looks."""

log = structlog.get_logger(__name__)


class Schema:
    """A service's schema: what may be made beside older processes is made, the rest is waited for."""

    def __init__(self, database: Database, packages: Sequence[str]) -> None:
        self._database = database
        self._packages = packages
        self.unhealthy_because: str | None = "not looked at yet"
        # Live as long as it takes: a restart mends nothing, and a long migration would begin anew.
        self.last_progress_at = math.inf

    async def ready(self) -> None:
        """Return when the service may begin."""
        while reason := await self._blocked_by():
            if reason != self.unhealthy_because:
                log.warning("the service waits", reason=reason)
            self.unhealthy_because = reason
            await asyncio.sleep(_CHECK_INTERVAL_S)
        self.unhealthy_because = None
        self.last_progress_at = time.monotonic()

    async def _blocked_by(self) -> str | None:
        try:
            db: Any = await self._database.connection()
        except UNAVAILABLE as error:
            return f"Postgres is away: {error}"
        try:
            # Not waited for: whoever waits for a lock cannot say so.
            if not await db.fetchval("select pg_try_advisory_lock($1)", migrate.LOCK):
                return "another process migrates the database"
            return await self._expand(db)
        except (*UNAVAILABLE, *RETRYABLE) as error:
            return f"migrating was interrupted: {error}"
        finally:
            db.terminate()

    async def _expand(self, db: Any) -> str | None:
        known, done = migrate.known(self._packages), await migrate.made(db)
        unknown = {version: why for version, why in done.items() if version not in {one.version for one in known}}
        if contracts := sorted(f"{version} ({why})" for version, why in unknown.items() if why):
            return f"the database is newer than this code can work with: {', '.join(contracts)}"
        if unknown:
            log.info("the database is newer, by migrations this code can live with", versions=sorted(unknown))
        pending = [one for one in known if one.version not in done]
        # On an empty database nobody older is at work.
        left = [one for one in pending if one.contract and done]
        await migrate.make(db, [one for one in pending if one not in left])
        if left:
            log.info("migrations wait until they are asked for", versions=[one.version for one in left])
        return None
