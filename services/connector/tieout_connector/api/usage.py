"""The calls to Xero, and what Xero charges for them."""

import tomllib
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from tieout_connector.pacing import (
    RETENTION,
    HourlyUsage,
    PlanCost,
    Plans,
    TenantTotal,
    costs,
    month_of,
    projected,
    usage,
)
from tieout_kit.errors import Refused
from tieout_kit.http import READERS, InEveryTenant, InTx, KnownTenant, Limit, Moment, allow
from tieout_schemas.roles import Role

PLANS = Plans.model_validate(tomllib.loads(files("tieout_connector").joinpath("xero_plans.toml").read_text()))
LONGEST = timedelta(days=31)
"""The longest span of a request."""


class Used(BaseModel):
    """A tenant's calls in a span, by hour, lane and endpoint."""

    since: datetime
    before: datetime
    items: list[HourlyUsage]


class AppCost(BaseModel):
    """What the whole app costs this UTC month, without tax; bytes are the bytes that Xero charges for."""

    month: str
    connections: int
    calls: int
    egress_bytes: int
    projected_egress_bytes: int
    """Bytes of the whole month, if they go on at this rate."""
    prices_as_of: date
    prices_from: str
    plans: list[PlanCost]
    tenants: list[TenantTotal]
    """The largest first."""


router = APIRouter(tags=["usage"])


@router.get(
    "/tenants/{tenant_id}/usage",
    summary="Calls to Xero and their bytes, by hour, lane and endpoint",
    description=f"`to` is excluded; without a span it is this UTC month. Hours are kept for {RETENTION.days} days.",
    dependencies=[allow(*READERS)],
)
async def get_usage(
    tenant_id: KnownTenant,
    tx: InTx,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    before: Annotated[Moment | None, Query(alias="to")] = None,
) -> Used:
    """The tenant's calls in a span."""
    start = since or month_of(before or tx.now)[0]
    end = before or min(tx.now, start + LONGEST)
    if not timedelta(0) <= end - start <= LONGEST:
        raise Refused(f"`from` comes before `to`, and no more than {LONGEST.days} days lie between them")
    return Used(since=start, before=end, items=await usage.hours(tx, tenant_id, start, end))


@router.get(
    "/usage/cost",
    summary="What this month costs on each of Xero's plans, and whose calls cost most",
    dependencies=[allow(Role.PLATFORM)],
)
async def get_cost(tx: InEveryTenant, limit: Limit = 100) -> AppCost:
    """The cost of the whole app, with the tenants that cause most of it."""
    total = await usage.app_total(tx)
    return AppCost(
        month=f"{month_of(tx.now)[0]:%Y-%m}",
        connections=total.connections,
        calls=total.calls,
        egress_bytes=total.egress,
        projected_egress_bytes=projected(total.egress, tx.now),
        prices_as_of=PLANS.as_of,
        prices_from=PLANS.source,
        plans=costs(PLANS, total.connections, total.egress, tx.now),
        tenants=await usage.by_tenant(tx, limit),
    )
