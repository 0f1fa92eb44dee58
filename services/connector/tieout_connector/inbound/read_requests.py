"""Wishes to read a record of Xero again: from webhooks, domains, and our own writes. Joined, then read in one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tieout_connector.pacing import InHand, schedule
from tieout_kit.cause import Cause
from tieout_kit.postgres import Tx, queries
from tieout_schemas.signals import XeroKind

_SQL = queries.load("tieout_connector", "reads.sql")


@dataclass(frozen=True, slots=True)
class Wish:
    """Read this record, not before `due_at`."""

    tenant_id: UUID
    kind: XeroKind
    xero_id: UUID
    due_at: datetime
    cause: Cause


@dataclass(frozen=True, slots=True)
class Due:
    """A record to read now; `asked` tells whether it was asked for again meanwhile."""

    kind: XeroKind
    xero_id: UUID
    asked: int
    cause: Cause


async def ask(tx: Tx, wishes: Sequence[Wish]) -> None:
    """Ask for records to be read; the first one's cause is kept when several ask for the same."""
    first = {(w.tenant_id, w.kind, w.xero_id): w for w in reversed(wishes)}
    if not first:
        return
    ordered = [first[key] for key in sorted(first)]
    await tx.db.execute(
        _SQL["ask"],
        [w.tenant_id for w in ordered],
        [w.kind for w in ordered],
        [w.xero_id for w in ordered],
        [w.due_at for w in ordered],
        [w.cause.causation_id for w in ordered],
        [w.cause.correlation_id for w in ordered],
        [w.cause.traceparent for w in ordered],
    )
    soonest: dict[UUID, datetime] = {}
    for wish in ordered:
        soonest[wish.tenant_id] = min(wish.due_at, soonest.get(wish.tenant_id, wish.due_at))
    await schedule.call(tx, soonest)


async def due(tx: Tx, tenant_id: UUID, in_hand: InHand, limit: int) -> list[Due]:
    """What to read now, all of one kind."""
    rows = await tx.db.fetch(_SQL["due"], tenant_id, tx.now, limit, list(in_hand.reads))
    return [
        Due(
            XeroKind(row["kind"]),
            row["xero_id"],
            row["asked"],
            Cause(row["causation_id"], row["correlation_id"], row["traceparent"]),
        )
        for row in rows
    ]


async def done(tx: Tx, tenant_id: UUID, read: Sequence[Due]) -> None:
    """These were read, all of one kind."""
    if read:
        await tx.db.execute(_SQL["done"], tenant_id, read[0].kind, [d.xero_id for d in read], [d.asked for d in read])


async def later(tx: Tx, tenant_id: UUID, kind: XeroKind, xero_ids: Sequence[UUID], at: datetime) -> None:
    """Look at these again at a moment."""
    if xero_ids:
        await tx.db.execute(_SQL["later"], tenant_id, kind, list(xero_ids), at)
