"""Sync now: a person asks for a sync and watches it (CONN-8). A sync that is under way already is joined."""

from datetime import datetime, timedelta
from uuid import UUID

from tieout_connector.connecting import connection_store, sync_status, try_again
from tieout_connector.connecting.imports import end_import
from tieout_connector.connecting.model import StoredConnection
from tieout_connector.inbound import JobState, SyncJob, listings, sync_jobs_rules, sync_runs
from tieout_connector.inbound.sync_runs_rules import PATIENCE, SyncRunProgress, is_overdue
from tieout_connector.pacing import free_at, read_wait_reasons, why_not_now
from tieout_kit.errors import Clash, NotFound, NotNow
from tieout_kit.events import Cause
from tieout_kit.http import Caller, audit
from tieout_kit.postgres import Database, Tx
from tieout_schemas.payload import RecordRef
from tieout_schemas.runs import RunKind

KIND = "sync"
"""The kind of record in the audit trail."""


async def start_or_join(tx: Tx, caller: Caller, tenant_id: UUID) -> SyncJob:
    """Read every list now, and try again what was put off. An import or sync under way is joined instead.

    Raises NotFound, Clash: the tenant is not connected, NotNow: Xero allows no call for some time.
    """
    connection = await connection_store.read(tx, tenant_id)
    if not connection.public.open:
        raise Clash(_why_not_connected(connection))
    run, joined = await sync_runs.start_or_join(tx, tenant_id)
    if not joined:
        waits = await read_wait_reasons(tx, tenant_id)
        free = free_at(waits, tx.now)
        if free and free - tx.now > PATIENCE:
            raise NotNow(why_not_now(waits, tx.now), free)
        await try_again.everything(tx, tenant_id)
        await sync_status.tell(tx, tenant_id, Cause.request())
        asked = {"run": run.kind, "started_at": run.started_at.isoformat()}
        await audit.note(tx, caller, tenant_id, RecordRef(kind=KIND, id=_id(run)), None, asked)
    return await _shown(tx, tenant_id, run, None, joined=joined)


async def under_way(tx: Tx, tenant_id: UUID) -> SyncJob | None:
    """The import or sync under way; None: only polls are."""
    run = await sync_runs.under_way(tx, tenant_id)
    return await _shown(tx, tenant_id, run, None) if run and run.id else None


async def read(tx: Tx, tenant_id: UUID, job_id: UUID) -> SyncJob:
    """A sync that is under way, or ended a short while ago. Raises NotFound."""
    run = await sync_runs.under_way(tx, tenant_id)
    if run and run.id == job_id:
        return await _shown(tx, tenant_id, run, None)
    ended = await sync_runs.ended(tx, tenant_id, job_id)
    if ended is None:
        raise NotFound("no such sync: it is unknown, or ended long ago")
    return await _shown(tx, tenant_id, *ended)


async def cancel(tx: Tx, caller: Caller, tenant_id: UUID, job_id: UUID) -> SyncJob:
    """End a sync or an import. What was read stays. What an import has not read comes when it changes in Xero; what a
    sync has not read is read as usual. One that has ended stays as it is. Raises NotFound."""
    await connection_store.read(tx, tenant_id)
    kind = await sync_runs.cancel(tx, tenant_id, job_id)
    if kind is RunKind.IMPORT:
        await listings.stop_import(tx, tenant_id)
        await end_import(tx, tenant_id)
    if kind:
        await sync_status.tell(tx, tenant_id, Cause.request())
        was, now = {"state": JobState.RUNNING}, {"state": JobState.CANCELLED}
        await audit.note(tx, caller, tenant_id, RecordRef(kind=KIND, id=job_id), was, now)
    return await read(tx, tenant_id, job_id)


async def end(database: Database, tenant_id: UUID, why: str) -> None:
    """End the sync or import that people may watch, because the connection is not usable any more.

    In a transaction of its own: a worker may hold the runs, and wait for the connection.
    """

    async def work(tx: Tx) -> None:
        if await sync_runs.end_early(tx, tenant_id, why):
            await sync_status.tell(tx, tenant_id, Cause.request())

    await database.run(work)


async def end_overdue(database: Database) -> None:
    """End the syncs that cannot go on: Xero allows no call for some time, or the connection is lost."""
    async with database.transaction() as tx:
        watchable = await sync_runs.watchable(tx)
    for tenant_id in watchable:
        async with database.transaction() as tx:
            why = await _why_over(tx, tenant_id)
        if why:
            await end(database, tenant_id, why)


async def _why_over(tx: Tx, tenant_id: UUID) -> str | None:
    connection = await connection_store.read(tx, tenant_id)
    if not connection.public.open:
        return _why_not_connected(connection)
    run = await sync_runs.under_way(tx, tenant_id)
    if run is None or not is_overdue(run, tx.now):
        return None
    waits = await read_wait_reasons(tx, tenant_id)
    # What waits for no limit waits for its turn, or for an answer of Xero.
    return why_not_now(waits, tx.now) if free_at(waits, tx.now) else "It was not read in time. It is read later."


def _why_not_connected(connection: StoredConnection) -> str:
    if connection.lost_because and connection.public.lost_because:
        return f"The connection to Xero is lost: {connection.lost_because}. Connect the organisation again."
    return "The organisation is not connected to Xero. Connect it first."


async def _shown(
    tx: Tx, tenant_id: UUID, run: SyncRunProgress, ended_at: datetime | None, *, joined: bool = True
) -> SyncJob:
    order = {name: number for number, name in enumerate(listings.NAMES)}
    feed = [row for row in await listings.progress(tx, tenant_id) if row["listing"] in order]
    lists = sync_jobs_rules.lists(run, sorted(feed, key=lambda row: order[row["listing"]]))
    shown = SyncJob(
        id=_id(run),
        run=run.kind,
        state=sync_jobs_rules.state(lists, ended_at, cancelled=run.cancelled),
        joined=joined,
        started_at=run.started_at,
        ended_at=ended_at,
        lists=lists,
    )
    if ended_at:
        return shown
    waits = await read_wait_reasons(tx, tenant_id)
    free = free_at(waits, tx.now)
    left = sync_jobs_rules.time_left(lists, tx.now - run.started_at, free - tx.now if free else timedelta())
    because = why_not_now(waits, tx.now) if free else ""
    return shown.replace(waits_until=free, waits_because=because, seconds_left=round(left.total_seconds()))


def _id(run: SyncRunProgress) -> UUID:
    assert run.id, "a run that people watch has an id"
    return run.id
