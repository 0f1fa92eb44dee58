"""The contacts API for the platform."""

from uuid import UUID

from fastapi import APIRouter

from tieout_contacts import handlers
from tieout_contacts.model import VendorIn
from tieout_kit.access import EDITORS, allow
from tieout_kit.auth import By
from tieout_kit.postgres import Database
from tieout_schemas.platform import Vendor
from tieout_schemas.roles import Feature


def routes(database: Database) -> APIRouter:
    """PUT of vendors; what every record has is in tieout_kit.routes."""
    router = APIRouter()

    @router.put(
        "/tenants/{tenant_id}/vendors/{vendor_id}",
        summary="Make or change a vendor",
        dependencies=[allow(*EDITORS, feature=Feature.VENDORS)],
        tags=["vendors"],
    )
    async def put_vendor(tenant_id: UUID, vendor_id: UUID, wanted: VendorIn, caller: By) -> Vendor:
        """The caller chooses the id; the same request again changes nothing. What is left empty stays as it is."""
        return await database.run(lambda tx: handlers.put_vendor(tx, tenant_id, vendor_id, wanted, caller))

    return router
