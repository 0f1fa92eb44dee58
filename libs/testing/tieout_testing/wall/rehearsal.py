"""A database for one request at a time, all on one connection of a superuser, in a transaction that never commits."""

import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from tieout_kit.postgres import Database, Tx

T = TypeVar("T")


class Stage:
    """The connection, and who acts on it."""

    def __init__(self, db: Any, service: str, now: datetime, api_login: str) -> None:
        self.db, self.service, self.now, self.api_login = db, service, now, api_login
        self.walled = True
        """Whether requests run as the login that is under row-level security."""
        self.in_request = False
        """Whether a transaction of the API is open, and not one of the worker."""


class Rehearsal(Database):
    """The API's database, or the worker's (`walled=False`), on a stage."""

    def __init__(self, stage: Stage, *, of_api: bool) -> None:
        self._stage, self._of_api, self._tenant_id = stage, of_api, None
        self.url = ""

    def of_tenant(self, tenant_id: UUID) -> "Rehearsal":
        """As of the real one."""
        found = copy.copy(self)
        found._tenant_id = tenant_id
        return found

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """A savepoint, as the API's login and for its tenant. It may be within another one."""
        stage = self._stage
        before, stage.in_request = stage.in_request, self._of_api
        tenant = str(self._tenant_id or "") if self._of_api else ""
        role = f'"{stage.api_login}"' if self._of_api and stage.walled else "none"
        try:
            async with stage.db.transaction():
                was = await stage.db.fetchrow("select current_setting('role'), current_setting('tieout.tenant', true)")
                await stage.db.execute(f"set local role {role}; set local tieout.tenant = '{tenant}'")
                yield Tx(stage.db, stage.service, stage.now)
                was_role = "none" if was[0] == "none" else f'"{was[0]}"'
                await stage.db.execute(f"set local role {was_role}; set local tieout.tenant = '{was[1] or ''}'")
        finally:
            stage.in_request = before

    async def run(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Once: there is nobody to lose a race against."""
        async with self.transaction() as tx:
            return await work(tx)
