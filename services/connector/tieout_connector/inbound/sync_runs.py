"""Sync runs, stored in Postgres: counted in the transaction that stores a page, published at their end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tieout_connector.inbound import listings
from tieout_connector.inbound.sync_run_words import CANCELLED
from tieout_connector.inbound.sync_runs_rules import (
    SyncRunProgress,
    after_failure,
    after_page,
    awaits,
    finished,
    requested,
)
from tieout_kit.clock import next_sequence
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.runs import RunKind, SyncRun, SyncStatus
from tieout_schemas.topics import RUN

CHANNEL = "tieout_sync"
"""The channel of Postgres's NOTIFY: a run that people may watch has changed."""
KEPT = timedelta(days=7)
"""How long a run can be looked at after its end."""

_SQL = queries.load("tieout_connector", "sync_runs.sql")


@dataclass(frozen=True, slots=True)
class Stored:
    """A tenant's runs as they are stored."""

    sequence: int
    under_way: SyncRunProgress | None
    last: Any


@dataclass(frozen=True, slots=True)
class RunStep:
    """What a page or a failure did to the run."""

    begun: bool = False
    ended: bool = False
    awaited: bool = False
    """A person waits for more of this list: it is read on at once."""


async def add_page(
    tx: Tx,
    tenant_id: UUID,
    name: str,
    read: int,
    changed: int,
    cause: Cause,
    *,
    last: bool,
    left: int | None = None,
    sent_at: datetime | None = None,
) -> RunStep:
    """Count a page of a list. Must run before the listing's cursor is saved: while a list is still being imported, a
    new run is an import. `left`: the rows that Xero counts behind this page. `sent_at`: when the page was asked for."""
    stored = await _lock(tx, tenant_id)
    run = stored.under_way or await _begun(tx, tenant_id)
    counted = after_page(run, name, read, changed, last=last, left=left, sent_at=sent_at, now=tx.now)
    ended = await _save(tx, tenant_id, stored, counted, cause)
    return RunStep(stored.under_way is None, ended, not ended and awaits(counted, name))


async def add_failure(tx: Tx, tenant_id: UUID, names: Sequence[str], why: str, cause: Cause) -> RunStep:
    """These lists could not be read now. A run that a person asked for waits for them no longer, and no run waits for
    what Xero does not permit: that is stored before."""
    stored = await _lock(tx, tenant_id)
    run = stored.under_way
    if run is None:
        return RunStep()
    if run.kind is RunKind.REQUESTED:
        run = after_failure(run, names, why)
    return RunStep(ended=await _save(tx, tenant_id, stored, run, cause))


async def start_or_join(tx: Tx, tenant_id: UUID) -> tuple[SyncRunProgress, bool]:
    """The run that a person asks for, and whether it was under way before. An import under way is joined."""
    stored = await _lock(tx, tenant_id)
    run = stored.under_way
    if run is None and await listings.is_importing(tx, tenant_id):
        # It has read nothing yet.
        run = await _begun(tx, tenant_id)
    joined = run is not None and run.kind is not RunKind.POLL
    if run is None or not joined:
        run = requested(run, uuid4(), tx.now)
    elif not run.id:
        # It began before people could watch imports.
        run = run.replace(id=uuid4())
    await _store(tx, tenant_id, stored.sequence, run, stored.last)
    return run, joined


async def end_early(tx: Tx, tenant_id: UUID, why: str) -> bool:
    """End a run that people may watch: what it has not read has failed. False: there was none."""
    stored = await _lock(tx, tenant_id)
    if stored.under_way is None or not stored.under_way.id:
        return False
    names = await listings.known(tx, tenant_id)
    return await _save(tx, tenant_id, stored, after_failure(stored.under_way, names, why), Cause.request())


async def cancel(tx: Tx, tenant_id: UUID, job_id: UUID) -> RunKind | None:
    """End a run because a person wants so: what it has not read has failed. None: it is not under way."""
    stored = await _lock(tx, tenant_id)
    run = stored.under_way
    if run is None or run.id != job_id:
        return None
    ended = after_failure(run, await listings.known(tx, tenant_id), CANCELLED).replace(cancelled=True)
    # Every list that is known has ended now, also those that Xero does not permit.
    await _save(tx, tenant_id, stored, ended, Cause.request())
    return run.kind


async def abandon(tx: Tx, tenant_id: UUID, why: str) -> None:
    """Drop the run under way: everything is read anew, and what it has read does not count for the next run. To whoever
    watches it, it has failed."""
    if not await end_early(tx, tenant_id, why):
        stored = await _lock(tx, tenant_id)
        await _store(tx, tenant_id, stored.sequence, None, stored.last)


