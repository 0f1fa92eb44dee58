"""Reads that a person waits for: asked for by the API, made by whoever owns the tenant's shard, and fetched."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from tieout_connector.kinds import FOLLOWED
from tieout_connector.pacing import free_at, schedule, why_not_now
from tieout_connector.pacing import read as read_waits
from tieout_connector.xero.http import Request
from tieout_kit.errors import Clash, NotNow
from tieout_kit.postgres import Tx, queries
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot

_SQL = queries.load("tieout_connector", "person_reads.sql")
CHANNEL = "tieout_read"
PATIENCE = timedelta(seconds=20)
"""As long as a person waits before a page."""
_KEPT = timedelta(minutes=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PersonRead:
    """What somebody waits for, until its deadline."""

    tenant_id: UUID
    id: UUID
    kind: XeroKind
    request: Request
    """The call that answers it."""
    asked_at: datetime
    deadline: datetime

    @property
    def whole(self) -> bool:
        """One record with all its fields, and no list."""
        return "/" in self.request.resource


async def ask(tx: Tx, tenant_id: UUID, kind: XeroKind, request: Request, *, connected: bool) -> PersonRead:
    """Somebody waits for this from now on.

    Raises Clash while the tenant is not connected, and NotNow when no call is free soon enough.
    """
    if not connected:
        raise Clash("the organisation is not connected to Xero")
    waits = await read_waits(tx, tenant_id)
    deadline, free = tx.now + PATIENCE, free_at(waits, tx.now)
    if free and free > deadline:
        raise NotNow(why_not_now(waits, tx.now), free)
    asked = PersonRead(tenant_id, uuid4(), kind, request, tx.now, deadline)
    await tx.db.execute(_SQL["purge"], tx.now - _KEPT)
    await tx.db.execute(_SQL["ask"], tenant_id, asked.id, kind, asdict(request), tx.now, deadline)
    await schedule.call(tx, [tenant_id])
    return asked


async def next(tx: Tx, tenant_id: UUID, claimed: Collection[UUID]) -> PersonRead | None:
    """What is waited for longest; `claimed`: the ids of those that are being read."""
    row = await tx.db.fetchrow(_SQL["next"], tenant_id, tx.now, list(claimed))
    if row is None:
        return None
    return PersonRead(**{**dict(row), "kind": XeroKind(row["kind"]), "request": Request(**row["request"])})


async def answered(tx: Tx, read: PersonRead, content: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """Xero's answer; `{}` if it has no such record. Returns the elements of it that are whole, so that the reader takes
    them as snapshots of `read.kind`, in this transaction."""
    record = FOLLOWED[read.kind]
    raws = record.resource.raws(content)
    try:
        seen = [found for raw in raws if (found := record.parse(raw))]
    except ValueError as error:
        # By its type only: its text may hold what the record says.
        log.error("a record of Xero's is not as documented", request=read.request.resource, error=type(error).__name__)
        await failed(tx, read, "Xero's answer is not as documented, so it cannot be shown", tx.now)
        return []
    rows = await tx.db.fetch(_SQL["records"], read.tenant_id, read.kind, [one.key_id for one in seen])
    ours = {row["xero_id"]: row["record_id"] for row in rows}
    told = [one.replace(record_id=ours.get(one.key_id)).model_dump(mode="json") for one in seen]
    await tx.db.execute(_SQL["answer"], read.tenant_id, read.id, told)
    await tx.db.execute(_SQL["tell"])
    return raws if read.whole else []


async def failed(tx: Tx, read: PersonRead, why: str, at: datetime) -> None:
    """It cannot be read now; `why` is told to the person, with the moment from which it may be tried again."""
    await tx.db.execute(_SQL["fail"], read.tenant_id, read.id, why, at)
    await tx.db.execute(_SQL["tell"])


async def outcome(tx: Tx, read: PersonRead) -> list[Snapshot] | None:
    """What Xero has; None: not answered yet. Raises NotNow with why it could not be read."""
    row = await tx.db.fetchrow(_SQL["outcome"], read.tenant_id, read.id)
    if row is None or row["failed"]:
        raise NotNow(row["failed"] if row else "nobody has read it in time", row["free_at"] if row else tx.now)
    if row["records"] is None:
        return None
    return [FOLLOWED[read.kind].snapshot.model_validate(record) for record in row["records"]]


async def drop(tx: Tx, read: PersonRead) -> None:
    """Nobody waits for it any more."""
    await tx.db.execute(_SQL["drop"], read.tenant_id, read.id)
