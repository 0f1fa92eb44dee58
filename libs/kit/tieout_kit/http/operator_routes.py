"""An operator's routes: list parked tenants and dead letters, release tenants, return dead letters."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from tieout_kit.events import Cause
from tieout_kit.http import audit
from tieout_kit.http.access import allow
from tieout_kit.http.auth import CurrentCaller
from tieout_kit.http.dependencies import InEveryTenant, InTx
from tieout_kit.http.inputs import Limit
from tieout_kit.kafka import parking
from tieout_kit.records import unhandled
from tieout_schemas.payload import RecordRef
from tieout_schemas.roles import Role


class Parked(BaseModel):
    """A tenant whose events wait."""

    tenant_id: UUID
    at: datetime
    reason: str
    released: bool
    waiting: int


class DeadLetter(BaseModel):
    """A record that could not be handled; `place` is topic:partition:offset."""

    id: int
    at: datetime
    place: str
    reason: str


router = APIRouter(tags=["operations"], dependencies=[allow(Role.PLATFORM)])


@router.get("/parked", summary="Tenants whose events wait after a burst of dead letters")
async def list_parked_tenants(tx: InEveryTenant, caller: CurrentCaller) -> list[Parked]:
    """The tenants that the caller may see."""
    return [Parked(**row) for row in await parking.listed(tx) if caller.sees(row["tenant_id"])]


@router.post(
    "/tenants/{tenant_id}/parked/release",
    status_code=202,
    summary="Handle the events that wait, then those that arrive",
)
async def release_tenant(tenant_id: UUID, tx: InTx, caller: CurrentCaller) -> None:
    """End a tenant's parking."""
    before = await parking.release(tx, tenant_id)
    record = RecordRef(kind="parked_tenant", id=tenant_id)
    await audit.note(tx, caller, tenant_id, record, {"released": before}, {"released": True})


@router.get("/tenants/{tenant_id}/dead-letters", summary="Events that could not be handled, and why")
async def list_dead_letters(tenant_id: UUID, tx: InTx, limit: Limit = 100) -> list[DeadLetter]:
    """The tenant's dead letters."""
    return [DeadLetter(**row) for row in await parking.dead_letters_of(tx, tenant_id, limit)]


@router.post(
    "/tenants/{tenant_id}/dead-letters/return",
    summary="Handle the dead letters again, once their cause is fixed",
)
async def return_dead_letters(tenant_id: UUID, tx: InTx, caller: CurrentCaller) -> dict[str, int]:
    """Publish the tenant's dead letters on the service's replay topic, and close their problems."""
    returned = await unhandled.return_dead_letters(tx, tenant_id, Cause.request(), caller.sub)
    record = RecordRef(kind="dead_letters", id=tenant_id)
    await audit.note(tx, caller, tenant_id, record, {"waiting": returned}, {"waiting": 0})
    return {"returned": returned}
