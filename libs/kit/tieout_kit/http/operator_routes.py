"""What an operator does about trouble: look at parked tenants and dead letters, return letters, let tenants go."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from tieout_kit.http import audit
from tieout_kit.http.access import allow
from tieout_kit.http.auth import By
from tieout_kit.kafka import parking
from tieout_kit.postgres import Database
from tieout_schemas.payload import RecordRef
from tieout_schemas.roles import Role
from tieout_schemas.topics import replay_topic


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


def operation_routes(database: Database, service: str) -> APIRouter:
    """GET /parked, POST …/parked/release, GET …/dead-letters, POST …/dead-letters/return; for the platform."""
    router = APIRouter(tags=["operations"])
    platform = [allow(Role.PLATFORM)]

    @router.get("/parked", summary="Tenants whose events wait after a burst of dead letters", dependencies=platform)
    async def parked(caller: By) -> list[Parked]:
        async with database.transaction() as tx:
            return [Parked(**row) for row in await parking.listed(tx) if caller.sees(row["tenant_id"])]

    @router.post(
        "/tenants/{tenant_id}/parked/release",
        status_code=202,
        summary="Handle what waits, then what comes",
        dependencies=platform,
    )
    async def release(tenant_id: UUID, caller: By) -> None:
        async with database.transaction() as tx:
            before = await parking.release(tx, tenant_id)
            record = RecordRef(kind="parked_tenant", id=tenant_id)
            await audit.note(tx, caller, tenant_id, record, {"released": before}, {"released": True})

    @router.get(
        "/tenants/{tenant_id}/dead-letters", summary="What could not be handled, and why", dependencies=platform
    )
    async def dead_letters(tenant_id: UUID, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[DeadLetter]:
        async with database.transaction() as tx:
            return [DeadLetter(**row) for row in await parking.letters_of(tx, tenant_id, limit)]

    @router.post(
        "/tenants/{tenant_id}/dead-letters/return",
        summary="Once the cause is mended: handle them again",
        dependencies=platform,
    )
    async def return_letters(tenant_id: UUID, caller: By) -> dict[str, int]:
        async with database.transaction() as tx:
            returned = await parking.return_letters(tx, tenant_id, replay_topic(service))
            record = RecordRef(kind="dead_letters", id=tenant_id)
            await audit.note(tx, caller, tenant_id, record, {"waiting": returned}, {"waiting": 0})
        return {"returned": returned}

    return router
