"""The connector's API: tenants, connecting, status, problems across services."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from tieout_connector.choices import settings_store
from tieout_connector.connecting import Connections, connections, store
from tieout_connector.inbound import listings, sync_runs
from tieout_connector.outbound import intents
from tieout_connector.pacing import minutes, org_budget_store, schedule, usage
from tieout_kit.errors import Clash, NotFound, RetryLater
from tieout_kit.http import ADMINS, NOBODY, READERS, By, Text, Unique, allow, asking, list_routes, refusals
from tieout_kit.postgres import Database
from tieout_kit.problems import listing
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.roles import Feature, Role
from tieout_schemas.runs import SyncRun
from tieout_schemas.topics import partition_of


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TenantIn(_In):
    """A tenant to make."""

    name: Text


class PlanIn(_In):
    """A tenant's plan."""

    closed: Annotated[frozenset[Feature], Unique]
    """The features it does not have."""


class ConsentIn(_In):
    """Where to return to after the consent; below the platform's own address."""

    return_to: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] | None = None


class OrganisationIn(_In):
    """The organisation to bind, for good."""

    org_id: UUID


class Progress(BaseModel):
    """How far a resource is (CONN-4)."""

    resource: str
    importing: bool
    done: int
    total: int | None
    next_at: datetime


class Status(BaseModel):
    """A tenant's connection (CONN-7, CONN-9, CONN-10)."""

    tenant_id: UUID
    name: str
    state: ConnectionState
    org_id: UUID | None
    org_name: str
    closed: tuple[Feature, ...]
    choices: list[dict[str, str]]
    resources: list[Progress]
    writes: dict[str, int]
    open_problems: int
    calls_left_this_minute: int
    calls_left_today: int
    waits_until: datetime | None
    waits_because: str | None
    calls_this_month: int
    egress_bytes_this_month: int
    """Those that Xero charges for."""
    last_sync_at: datetime | None
    polled_every_minutes: int
    polls_stretched_because: str | None
    last_run: SyncRun | None


_SHOWN = ("tenant_id", "name", "state", "org_id", "org_name", "closed")


def routes(database: Database, connecting: Connections, partitions: int) -> APIRouter:
    """The connector's routes but the webhook and the settings."""
    router = APIRouter()
    readers, admins, platform = [allow(*READERS)], [allow(*ADMINS)], [allow(Role.PLATFORM)]

    @router.put("/tenants/{tenant_id}", summary="Make a tenant", dependencies=platform, tags=["tenants"])
    async def put_tenant(tenant_id: UUID, wanted: TenantIn, caller: By) -> Connection:
        shard = partition_of(tenant_id, partitions)
        async with database.transaction() as tx:
            return (await connections.create(tx, caller, tenant_id, wanted.name, shard)).public

    @router.put(
        "/tenants/{tenant_id}/plan",
        summary="Set the plan: the features it does not have",
        dependencies=platform,
        tags=["tenants"],
    )
    async def put_plan(tenant_id: UUID, wanted: PlanIn, caller: By) -> Connection:
        """Requests for these features are refused; what is there already keeps in step with Xero."""
        return (await database.run(lambda tx: connections.put_plan(tx, caller, tenant_id, wanted.closed))).public

    @router.post(
        "/tenants/{tenant_id}/connection/consent",
        summary="Start connecting: the page where a person consents",
        dependencies=admins,
        responses=refusals(Clash),
        tags=["connection"],
    )
    async def start_consent(tenant_id: UUID, wanted: ConsentIn, caller: By) -> dict[str, str]:
        return {"url": await connecting.consent(caller, tenant_id, wanted.return_to)}

    @router.get(
        "/oauth/callback",
        summary="Xero sends the person back here",
        responses={303: {"description": "Back to `return_to`."}, **refusals(NotFound, RetryLater)},
        tags=["connection"],
    )
    async def callback(
        request: Request,
        state: str,
        code: str | None = None,
        error: str | None = None,
        error_description: str | None = None,
    ) -> Response:
        """Authorised by its single-use state alone."""
        back = await connecting.came_back(asking(NOBODY, request), state, code, error)
        if back.url:
            return RedirectResponse(back.url, 303)
        return JSONResponse({"outcome": back.outcome, "why": error_description})

    @router.put(
        "/tenants/{tenant_id}/connection/organisation",
        summary="Confirm the organisation; only now anything syncs",
        dependencies=admins,
        responses=refusals(Clash),
        tags=["connection"],
    )
    async def choose(tenant_id: UUID, wanted: OrganisationIn, caller: By) -> Connection:
        return (await connecting.choose(caller, tenant_id, wanted.org_id)).public

    @router.delete(
        "/tenants/{tenant_id}/connection",
        summary="Disconnect; records stay and waiting writes are held",
        status_code=204,
        dependencies=admins,
        tags=["connection"],
    )
    async def disconnect(tenant_id: UUID, caller: By) -> None:
        await connecting.disconnect(caller, tenant_id)

    @router.get(
        "/tenants/{tenant_id}/connection",
        summary="State, progress, waiting writes, what is left of Xero's limits",
        dependencies=readers,
        tags=["connection"],
    )
    async def status(tenant_id: UUID) -> Status:
        async with database.transaction() as tx:
            connection = await store.read(tx, tenant_id)
            consent = await store.read_consent(tx, tenant_id)
            budget = await org_budget_store.load(tx, tenant_id)
            used = await usage.total(tx, tenant_id)
            free, turn = budget.wait(tx.now), await schedule.read(tx, tenant_id)
            polls = (tx.now, len(listings.RESOURCES), (await settings_store.read(tx, tenant_id)).poll_every)
            return Status(
                **{name: getattr(connection, name) for name in _SHOWN},
                choices=[{name: c[name] for name in ("org_id", "org_name")} for c in consent.candidates]
                if consent
                else [],
                resources=[Progress(**row) for row in await listings.progress(tx, tenant_id)],
                writes=await intents.counts(tx, tenant_id),
                open_problems=await listing.open_count(tx, tenant_id),
                calls_left_this_minute=budget.minute_left(tx.now),
                calls_left_today=budget.day_left(tx.now),
                waits_until=max((at for at in (free.at if free else None, turn.not_before) if at), default=None),
                waits_because=turn.because or (free.why if free else None),
                calls_this_month=used.calls,
                egress_bytes_this_month=used.egress,
                last_sync_at=connection.last_sync_at,
                polled_every_minutes=minutes(budget.poll_every(*polls)),
                polls_stretched_because=budget.why_stretched(*polls),
                last_run=await sync_runs.last(tx, tenant_id),
            )

    # Retry and dismiss go to the service that raised the problem.
    router.include_router(list_routes(database, store.read))
    return router
