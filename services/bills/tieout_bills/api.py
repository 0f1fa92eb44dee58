"""The bills API for the platform."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter

from tieout_bills import handlers, store
from tieout_bills.model import BillIn
from tieout_kit import tenants
from tieout_kit.access import APPROVERS, READERS, allow, require
from tieout_kit.auth import By
from tieout_kit.postgres import Database
from tieout_schemas.platform import Bill, BillStatus
from tieout_schemas.roles import Feature, Role


def routes(database: Database) -> APIRouter:
    """PUT of bills, GET of reference data; what every record has is in tieout_kit.routes."""
    router = APIRouter()

    @router.put(
        "/tenants/{tenant_id}/bills/{bill_id}",
        summary="Make or change a bill; to approve it needs the role approver",
        dependencies=[allow(Role.BOOKKEEPER, *APPROVERS, feature=Feature.BILLS)],
        tags=["bills"],
    )
    async def put_bill(tenant_id: UUID, bill_id: UUID, wanted: BillIn, caller: By) -> Bill:
        """The caller chooses the id; the same request again changes nothing."""
        if wanted.status is BillStatus.APPROVED:
            require(caller, APPROVERS, "approving")
        return await database.run(lambda tx: handlers.put_bill(tx, tenant_id, bill_id, wanted, caller))

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
            return await store.reference(tx, tenant_id, kind)

    return router
