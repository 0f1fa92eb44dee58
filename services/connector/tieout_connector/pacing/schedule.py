"""When the gateway must look at a tenant again: one row a tenant, so that tenants without work cost nothing.

Whoever adds work wakes the tenant in the same transaction. A worker claims the tenant before it looks for work, and
stores the next moment when it finishes, so a wake-up in between is never lost. Waiting is a stored moment: no code
sleeps.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tieout_connector.pacing.model import Org
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_connector", "schedule.sql")
CHANNEL = "tieout_work"


@dataclass(frozen=True, slots=True)
class Delay:
    """Until when and why a tenant's calls are delayed. A reason without a moment: its connection is lost."""

    not_before: datetime | None = None
    because: str | None = None
    failures: int = 0
    """Calls in a row that brought no answer."""


async def add_tenant(tx: Tx, tenant_id: UUID, shard: int) -> None:
    """Add a tenant, which is not connected yet."""
    await tx.db.execute(*_SQL["add_tenant"](tenant_id=tenant_id, shard=shard))


async def wake_tenants(tx: Tx, tenants: Mapping[UUID, datetime] | Iterable[UUID]) -> None:
    """Schedule tenants that have work, now or at a moment, and notify the gateway when this transaction commits."""
    at = tenants if isinstance(tenants, Mapping) else dict.fromkeys(tenants, tx.now)
    if at:
        await tx.db.execute(*_SQL["wake_tenants"](tenant_ids=list(at), at=list(at.values())))
        await tx.db.execute("select pg_notify($1, '')", CHANNEL)


async def set_connected(tx: Tx, tenant_id: UUID, *, connected: bool) -> None:
    """A tenant was connected or disconnected."""
    next_at = tx.now if connected else None
    await tx.db.execute(*_SQL["set_connected"](tenant_id=tenant_id, connected=connected, next_at=next_at))
    await tx.db.execute("select pg_notify($1, '')", CHANNEL)


async def connection_lost(tx: Tx, tenant_id: UUID, because: str) -> None:
    """Store why a connection is lost, for the person who connects the tenant again."""
    await tx.db.execute(*_SQL["connection_lost"](tenant_id=tenant_id, because=because))


async def due(tx: Tx, shards: Collection[int], limit: int) -> list[Org]:
    """The tenants of these shards that are due, the one that waits longest first."""
    rows = await tx.db.fetch(*_SQL["due"](shards=list(shards), now=tx.now, limit=limit))
    return [Org(row["tenant_id"], row["org_id"], row["token_set_id"], row["shard"]) for row in rows]


async def claim(tx: Tx, tenant_id: UUID) -> None:
    """Claim a tenant, before looking for its work."""
    await tx.db.execute(*_SQL["claim"](tenant_id=tenant_id))


async def finish(tx: Tx, tenant_id: UUID, next_at: datetime | None) -> None:
    """Finish a claim without trouble. Nothing is due before `next_at`; None: before somebody adds work."""
    await tx.db.execute(*_SQL["finish"](tenant_id=tenant_id, next_at=next_at))


async def retry_at(tx: Tx, tenant_id: UUID, at: datetime) -> None:
    """Schedule a tenant again that was claimed in vain, for whoever owns its shard by then."""
    await tx.db.execute(*_SQL["retry_at"](tenant_id=tenant_id, at=at))


async def delay_until(tx: Tx, tenant_id: UUID, until: datetime, because: str, failures: int = 0) -> None:
    """Send no call before a moment, even if work is added."""
    values = {"tenant_id": tenant_id, "until": until, "because": because, "failures": failures}
    await tx.db.execute(*_SQL["delay_until"](**values))


async def read_delay(tx: Tx, tenant_id: UUID) -> Delay:
    """Until when and why a tenant's calls are delayed."""
    row = await tx.db.fetchrow(*_SQL["read_delay"](tenant_id=tenant_id))
    return Delay(**dict(row)) if row else Delay()


async def recover(tx: Tx, shards: Collection[int], in_progress: Collection[UUID]) -> None:
    """Schedule the tenants of these shards that have work and no schedule: after a crash, and during an upgrade."""
    await tx.db.execute(*_SQL["recover"](shards=list(shards), now=tx.now, in_progress=list(in_progress)))
