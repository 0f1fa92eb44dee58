"""Historical exports, stored in Postgres. Each is one sweep a kind, counted in the transaction that checks its page."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from tieout_kit.clock import next_sequence
from tieout_kit.errors import Clash, NotFound
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_kit.records import exports_rules
from tieout_kit.records.exports_rules import ExportedKind, HistoryExport
from tieout_schemas.history import HistoryState
from tieout_schemas.platform import SyncState
from tieout_schemas.topics import RUN

_SQL = queries.load("tieout_kit", "exports.sql")
ALREADY = "another historical export is running: wait for its end, or cancel it"


async def start(
    tx: Tx, tenant_id: UUID, asked_by: str, kinds: Sequence[str], first: date, last: date | None
) -> tuple[HistoryExport, bool]:
    """Add an export of these kinds, dated from the first day to the last; None: to the end of time. The caller adds its
    sweeps (`keys_of`). Returns it, and whether it is new: the same one may be running.

    Raises Clash if another one is.
    """
    to = last.isoformat() if last else None
    counted = await tx.db.fetch(
        *_SQL["count"](tenant_id=tenant_id, kinds=list(kinds), first=first.isoformat(), last=to)
    )
    job = HistoryExport(
        id=uuid4(),
        tenant_id=tenant_id,
        asked_by=asked_by,
        from_date=first,
        to_date=last,
        started_at=tx.now,
        kinds=tuple(ExportedKind(kind=row["kind"], total=row["open"], known=row["known"]) for row in counted),
    )
    doc = job.model_dump_json().encode()
    await tx.db.execute(*_SQL["add"](id=job.id, tenant_id=tenant_id, now=tx.now, first=first, last=last, doc=doc))
    running = _found(await tx.db.fetchval(*_SQL["running"](tenant_id=tenant_id)))
    if running.id != job.id and not running.is_same(job):
        raise Clash(ALREADY, running=str(running.id))
    return running, running.id == job.id


def keys_of(job: HistoryExport) -> list[str]:
    """The keys of an export's sweeps."""
    return [f"{job.id}:{each.kind}" for each in job.kinds]


async def cancel(tx: Tx, tenant_id: UUID, job_id: UUID) -> tuple[HistoryExport, HistoryExport]:
    """Cancel an export; one that has ended stays as it is. Returns it before and after. Raises NotFound."""
    # The sweeps first, as a page does: else the two would wait for each other.
    asked = await one(tx, tenant_id, job_id)
    await tx.db.execute(*_SQL["stop"](tenant_id=tenant_id, keys=keys_of(asked)))
    job = _found(await tx.db.fetchval(*_SQL["lock"](tenant_id=tenant_id, id=job_id)))
    if job.state is not HistoryState.RUNNING:
        return job, job
    over = exports_rules.cancelled(job, tx.now)
    await _save(tx, over, Cause.request())
    return job, over


async def after_page(tx: Tx, tenant_id: UUID, key: str, ids: Sequence[UUID], cause: Cause, *, last: bool) -> None:
    """Count a page of the sweep with this key: these records were checked. `last`: no page follows."""
    job_id, kind = key.split(":")
    rows = await tx.db.fetch(*_SQL["states"](tenant_id=tenant_id, kind=kind, ids=list(ids)))
    job = _found(await tx.db.fetchval(*_SQL["lock"](tenant_id=tenant_id, id=UUID(job_id))))
    states = [SyncState(row["state"]) for row in rows]
    await _save(tx, exports_rules.after_page(job, kind, states, tx.now, last=last), cause)


async def one(tx: Tx, tenant_id: UUID, job_id: UUID) -> HistoryExport:
    """One export. Raises NotFound."""
    return _found(await tx.db.fetchval(*_SQL["one"](tenant_id=tenant_id, id=job_id)))


async def page(tx: Tx, tenant_id: UUID, limit: int) -> list[HistoryExport]:
    """The exports of a tenant, the newest first."""
    rows = await tx.db.fetch(*_SQL["page"](tenant_id=tenant_id, limit=limit))
    return [HistoryExport.model_validate_json(row["doc"]) for row in rows]


async def _save(tx: Tx, job: HistoryExport, cause: Cause) -> None:
    """Save a locked export. One that has ended is published."""
    doc = job.model_dump_json().encode()
    await tx.db.execute(*_SQL["save"](tenant_id=job.tenant_id, id=job.id, state=job.state, doc=doc))
    if job.ended_at:
        result = exports_rules.result(job)
        await outbox.add(tx, [outbox.event(tx, RUN, job.tenant_id, result, next_sequence(0, tx.now), cause)])


def _found(doc: str | None) -> HistoryExport:
    if doc is None:
        raise NotFound("no such historical export")
    return HistoryExport.model_validate_json(doc)
