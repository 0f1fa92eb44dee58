"""Reads that a person waits for. The API adds them, the process that owns the tenant's shard makes the call, and the
API fetches the answer."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from tieout_connector.kinds import FOLLOWED
from tieout_connector.pacing import free_at, read_wait_reasons, schedule, why_not_now
from tieout_connector.xero.http import XeroRequest
from tieout_kit.errors import Clash, NotNow
from tieout_kit.postgres import Tx, queries
from tieout_schemas.signals import XeroKind
from tieout_schemas.xero import Snapshot

_SQL = queries.load("tieout_connector", "interactive_reads.sql")
CHANNEL = "tieout_read"
"""The channel of Postgres's NOTIFY."""
PATIENCE = timedelta(seconds=20)
"""How long a person waits for a page."""
_PURGED_AFTER = timedelta(minutes=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InteractiveRead:
    """A read that a person waits for, until its deadline."""

    tenant_id: UUID
    id: UUID
    kind: XeroKind
    request: XeroRequest
    """The call to Xero."""
    asked_at: datetime
    deadline: datetime

    @property
    def whole(self) -> bool:
        """True for one record with all its fields; False for a list, which leaves fields out."""
        return "/" in self.request.resource


async def add(
    tx: Tx, tenant_id: UUID, kind: XeroKind, request: XeroRequest, *, connected: bool, patience: timedelta = PATIENCE
) -> InteractiveRead:
    """Add a read that somebody waits for.

    Raises Clash while the tenant is not connected, and NotNow if Xero's limits allow no call before the deadline.
    """
    if not connected:
        raise Clash("the organisation is not connected to Xero")
    waits = await read_wait_reasons(tx, tenant_id)
    deadline, free = tx.now + patience, free_at(waits, tx.now)
    if free and free > deadline:
        raise NotNow(why_not_now(waits, tx.now), free)
    read = InteractiveRead(tenant_id, uuid4(), kind, request, tx.now, deadline)
    await tx.db.execute(
        *_SQL["add"](tenant_id=tenant_id, id=read.id, kind=kind, request=asdict(request), now=tx.now, deadline=deadline)
    )
    await schedule.wake_tenants(tx, [tenant_id])
    return read


async def purge(tx: Tx) -> None:
    """Delete reads of every tenant whose answer nobody fetched."""
    await tx.db.execute(*_SQL["purge"](before=tx.now - _PURGED_AFTER))


async def next_waiting(tx: Tx, tenant_id: UUID, claimed: Collection[UUID]) -> InteractiveRead | None:
    """The oldest read without an answer. `claimed`: the ids of the reads that a call is under way for."""
    row = await tx.db.fetchrow(*_SQL["next_waiting"](tenant_id=tenant_id, now=tx.now, claimed=list(claimed)))
    if row is None:
        return None
    return InteractiveRead(**{**dict(row), "kind": XeroKind(row["kind"]), "request": XeroRequest(**row["request"])})


async def store_answer(tx: Tx, read: InteractiveRead, content: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """Store Xero's answer; `{}` if Xero has no such record.

    Returns the elements that show all fields. The caller stores snapshots of them in the same transaction.
    """
    record = FOLLOWED[read.kind]
    raws = record.resource.raws(content)
    try:
        # The refund of a credit is no payment that a person looks at.
        snapshots = [snapshot for raw in raws if isinstance(snapshot := record.parse(raw), record.snapshot)]
    except ValueError as error:
        log.error("a record of Xero's is not as documented", request=read.request.resource, error=str(error))
        await store_failure(tx, read, f"this cannot be shown: in Xero, its {error}", tx.now)
        return raws if read.whole else []
    xero_ids = [snapshot.key_id for snapshot in snapshots]
    rows = await tx.db.fetch(*_SQL["record_ids"](tenant_id=read.tenant_id, kind=read.kind, xero_ids=xero_ids))
    ours = {row["xero_id"]: row["record_id"] for row in rows}
    records = [snapshot.replace(record_id=ours.get(snapshot.key_id)).model_dump(mode="json") for snapshot in snapshots]
    await tx.db.execute(*_SQL["store_answer"](tenant_id=read.tenant_id, id=read.id, records=records))
    await tx.db.execute(_SQL["notify"])
    return raws if read.whole else []


async def store_failure(tx: Tx, read: InteractiveRead, reason: str, free_at: datetime) -> None:
    """Store why the read failed, for the person who waits, and when it may be tried again."""
    await tx.db.execute(*_SQL["store_failure"](tenant_id=read.tenant_id, id=read.id, reason=reason, free_at=free_at))
    await tx.db.execute(_SQL["notify"])


async def result(tx: Tx, read: InteractiveRead) -> list[Snapshot] | None:
    """Xero's records; None: no answer yet. Raises NotNow with the reason if the read failed."""
    row = await tx.db.fetchrow(*_SQL["result"](tenant_id=read.tenant_id, id=read.id))
    if row is None or row["failed"]:
        raise NotNow(row["failed"] if row else "nobody has read it in time", row["free_at"] if row else tx.now)
    if row["records"] is None:
        return None
    return [FOLLOWED[read.kind].snapshot.model_validate(record) for record in row["records"]]


async def remove(tx: Tx, read: InteractiveRead) -> None:
    """Delete a read that nobody waits for any more."""
    await tx.db.execute(*_SQL["remove"](tenant_id=read.tenant_id, id=read.id))
