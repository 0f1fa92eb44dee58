"""What routes ask for as parameters: the database, an open transaction, a tenant that exists."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Request

from tieout_kit.postgres import Database, Tx

FindTenant = Callable[[Tx, UUID], Awaitable[object]]
"""Raises NotFound for a tenant that this service does not know."""


def _database(tenant_id: Annotated[UUID, Path()], request: Request) -> Database:
    database: Database = request.app.state.database
    return database.of_tenant(tenant_id)


InDatabase = Annotated[Database, Depends(_database)]
"""The service's database as the tenant in the path sees it, for a route whose transaction is repeated after a lost race
(`Database.run`)."""


async def _transaction(database: InDatabase) -> AsyncIterator[Tx]:
    async with database.transaction() as tx:
        yield tx


# Scope `function`: the commit comes before the response, so that no client learns of a change that is rolled back.
InTx = Annotated[Tx, Depends(_transaction, scope="function")]
"""A transaction around the route, for the tenant in the path."""


async def _of_every_tenant(request: Request) -> AsyncIterator[Tx]:
    database: Database = request.app.state.every_tenant or request.app.state.database
    async with database.transaction() as tx:
        yield tx


InEveryTenant = Annotated[Tx, Depends(_of_every_tenant, scope="function")]
"""A transaction around a route of the platform that is about no one tenant."""


async def _known_tenant(tenant_id: UUID, tx: InTx, request: Request) -> UUID:
    find: FindTenant = request.app.state.find_tenant
    await find(tx, tenant_id)
    return tenant_id


KnownTenant = Annotated[UUID, Depends(_known_tenant, scope="function")]
"""The id of the tenant in the path. 404 if the service does not know the tenant."""
