"""The routes that every service's records have: one, a page of them, their story."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from tieout_kit import tenants
from tieout_kit.access import READERS, allow
from tieout_kit.errors import NotFound
from tieout_kit.postgres import Database
from tieout_kit.records import Records
from tieout_schemas.platform import PlatformRecord

Limit = Annotated[int, Query(ge=1, le=1000)]


def record_routes(database: Database, records: Records[Any], plural: str) -> APIRouter:
    """GET /tenants/{tenant_id}/<plural>, …/{id} and …/{id}/changes."""
    router = APIRouter(prefix=f"/tenants/{{tenant_id}}/{plural}")
    model: type[PlatformRecord] = records.model

    @router.get("", summary=f"A page of {plural}, by id", dependencies=[allow(*READERS)])
    async def page(tenant_id: UUID, after: UUID | None = None, limit: Limit = 100) -> dict[str, Any]:
        async with database.transaction() as tx:
            await tenants.get(tx, tenant_id)
            found = await records.page(tx, tenant_id, after, limit)
        return {
            "items": [stored.record.model_dump(mode="json") for stored in found],
            "next": found[-1].record.id if len(found) == limit else None,
        }

    @router.get("/{record_id}", response_model=model, summary=f"One {model.kind}", dependencies=[allow(*READERS)])
    async def one(tenant_id: UUID, record_id: UUID) -> PlatformRecord:
        async with database.transaction() as tx:
            found = await records.one(tx, tenant_id, record_id)
        if found is None:
            raise NotFound(f"no such {model.kind}")
        record: PlatformRecord = found.record
        return record

    @router.get(
        "/{record_id}/changes",
        summary=f"Every state the {model.kind} was in, and why",
        dependencies=[allow(*READERS)],
    )
    async def changes(tenant_id: UUID, record_id: UUID) -> list[dict[str, Any]]:
        async with database.transaction() as tx:
            found = await records.changes(tx, tenant_id, record_id)
        if not found:
            raise NotFound(f"no such {model.kind}")
        return found

    return router
