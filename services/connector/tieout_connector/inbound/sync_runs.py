"""Runs in Postgres: counted in the transaction that stores a page, and told of in the one that stores the last."""

from uuid import UUID

from tieout_connector.inbound import listings
from tieout_connector.inbound.sync_runs_rules import Run, after_page, ended
from tieout_kit.cause import Cause
from tieout_kit.clock import next_sequence
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.runs import RunKind, SyncRun
from tieout_schemas.topics import RUN

_SQL = queries.load("tieout_connector", "runs.sql")


async def page_read(
    tx: Tx, tenant_id: UUID, resource: str, read: int, changed: int, cause: Cause, *, last: bool
) -> None:
    """A page of a resource was read. Before the feed is saved: whether it was imported tells what run this is."""
    row = await tx.db.fetchrow(_SQL["lock"], tenant_id)
    sequence, told = (row["sequence"], row["last"]) if row else (0, None)
    if row and row["under_way"]:
        run = Run.model_validate(row["under_way"])
    else:
        kind = RunKind.IMPORT if await listings.importing(tx, tenant_id) else RunKind.POLL
        run = Run(kind=kind, started_at=tx.now)
    run = after_page(run, resource, read, changed, last=last)
    over = ended(run, listings.RESOURCES, tenant_id, tx.now)
    if over is None:
        await tx.db.execute(_SQL["save"], tenant_id, sequence, run.model_dump(mode="json"), told)
        return
    sequence = next_sequence(sequence, tx.now)
    await tx.db.execute(_SQL["save"], tenant_id, sequence, None, over.model_dump(mode="json"))
    await outbox.add(tx, [outbox.event(tx, RUN, tenant_id, over, sequence, cause)])


async def abandon(tx: Tx, tenant_id: UUID) -> None:
    """Everything is read anew: what was read of a run under way is no part of the next one."""
    await tx.db.execute(_SQL["abandon"], tenant_id)


async def last(tx: Tx, tenant_id: UUID) -> SyncRun | None:
    """The last run that ended."""
    doc = await tx.db.fetchval(_SQL["last"], tenant_id)
    return SyncRun.model_validate(doc) if doc else None
