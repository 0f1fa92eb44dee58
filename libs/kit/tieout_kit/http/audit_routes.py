"""The route that reads a service's audit trail. No route writes to it: every change adds its own entry."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from tieout_kit.http import audit
from tieout_kit.http.access import ADMINS, allow
from tieout_kit.http.audit import Entry
from tieout_kit.http.dependencies import InTx
from tieout_kit.http.inputs import Limit, Moment, Text
from tieout_schemas.roles import Feature

Cursor = Annotated[int, Query(ge=1, le=2**63 - 1)]


class AuditPage(BaseModel):
    """A page of changes, newest first; `next` is the cursor of the next page."""

    items: list[Entry]
    next: int | None


router = APIRouter(tags=["audit"])


@router.get(
    "/tenants/{tenant_id}/audit",
    summary="Every change by a person: who, what, before, after, when, from where",
    dependencies=[allow(*ADMINS, feature=Feature.AUDIT)],
)
async def get_audit_trail(
    tenant_id: UUID,
    tx: InTx,
    record_id: UUID | None = None,
    who: Text | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    after: Cursor | None = None,
    limit: Limit = 100,
) -> AuditPage:
    """Newest first. `who` is a caller's `sub`; `since` is included, `until` is excluded."""
    found = await audit.page(tx, tenant_id, limit, after=after, record_id=record_id, who=who, since=since, until=until)
    return AuditPage(items=found, next=found[-1].id if len(found) == limit else None)
