"""A tenant's connection to Xero: its status, and disconnecting it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from tieout_connector.api.consent import InConnections
from tieout_connector.choices import settings_store
from tieout_connector.connecting import connection_store, consent_store, sync_jobs
from tieout_connector.inbound import Trouble, listings, poll_schedule, sync_runs
from tieout_connector.outbound import intents, write_listing
from tieout_connector.pacing import Budget, minutes, org_budget_store, schedule, usage
from tieout_kit.http import ADMINS, READERS, CurrentCaller, InTx, allow
from tieout_kit.postgres import Tx
from tieout_kit.problems import listing
from tieout_schemas.platform import ConnectionState
from tieout_schemas.roles import Feature
from tieout_schemas.runs import RunKind, SyncRun

router = APIRouter(tags=["connection"])


class Progress(BaseModel):
    """How far the import of a list has come (CONN-4), and how often it is polled after that (CONN-9)."""

    listing: str = Field(description="The list's name: Contacts, Invoices …")
    importing: bool
    done: int
    total: int | None
    next_at: datetime
    waits_for: str | None = Field(description="The list that is imported first; null: none")
    last_read_at: datetime | None = Field(description="When it was last read to its end; null: never")
    trouble: Trouble | None = Field(description="Why it could not be read; null: it could")
    polled_every_minutes: int
    polled_because: str = Field(description="Why it is polled so often and not more often")


class Status(BaseModel):
    """A tenant's connection (CONN-7, CONN-9, CONN-10)."""

    tenant_id: UUID
    name: str
    state: ConnectionState
    org_id: UUID | None
    org_name: str
    closed: tuple[Feature, ...]
    missing_scopes: list[str]
    """What the consent does not cover: it waits until somebody starts the consent again."""
    choices: list[dict[str, str]]
    resources: list[Progress]
    running: RunKind | None = Field(description="The import or sync under way; null: only polls, as usual")
    job_id: UUID | None = Field(description="By which it can be watched: /tenants/{tenant_id}/sync/{job_id}")
    seconds_left: int | None = Field(description="An estimate for it; null: none is under way")
    writes: dict[str, int]
    waiting_writes: int
    failed_writes: int
    open_problems: int
    calls_left_this_minute: int
    calls_left_today: int
    waits_until: datetime | None
    waits_because: str | None
    calls_this_month: int
    egress_bytes_this_month: int
    """The bytes that Xero charges for."""
    last_sync_at: datetime | None
    last_run: SyncRun | None


_SHOWN = ("tenant_id", "name", "state", "org_id", "org_name", "closed")


@router.delete(
    "/tenants/{tenant_id}/connection",
    summary="Disconnect; records stay and waiting writes are held",
    status_code=204,
    dependencies=[allow(*ADMINS)],
)
async def disconnect(tenant_id: UUID, connecting: InConnections, caller: CurrentCaller) -> None:
    """The tenant stays bound to its organisation."""
    await connecting.disconnect(caller, tenant_id)


@router.get(
    "/tenants/{tenant_id}/connection",
    summary="State, progress, waiting writes, what is left of Xero's limits",
    dependencies=[allow(*READERS)],
)
async def get_status(tenant_id: UUID, tx: InTx, connecting: InConnections, request: Request) -> Status:
    """The status of the tenant's connection."""
    connection = await connection_store.read(tx, tenant_id)
    used, writes = await usage.total(tx, tenant_id), await write_listing.counts(tx, tenant_id)
    budget = await org_budget_store.load(tx, tenant_id, request.app.state.day_limit)
    return Status(
        **{name: getattr(connection, name) for name in _SHOWN},
        **await _limits(tx, tenant_id, budget),
        **await _under_way(tx, tenant_id),
        missing_scopes=await connecting.missing_scopes(tx, connection),
        choices=await _choices(tx, tenant_id),
        resources=await _resources(tx, tenant_id, budget),
        writes=await intents.counts(tx, tenant_id),
        waiting_writes=writes.waiting,
        failed_writes=writes.failed,
        open_problems=await listing.open_count(tx, tenant_id),
        calls_this_month=used.calls,
        egress_bytes_this_month=used.egress,
        last_sync_at=connection.last_sync_at,
        last_run=await sync_runs.last(tx, tenant_id),
    )


async def _choices(tx: Tx, tenant_id: UUID) -> list[dict[str, str]]:
    """The organisations that the person may choose from."""
    consent = await consent_store.read(tx, tenant_id)
    return [{name: each[name] for name in ("org_id", "org_name")} for each in consent.candidates] if consent else []


async def _under_way(tx: Tx, tenant_id: UUID) -> dict[str, Any]:
    """The import or sync under way that people may watch."""
    job = await sync_jobs.under_way(tx, tenant_id)
    if job is None:
        return {"running": None, "job_id": None, "seconds_left": None}
    return {"running": job.run, "job_id": job.id, "seconds_left": job.seconds_left}


async def _resources(tx: Tx, tenant_id: UUID, budget: Budget) -> list[Progress]:
    """How far each list was read, and how often it is polled."""
    chosen = await settings_store.read(tx, tenant_id)
    polls = await poll_schedule.read(tx, tenant_id, budget, chosen)
    return [
        Progress(**row, polled_every_minutes=minutes(poll.every), polled_because=poll.why)
        for row in await listings.progress(tx, tenant_id)
        if (poll := polls.get(row["listing"]))
    ]


async def _limits(tx: Tx, tenant_id: UUID, budget: Budget) -> dict[str, Any]:
    """What is left of Xero's limits, and what waits because of them."""
    free, turn = budget.wait(tx.now), await schedule.read_delay(tx, tenant_id)
    return {
        "calls_left_this_minute": budget.minute_left(tx.now),
        "calls_left_today": budget.day_left(tx.now),
        "waits_until": max((at for at in (free.at if free else None, turn.not_before) if at), default=None),
        "waits_because": turn.because or (free.why if free else None),
    }
