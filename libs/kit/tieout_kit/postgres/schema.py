"""At the start of a service: runs the migrations that it may run, and waits until the schema fits the code (ADR 8)."""

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any

import structlog

from tieout_kit.postgres import migrate
from tieout_kit.postgres.database import RETRYABLE, UNAVAILABLE, Database

_CHECK_INTERVAL_S = 1.0

log = structlog.get_logger(__name__)


class Schema:
    """A service's schema. Migrations that older processes can live with run at once; contracting ones are left."""

    def __init__(self, database: Database, packages: Sequence[str]) -> None:
        self._database = database
        self._packages = packages
        self.unhealthy_because: str | None = "not checked yet"
        # The process counts as live meanwhile: a restart would not help, and a long migration would begin again.
        self.last_progress_at = math.inf

    async def ready(self) -> None:
        """Return once the schema fits."""
        while reason := await self._blocked_by():
            if reason != self.unhealthy_because:
                log.warning("the service waits for its schema", reason=reason)
            self.unhealthy_because = reason
            await asyncio.sleep(_CHECK_INTERVAL_S)
        self.unhealthy_because = None
        self.last_progress_at = time.monotonic()

    async def _blocked_by(self) -> str | None:
        try:
            db: Any = await self._database.connection()
        except UNAVAILABLE as error:
            return f"Postgres is unavailable: {error}"
        try:
            # Not a blocking lock: a process that waits in Postgres could not report why.
            if not await db.fetchval("select pg_try_advisory_lock($1)", migrate.LOCK):
                return "another process migrates the database"
            return await self._expand(db)
        except (*UNAVAILABLE, *RETRYABLE) as error:
            return f"a migration was interrupted: {error}"
        finally:
            db.terminate()

    async def _expand(self, db: Any) -> str | None:
        known, done = migrate.known(self._packages), await migrate.applied(db)
        unknown = {version: why for version, why in done.items() if version not in {one.version for one in known}}
        if contracts := sorted(f"{version} ({why})" for version, why in unknown.items() if why):
            return f"the database is newer than this code can work with: {', '.join(contracts)}"
        if unknown:
            log.info("the database is newer, by migrations that this code can live with", versions=sorted(unknown))
        pending = [one for one in known if one.version not in done]
        # On an empty database there are no older processes.
        left = [one for one in pending if one.contract and done]
        await migrate.apply(db, [one for one in pending if one not in left])
        if left:
            log.info(
                "contracting migrations are left until an operator runs them", versions=[one.version for one in left]
            )
        return None
