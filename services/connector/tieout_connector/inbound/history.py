"""Historical imports, stored in Postgres: a crash loses no page, and a page that was counted is never counted twice."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from tieout_connector.inbound import history_rules
from tieout_connector.inbound.history_rules import HistoryImport, KindProgress
from tieout_connector.inbound.listings_rules import ListingCursor
from tieout_connector.kinds import LISTED, PAST
from tieout_connector.pacing import schedule
from tieout_kit.clock import next_sequence
from tieout_kit.errors import Clash, NotFound
from tieout_kit.events import Cause
from tieout_kit.http import Caller, audit
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.history import HistoryState
from tieout_schemas.payload import RecordRef
from tieout_schemas.topics import RUN

_SQL = queries.load("tieout_connector", "history.sql")
KIND = "history_import"
"""The kind of record that audit entries name."""
ALREADY = "another historical import is running: wait for its end, or cancel it"


async def start(
    tx: Tx, caller: Caller, tenant_id: UUID, kinds: Collection[str], first: date, last: date | None
) -> HistoryImport:
    """Import records of these kinds (keys of PAST), dated from the first day to the last; None: to the end of time.

    If the same import is running, it is joined. Raises Clash if another one is.
    """
    named = [kind for kind in PAST if kind in kinds]
    job = HistoryImport(
        id=uuid4(),
        tenant_id=tenant_id,
        asked_by=caller.sub,
        from_date=first,
        to_date=last,
        started_at=tx.now,
        kinds=tuple(KindProgress(kind=kind, cursor=_beginning(kind, first)) for kind in named),
    )
    doc = job.model_dump_json().encode()
    await tx.db.execute(*_SQL["add"](id=job.id, tenant_id=tenant_id, now=tx.now, doc=doc))
    running = _read(await tx.db.fetchval(*_SQL["running"](tenant_id=tenant_id)))
    assert running
    if running.id != job.id:
        if running.is_same(job):
            return running
        raise Clash(ALREADY, running=str(running.id))
    await audit.note(tx, caller, tenant_id, RecordRef(kind=KIND, id=job.id), None, _public(job))
    await schedule.wake_tenants(tx, [tenant_id])
    return job


async def cancel(tx: Tx, caller: Caller, tenant_id: UUID, job_id: UUID) -> HistoryImport:
    """Cancel an import. What came stays; one that has ended stays as it is. Raises NotFound."""
    job = await lock(tx, tenant_id, job_id)
    if job.state is not HistoryState.RUNNING:
        return job
    over = history_rules.cancelled(job, tx.now)
    await save(tx, over, tx.now, Cause.request())
    await audit.note(tx, caller, tenant_id, RecordRef(kind=KIND, id=job_id), _public(job), _public(over))
    return over


async def due(tx: Tx, tenant_id: UUID, in_progress: Collection[UUID]) -> HistoryImport | None:
    """The import whose next page is due."""
    query = _SQL["due"](tenant_id=tenant_id, now=tx.now, in_progress=list(in_progress))
    return _read(await tx.db.fetchval(*query))


async def lock(tx: Tx, tenant_id: UUID, job_id: UUID) -> HistoryImport:
    """One import, locked because it is about to change. Raises NotFound."""
    return _found(_read(await tx.db.fetchval(*_SQL["lock"](tenant_id=tenant_id, id=job_id))))


async def save(tx: Tx, job: HistoryImport, next_at: datetime, cause: Cause) -> None:
    """Save a locked import, and when its next page is due. One that has ended is published."""
    if job.ended_at:
        result = history_rules.result(job)
        await outbox.add(tx, [outbox.event(tx, RUN, job.tenant_id, result, next_sequence(0, tx.now), cause)])
    doc = job.model_dump_json().encode()
    await tx.db.execute(*_SQL["save"](tenant_id=job.tenant_id, id=job.id, state=job.state, next_at=next_at, doc=doc))


async def one(tx: Tx, tenant_id: UUID, job_id: UUID) -> HistoryImport:
    """One import. Raises NotFound."""
    return _found(_read(await tx.db.fetchval(*_SQL["one"](tenant_id=tenant_id, id=job_id))))


async def page(tx: Tx, tenant_id: UUID, limit: int) -> Sequence[HistoryImport]:
    """The imports of a tenant, the newest first."""
    rows = await tx.db.fetch(*_SQL["page"](tenant_id=tenant_id, limit=limit))
    return [HistoryImport.model_validate_json(row["doc"]) for row in rows]


def _beginning(kind: str, first: date) -> ListingCursor:
    past = LISTED[PAST[kind]].listing.past
    assert past
    since = None if past.date_field else datetime(first.year, first.month, first.day, tzinfo=UTC)
    return ListingCursor(PAST[kind], since=since)


def _public(job: HistoryImport) -> dict[str, object]:
    """An import as the audit trail shows it."""
    kinds = [each.kind for each in job.kinds]
    return {"state": job.state, "kinds": kinds, **job.model_dump(mode="json", include={"from_date", "to_date"})}


def _read(doc: str | None) -> HistoryImport | None:
    return HistoryImport.model_validate_json(doc) if doc else None


def _found(job: HistoryImport | None) -> HistoryImport:
    if job is None:
        raise NotFound("no such historical import")
    return job
