"""Sync now, and the progress of a sync or an import, also as server-sent events (CONN-4, CONN-8)."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from tieout_connector.connecting import sync_jobs
from tieout_connector.inbound import SyncJob
from tieout_kit.errors import Clash, NotNow, RetryLater
from tieout_kit.http import ADMINS, APPROVERS, READERS, CurrentCaller, InDatabase, KnownTenant, allow, refusals
from tieout_kit.postgres import Broadcast
from tieout_schemas.roles import Role

LONGEST_WATCH_S = 300.0
"""Seconds. Then the stream ends, and the watcher opens it again with a valid token."""

router = APIRouter(prefix="/tenants/{tenant_id}/sync", tags=["sync"])


async def _job(tenant_id: UUID, job_id: UUID, database: InDatabase) -> SyncJob:
    return await database.run(lambda tx: sync_jobs.read(tx, tenant_id, job_id))


InJob = Annotated[SyncJob, Depends(_job)]
"""The sync in the path. 404 if it is unknown. It holds no transaction, unlike InTx: a watcher stays for minutes."""


@router.post(
    "",
    summary="Sync now: read every list, and try again what was put off",
    description="A sync or an import under way is joined: the answer has its id, and `joined` is true.",
    status_code=202,
    responses=refusals(Clash, NotNow),
    dependencies=[allow(Role.BOOKKEEPER, *APPROVERS)],
)
async def sync_now(tenant_id: UUID, database: InDatabase, caller: CurrentCaller) -> SyncJob:
    """409 while the organisation is not connected; 503 while Xero allows no call, with the time when it does."""
    return await database.run(lambda tx: sync_jobs.start_or_join(tx, caller, tenant_id))


@router.get("/{job_id}", summary="How far a sync is, list by list", dependencies=[allow(*READERS)])
async def get_job(tenant_id: KnownTenant, job: InJob) -> SyncJob:
    """A sync or import under way, or one that ended within the last days."""
    return job


@router.delete(
    "/{job_id}",
    summary="Cancel a sync or an import: what was read stays",
    description="After an import, what changes in Xero from now on comes; a historical import brings the rest.",
    dependencies=[allow(*ADMINS)],
)
async def cancel(tenant_id: UUID, job_id: UUID, database: InDatabase, caller: CurrentCaller) -> SyncJob:
    """One that has ended stays as it is."""
    return await database.run(lambda tx: sync_jobs.cancel(tx, caller, tenant_id, job_id))


@router.get(
    "/{job_id}/events",
    summary="How far a sync is, as server-sent events until its end",
    description="Each event is the sync as JSON; the last one is named `ended`. After five minutes the stream ends "
    "without it, and can be opened again.",
    response_class=EventSourceResponse,
    dependencies=[allow(*READERS)],
)
async def watch(
    tenant_id: KnownTenant, job: InJob, database: InDatabase, request: Request
) -> AsyncIterator[ServerSentEvent]:
    """The sync now, and after each change."""
    async for seen in progress(database, request.app.state.sync_changes, tenant_id, job):
        yield ServerSentEvent(data=seen, event="ended" if seen.ended_at else "progress")


async def progress(
    database: InDatabase, changes: Broadcast, tenant_id: UUID, job: SyncJob, longest_s: float = LONGEST_WATCH_S
) -> AsyncIterator[SyncJob]:
    """The job, and what becomes of it, until it has ended or `longest_s` is over. Between two looks no connection to
    Postgres is held."""
    job_id, until, shown = job.id, time.monotonic() + longest_s, None
    while True:
        changed = changes.next()
        with suppress(RetryLater):
            job = await database.run(lambda tx: sync_jobs.read(tx, tenant_id, job_id))
        if job != shown:
            yield job
            shown = job
        left = until - time.monotonic()
        if job.ended_at or left <= 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await changed.wait()
