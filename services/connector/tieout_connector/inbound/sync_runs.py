"""Sync runs, stored in Postgres: counted in the transaction that stores a page, published with the last page."""

from uuid import UUID

from tieout_connector.inbound import listings
from tieout_connector.inbound.sync_runs_rules import SyncRunProgress, after_page, finished
from tieout_kit.clock import next_sequence
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.runs import RunKind, SyncRun
from tieout_schemas.topics import RUN

_SQL = queries.load("tieout_connector", "sync_runs.sql")


async def add_page(
    tx: Tx, tenant_id: UUID, resource: str, read: int, changed: int, cause: Cause, *, last: bool
) -> None:
    """Count a page of a resource. Must run before the listing's cursor is saved: while a resource is still being
    imported, a new run is an import."""
    row = await tx.db.fetchrow(*_SQL["lock"](tenant_id=tenant_id))
    sequence, last_run = (row["sequence"], row["last"]) if row else (0, None)
    if row and row["under_way"]:
        run = SyncRunProgress.model_validate(row["under_way"])
    else:
        kind = RunKind.IMPORT if await listings.is_importing(tx, tenant_id) else RunKind.POLL
        run = SyncRunProgress(kind=kind, started_at=tx.now)
    run = after_page(run, resource, read, changed, last=last)
    result = finished(run, await listings.permitted(tx, tenant_id), tenant_id, tx.now)
    if result is None:
        under_way = run.model_dump(mode="json")
        await tx.db.execute(*_SQL["save"](tenant_id=tenant_id, sequence=sequence, under_way=under_way, last=last_run))
        return
    sequence, doc = next_sequence(sequence, tx.now), result.model_dump(mode="json")
    await tx.db.execute(*_SQL["save"](tenant_id=tenant_id, sequence=sequence, under_way=None, last=doc))
    await outbox.add(tx, [outbox.event(tx, RUN, tenant_id, result, sequence, cause)])


async def abandon(tx: Tx, tenant_id: UUID) -> None:
    """Drop the run under way: everything is read anew, and what it has read does not count for the next run."""
    await tx.db.execute(*_SQL["abandon"](tenant_id=tenant_id))


async def last(tx: Tx, tenant_id: UUID) -> SyncRun | None:
    """The last finished run."""
    doc = await tx.db.fetchval(*_SQL["last"](tenant_id=tenant_id))
    return SyncRun.model_validate(doc) if doc else None
