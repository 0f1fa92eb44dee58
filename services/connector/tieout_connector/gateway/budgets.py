"""Budgets in Postgres: stored with each call, so that a successor never starts fresh."""

from datetime import UTC, datetime
from uuid import UUID

from tieout_connector.rules.budget import Budget
from tieout_kit import queries
from tieout_kit.postgres import Tx

_SQL = queries.load("tieout_connector", "budgets.sql")


async def load(tx: Tx, tenant_id: UUID) -> Budget:
    """What is left of a tenant's limits."""
    row = await tx.db.fetchrow(_SQL["load"], tenant_id)
    if row is None:
        return Budget(day=tx.now.date())
    return Budget(
        day=row["day"],
        day_used=row["day_used"],
        day_limit=row["day_limit"],
        sent_at=tuple(datetime.fromtimestamp(at, UTC) for at in row["sent_at"]),
        parked_until=row["parked_until"],
        parked_because=row["parked_because"],
    )


async def save(tx: Tx, tenant_id: UUID, budget: Budget) -> None:
    """Remember what is left."""
    await tx.db.execute(
        _SQL["save"],
        tenant_id,
        [at.timestamp() for at in budget.sent_at],
        budget.day,
        budget.day_used,
        budget.day_limit,
        budget.parked_until,
        budget.parked_because,
    )