async def lock(tx: Tx, tenant_id: UUID) -> None:
    """Lock a tenant's runs. To be called before its lists are changed, if the runs follow in the same transaction."""
    await _lock(tx, tenant_id)


async def under_way(tx: Tx, tenant_id: UUID) -> SyncRunProgress | None:
    """The run under way."""
    run = await tx.db.fetchval(*_SQL["read"](tenant_id=tenant_id))
    return SyncRunProgress.model_validate(run) if run else None


async def ended(tx: Tx, tenant_id: UUID, job_id: UUID) -> tuple[SyncRunProgress, datetime] | None:
    """A run that people watched, and when it ended; None: it is unknown, or under way."""
    row = await tx.db.fetchrow(*_SQL["ended"](tenant_id=tenant_id, id=job_id))
    return (SyncRunProgress.model_validate(row["run"]), row["ended_at"]) if row else None


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told of a tenant's sync, and when."""

    status: SyncStatus | None
    sequence: int
    at: datetime | None


async def told(tx: Tx, tenant_id: UUID) -> Told:
    """What was last told of a tenant's sync. Locked, because it is about to be told anew."""
    await _lock(tx, tenant_id)
    row = await tx.db.fetchrow(*_SQL["told"](tenant_id=tenant_id))
    status = SyncStatus.model_validate(row["status"]) if row["status"] else None
    return Told(status, row["status_sequence"], row["status_at"])


async def tell(tx: Tx, tenant_id: UUID, status: SyncStatus, sequence: int) -> None:
    """Store what is told of a tenant's sync now."""
    doc = status.model_dump(mode="json")
    await tx.db.execute(*_SQL["tell"](tenant_id=tenant_id, status=doc, sequence=sequence, now=tx.now))


async def watchable(tx: Tx) -> list[UUID]:
    """The tenants with a run under way that people may watch: an import, or one that a person asked for."""
    return [row["tenant_id"] for row in await tx.db.fetch(_SQL["watchable"])]


async def last(tx: Tx, tenant_id: UUID) -> SyncRun | None:
    """The last finished run."""
    doc = await tx.db.fetchval(*_SQL["last"](tenant_id=tenant_id))
    return SyncRun.model_validate(doc) if doc else None


async def _lock(tx: Tx, tenant_id: UUID) -> Stored:
    row = await tx.db.fetchrow(*_SQL["lock"](tenant_id=tenant_id))
    if row is None:
        # So that two transactions that begin the first run at the same time find each other's.
        await tx.db.execute(*_SQL["add"](tenant_id=tenant_id))
        row = await tx.db.fetchrow(*_SQL["lock"](tenant_id=tenant_id))
    run = row["under_way"]
    return Stored(row["sequence"], SyncRunProgress.model_validate(run) if run else None, row["last"])


async def _begun(tx: Tx, tenant_id: UUID) -> SyncRunProgress:
    if await listings.is_importing(tx, tenant_id):
        return SyncRunProgress(kind=RunKind.IMPORT, started_at=tx.now, id=uuid4())
    return SyncRunProgress(kind=RunKind.POLL, started_at=tx.now)


async def _save(tx: Tx, tenant_id: UUID, stored: Stored, run: SyncRunProgress, cause: Cause) -> bool:
    """Save a run, and publish it if it has ended. Returns whether it has."""
    asked = run.kind is RunKind.REQUESTED
    names = await (listings.known(tx, tenant_id) if asked else listings.permitted(tx, tenant_id))
    result = finished(run, names, tenant_id, tx.now)
    if result is None:
        await _store(tx, tenant_id, stored.sequence, run, stored.last)
        return False
    sequence = next_sequence(stored.sequence, tx.now)
    await _store(tx, tenant_id, sequence, None, result.model_dump(mode="json"))
    await outbox.add(tx, [outbox.event(tx, RUN, tenant_id, result, sequence, cause)])
    if run.id:
        await tx.db.execute(*_SQL["forget"](tenant_id=tenant_id, before=tx.now - KEPT))
        kept = {"tenant_id": tenant_id, "id": run.id, "now": tx.now, "run": run.model_dump(mode="json")}
        await tx.db.execute(*_SQL["keep"](**kept))
    return True


async def _store(tx: Tx, tenant_id: UUID, sequence: int, run: SyncRunProgress | None, last_run: Any) -> None:
    doc = run.model_dump(mode="json") if run else None
    await tx.db.execute(*_SQL["save"](tenant_id=tenant_id, sequence=sequence, under_way=doc, last=last_run))
    if run is None or run.id:
        await tx.db.execute(_SQL["notify"])
