"""At the start of a service: waits until the schema fits the code, and its logins can do no harm (ADR 8, ADR 29)."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import structlog

from tieout_kit.postgres import access, migrate
from tieout_kit.postgres.database import RETRYABLE, UNAVAILABLE, Database

_CHECK_INTERVAL_S = 1.0

log = structlog.get_logger(__name__)


class Schema:
    """A service's schema, as its migration job leaves it (migrate.py)."""

    def __init__(self, database: Database, packages: Sequence[str], api: Database | None = None) -> None:
        """`api`: the database as requests use it, if this process serves an API."""
        self._database = database
        self._api = api
        self._packages = packages
        self.unhealthy_because: str | None = "not checked yet"
        # The process counts as live meanwhile: a restart would not help.
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
        if reason := await _checked(self._database, self._worker):
            return reason
        return await _checked(self._api, _walled) if self._api else None

    async def _worker(self, db: Any) -> str | None:
        # Not a blocking lock: a process that waits in Postgres could not report why.
        if not await db.fetchval("select pg_try_advisory_lock_shared($1)", migrate.LOCK):
            return "another process migrates the database"
        if reason := await self._unfit(db):
            return reason
        mighty = await access.too_mighty(db)
        return mighty and f"TIEOUT_DATABASE_URL: {mighty}; {self._how_to_fix}"

    async def _unfit(self, db: Any) -> str | None:
        if not await db.fetchval("select to_regclass('schema_migrations')"):
            return f"the database is empty; {self._how_to_fix}"
        if not await _has_rights(db):
            return f"TIEOUT_DATABASE_URL: its login has no rights; {self._how_to_fix}"
        known, done = migrate.known(self._packages), await migrate.recorded(db)
        unknown = {version: why for version, why in done.items() if version not in {one.version for one in known}}
        if contracts := sorted(f"{version} ({why})" for version, why in unknown.items() if why):
            return f"the database is newer than this code can work with: {', '.join(contracts)}"
        if unknown:
            log.info("the database is newer, by migrations that this code can live with", versions=sorted(unknown))
        # Code works before and after its contracting migrations.
        if missing := [one.version for one in known if one.version not in done and not one.contract]:
            return f"the database lacks the migrations {', '.join(missing)}; {self._how_to_fix}"
        return None

    @property
    def _how_to_fix(self) -> str:
        return f"run `python -m tieout_kit.postgres.migrate {' '.join(self._packages)}`"


async def _has_rights(db: Any) -> bool:
    """Whether the migration job knows this login."""
    return bool(await db.fetchval("select has_table_privilege('schema_migrations', 'select')"))


async def _walled(db: Any) -> str | None:
    if not await _has_rights(db):
        return "TIEOUT_API_DATABASE_URL: its login has no rights; name it when you run tieout_kit.postgres.migrate"
    if mighty := await access.too_mighty(db):
        return f"TIEOUT_API_DATABASE_URL: {mighty}"
    seen = await access.sees_every_tenant(db)
    return seen and f"TIEOUT_API_DATABASE_URL: its login sees every tenant in {seen}"


async def _checked(database: Database, check: Callable[[Any], Awaitable[str | None]]) -> str | None:
    try:
        db: Any = await database.connection()
    except UNAVAILABLE as error:
        return f"Postgres is unavailable: {error}"
    try:
        return await check(db)
    except (*UNAVAILABLE, *RETRYABLE, asyncpg.InsufficientPrivilegeError) as error:
        return f"the schema cannot be checked: {error}"
    finally:
        db.terminate()
