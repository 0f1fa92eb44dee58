"""The payments API for the platform."""

from uuid import UUID

from fastapi import APIRouter

from tieout_kit.access import APPROVERS, allow
from tieout_kit.auth import By
from tieout_kit.postgres import Database
from tieout_payments import handlers
from tieout_payments.model import PaymentIn
from tieout_schemas.platform import Payment
from tieout_schemas.roles import Feature


def routes(database: Database) -> APIRouter:
    """PUT of payments; what every record has is in tieout_kit.routes."""
    router = APIRouter()

    @router.put(
        "/tenants/{tenant_id}/payments/{payment_id}",
        summary="Pay a bill",
        dependencies=[allow(*APPROVERS, feature=Feature.PAYMENTS)],
        tags=["payments"],
    )
    async def put_payment(tenant_id: UUID, payment_id: UUID, wanted: PaymentIn, caller: By) -> Payment:
        """The caller chooses the id; the same request again changes nothing, another one of that id is refused."""
        return await database.run(lambda tx: handlers.put_payment(tx, tenant_id, payment_id, wanted, caller))

    return router
