"""The organisation's reference data over HTTP."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter

from tieout_kit.http import READERS, allow
from tieout_kit.postgres import Database
from tieout_kit.records import reference, tenants


def reference_routes(database: Database) -> APIRouter:
    """GET of accounts, tax rates and tracking categories."""
    router = APIRouter()

    @router.get(
        "/tenants/{tenant_id}/reference/{kind}",
        summary="The organisation's accounts, tax rates or tracking categories",
        dependencies=[allow(*READERS)],
        tags=["reference"],
    )
    async def get_reference(
        tenant_id: UUID, kind: Literal["account", "tax_rate", "tracking_category"]
    ) -> list[dict[str, Any]]:
        async with database.transaction() as tx:
            await tenants.get(tx, tenant_id)
            return await reference.listed(tx, tenant_id, kind)

    return router
