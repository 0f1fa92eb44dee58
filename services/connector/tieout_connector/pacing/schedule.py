"""When a tenant's turn comes: one row a tenant, so that looking for work costs nothing for those who have none.

Whoever adds work calls the tenant in the same transaction. The gateway takes the turn before it looks, and stores the
next moment when it is done: who called in between is never overwritten. Waiting is a stored time; nothing sleeps.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tieout_connector.pacing.model import Org
from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_connector", "turns.sql")
CHANNEL = "tieout_work"


@dataclass(frozen=True, slots=True)
class Waits:
    """Until when and why a tenant's calls wait; `failures`: calls in a row that brought no answer.

    A reason without a moment: its connection is lost.
    """

    not_before: datetime | None = None
    because: str | None = None
    failures: int = 0


async def make(tx: Tx, tenant_id: UUID, shard: int) -> None:
    """A new tenant."""
    await tx.db.execute(_SQL["make"], tenant_id, shard)


async def call(tx: Tx, tenants: Mapping[UUID, datetime] | Iterable[UUID]) -> None:
    """There is work for these tenants, now or at a moment; the gateway hears it when this commits."""
    at = tenants if isinstance(tenants, Mapping) else dict.fromkeys(tenants, tx.now)
    if at:
        await tx.db.execute(_SQL["call"], list(at), list(at.values()))
        await tx.db.execute("select pg_notify($1, '')", CHANNEL)


async def opened(tx: Tx, tenant_id: UUID, *, is_open: bool) -> None:
    """A tenant was connected, or its connection is gone."""
    await tx.db.execute(_SQL["opened"], tenant_id, is_open, tx.now if is_open else None)
    await tx.db.execute("select pg_notify($1, '')", CHANNEL)


async def lost(tx: Tx, tenant_id: UUID, because: str) -> None:
    """Why a connection is gone, for whoever may connect again."""
    await tx.db.execute(_SQL["lost"], tenant_id, because)


async def due(tx: Tx, shards: Collection[int], limit: int) -> list[Org]:
    """The tenants of these shards whose turn has come, the one that waits longest first."""
    rows = await tx.db.fetch(_SQL["due"], list(shards), tx.now, limit)
    return [Org(row["tenant_id"], row["org_id"], row["token_set_id"], row["shard"]) for row in rows]


async def taken(tx: Tx, tenant_id: UUID) -> None:
    """Before looking for a tenant's work."""
    await tx.db.execute(_SQL["taken"], tenant_id)


async def ended_well(tx: Tx, tenant_id: UUID, at: datetime | None) -> None:
    """All went well, and nothing is due before a moment; None: before somebody calls."""
    await tx.db.execute(_SQL["ended_well"], tenant_id, at)


async def again(tx: Tx, tenant_id: UUID, at: datetime) -> None:
    """A turn was taken in vain: it comes again, for whoever owns the tenant's shard by then."""
    await tx.db.execute(_SQL["again"], tenant_id, at)


async def waits(tx: Tx, tenant_id: UUID, until: datetime, because: str, failures: int = 0) -> None:
    """Nothing leaves before a moment, whoever calls."""
    await tx.db.execute(_SQL["waits"], tenant_id, until, because, failures)


async def read(tx: Tx, tenant_id: UUID) -> Waits:
    """Until when and why a tenant's calls wait."""
    row = await tx.db.fetchrow(_SQL["read"], tenant_id)
    return Waits(**dict(row)) if row else Waits()


async def recover(tx: Tx, shards: Collection[int], at_work: Collection[UUID]) -> None:
    """Turns of these shards that nobody set: after a crash, and what a process of the version before left."""
    await tx.db.execute(_SQL["recover"], list(shards), tx.now, list(at_work))
