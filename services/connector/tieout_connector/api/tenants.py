"""Tenants: made by the platform, each with its plan."""

from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from tieout_connector.connecting import connections
from tieout_kit.http import CurrentCaller, InDatabase, InTx, Text, allow
from tieout_schemas.platform import Connection
from tieout_schemas.roles import Feature, Role
from tieout_schemas.topics import partition_of

router = APIRouter(prefix="/tenants/{tenant_id}", tags=["tenants"], dependencies=[allow(Role.PLATFORM)])


class TenantIn(BaseModel):
    """A tenant to make."""

    model_config = ConfigDict(extra="forbid")

    name: Text


class PlanIn(BaseModel):
    """A tenant's plan."""

    model_config = ConfigDict(extra="forbid")

    closed: list[Feature]
    """The features that the plan does not have, in any order; a repetition changes nothing."""


@router.put("", summary="Make a tenant")
async def put_tenant(
    tenant_id: UUID, wanted: TenantIn, tx: InTx, caller: CurrentCaller, request: Request
) -> Connection:
    """A tenant that exists stays as it is."""
    shard = partition_of(tenant_id, request.app.state.partitions)
    return (await connections.create(tx, caller, tenant_id, wanted.name, shard)).public


@router.put("/plan", summary="Set the plan: the features that it does not have")
async def put_plan(tenant_id: UUID, wanted: PlanIn, database: InDatabase, caller: CurrentCaller) -> Connection:
    """Requests for these features are refused; records that exist are still kept in step with Xero."""
    return (await database.run(lambda tx: connections.put_plan(tx, caller, tenant_id, frozenset(wanted.closed)))).public
