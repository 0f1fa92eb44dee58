"""Requests to read records of Xero again, from webhooks, domain services and our own writes. Requests for one record
are joined; many records of one kind are read in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from tieout_connector.pacing import InProgress, schedule
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx, queries
from tieout_schemas.signals import XeroKind

_SQL = queries.load("tieout_connector", "read_requests.sql")


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A request to read a record, not before `due_at`."""

    tenant_id: UUID
    kind: XeroKind
    xero_id: UUID
    due_at: datetime
    cause: Cause
    named_by_xero: bool = False
    """Xero told of the record in a webhook, so it must be there soon."""
    changed_by: datetime | None = None
    """By Xero's clock, the latest moment of the change that a webhook announced; None: something else asks."""
    document_type: str | None = None
    """The type of a document, if the webhook or its last state names it."""


@dataclass(frozen=True, slots=True)
class DueRead:
    """A record to read now. `asked` counts its requests: if it grew while the record was read, the request stays."""

    kind: XeroKind
    xero_id: UUID
    asked: int
    cause: Cause
    named_by_xero: bool = False
    not_found: int = 0
    """How often it was read and not found."""
    changed_by: datetime | None = None
    """As in its requests; None: not only webhooks asked."""

    def again_after(self, waits: Sequence[timedelta]) -> timedelta | None:
        """How long until the next read if Xero does not show the record now, by the waits after each read; None: it is
        given up."""
        return waits[self.not_found] if self.named_by_xero and self.not_found < len(waits) else None


async def add(tx: Tx, requests: Sequence[ReadRequest]) -> None:
    """Request reads. If a record is requested several times, the first request's cause is kept."""
    first: dict[tuple[UUID, XeroKind, UUID], ReadRequest] = {}
    for request in requests:
        key = request.tenant_id, request.kind, request.xero_id
        first[key] = _joined(first[key], request) if key in first else request
    if not first:
        return
    ordered = [first[key] for key in sorted(first)]
    await tx.db.execute(
        *_SQL["add"](
            tenant_ids=[r.tenant_id for r in ordered],
            kinds=[r.kind for r in ordered],
            xero_ids=[r.xero_id for r in ordered],
            due_at=[r.due_at for r in ordered],
            causation_ids=[r.cause.causation_id for r in ordered],
            correlation_ids=[r.cause.correlation_id for r in ordered],
            traceparents=[r.cause.traceparent for r in ordered],
            named_by_xero=[r.named_by_xero for r in ordered],
            changed_by=[r.changed_by for r in ordered],
        )
    )
    soonest: dict[UUID, datetime] = {}
    for request in ordered:
        soonest[request.tenant_id] = min(request.due_at, soonest.get(request.tenant_id, request.due_at))
    await schedule.wake_tenants(tx, soonest)


def _joined(first: ReadRequest, later: ReadRequest) -> ReadRequest:
    until = max(first.changed_by, later.changed_by) if first.changed_by and later.changed_by else None
    named = first.named_by_xero or later.named_by_xero
    return replace(first, due_at=min(first.due_at, later.due_at), named_by_xero=named, changed_by=until)


async def due(tx: Tx, tenant_id: UUID, in_progress: InProgress, at_once: Mapping[XeroKind, int]) -> list[DueRead]:
    """The records to read now, all of one kind. `at_once`: the most of each kind."""
    claimed = list(in_progress.reads)
    most = {"kinds": list(at_once), "at_once": list(at_once.values())}
    rows = await tx.db.fetch(*_SQL["due"](tenant_id=tenant_id, now=tx.now, claimed=claimed, **most))
    return [
        DueRead(
            XeroKind(row["kind"]),
            row["xero_id"],
            row["asked"],
            Cause(row["causation_id"], row["correlation_id"], row["traceparent"]),
            row["named_by_xero"],
            row["not_found"],
            row["changed_by"],
        )
        for row in rows
    ]


async def remove(tx: Tx, tenant_id: UUID, reads: Sequence[DueRead]) -> None:
    """Delete the requests of records that were read, all of one kind."""
    if not reads:
        return
    xero_ids, asked = [read.xero_id for read in reads], [read.asked for read in reads]
    await tx.db.execute(*_SQL["remove"](tenant_id=tenant_id, kind=reads[0].kind, xero_ids=xero_ids, asked=asked))


async def postpone(tx: Tx, tenant_id: UUID, kind: XeroKind, xero_ids: Sequence[UUID], at: datetime) -> None:
    """Read these records at a later time."""
    if xero_ids:
        await tx.db.execute(*_SQL["postpone"](tenant_id=tenant_id, kind=kind, xero_ids=list(xero_ids), at=at))


async def try_again(tx: Tx, tenant_id: UUID) -> None:
    """Read now what was put off, except records that Xero does not show."""
    await tx.db.execute(*_SQL["try_again"](tenant_id=tenant_id, now=tx.now))


async def not_found(tx: Tx, tenant_id: UUID, reads: Sequence[DueRead], waits: Sequence[timedelta]) -> Sequence[DueRead]:
    """Read records, all of one kind, again later that Xero does not show; returns those that are given up."""
    later = [(read, tx.now + after) for read in reads if (after := read.again_after(waits))]
    given_up = [read for read in reads if not read.again_after(waits)]
    await remove(tx, tenant_id, given_up)
    if later:
        await tx.db.execute(
            *_SQL["ask_again"](
                tenant_id=tenant_id,
                kind=later[0][0].kind,
                xero_ids=[read.xero_id for read, _ in later],
                asked=[read.asked for read, _ in later],
                due_at=[at for _, at in later],
            )
        )
    return given_up
