"""The bills API for the platform."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends

from tieout_bills import handlers, store
from tieout_bills.model import BillIn
from tieout_kit import tenants
from tieout_kit.auth import APPROVERS, EDITORS, READERS, Caller, RoleMissing, allow
from tieout_kit.postgres import Database
from tieout_schemas.platform import Bill, BillStatus
from tieout_schemas.roles import Role

_CHANGERS = tuple({*EDITORS, *APPROVERS})


def routes(database: Database) -> APIRouter:
    """PUT of bills, GET of reference data; what every record has is in tieout_kit.routes."""
    router = APIRouter()

    @router.put("/tenants/{tenant_id}/bills/{bill_id}", summary="Make or change a bill", tags=["bills"])
    async def put_bill(
        tenant_id: UUID, bill_id: UUID, wanted: BillIn, caller: Annotated[Caller, Depends(allow(*_CHANGERS))]
    ) -> Bill:
        """The caller chooses the id; the same request again changes nothing. Approving needs the role approver."""
        if wanted.status is BillStatus.APPROVED and not caller.roles.intersection(APPROVERS):
            raise RoleMissing(f"approving needs the role {Role.APPROVER}; ask an admin of the organisation for it")
        return await database.run(lambda tx: handlers.put_bill(tx, tenant_id, bill_id, wanted, caller.sub))

    @router.get(
        "/tenants/{tenant_id}/reference/{kind}",
        summary="The organisation's accounts, tax rates or tracking categories",
        dependencies=[Depends(allow(*READERS))],
        tags=["reference"],
    )
    async def get_reference(
        tenant_id: UUID, kind: Literal["account", "tax_rate", "tracking_category"]
    ) -> list[dict[str, Any]]:
        async with database.transaction() as tx:
            await tenants.get(tx, tenant_id)
            return await store.reference(tx, tenant_id, kind)

    return router
