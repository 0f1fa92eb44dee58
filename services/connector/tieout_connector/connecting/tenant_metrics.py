"""How each tenant's sync is doing, as metrics. Every process that calls Xero reports all tenants: one is enough."""

from datetime import datetime, timedelta
from typing import Any

from tieout_connector import metrics
from tieout_connector.pacing import Budget, org_budget_store
from tieout_kit.postgres import Database, queries
from tieout_schemas.platform import ConnectionState

MEASURE_EVERY = timedelta(seconds=30)
_AT_ONCE = 200
"""Tenants that are measured before the process turns to other work: a few milliseconds."""

_SQL = queries.load("tieout_connector", "tenant_metrics.sql")
_OF_A_TENANT = (
    metrics.DAY_LEFT,
    metrics.DAY_LIMIT,
    metrics.OVERDUE,
    metrics.OLDEST_READ,
    metrics.READS_WAITING,
    metrics.WRITES_WAITING,
    metrics.OLDEST_WRITE,
    metrics.PROBLEMS,
)


async def measure(database: Database, day_limit: int) -> None:
    """Set the metrics of all tenants; those of tenants that are no longer connected end. `day_limit`: the plan's calls
    a day, for organisations that were not called yet."""
    async with database.transaction() as tx:
        states = {row["state"]: row["tenants"] for row in await tx.db.fetch(_SQL["states"])}
        tenants = await tx.db.fetch(_SQL["tenants"])
        for state in ConnectionState:
            metrics.CONNECTIONS.labels(state).set(states.get(state, 0))
        for tenant in _reported() - {str(row["tenant_id"]) for row in tenants}:
            for metric in _OF_A_TENANT:
                metric.remove(tenant)
        for first in range(0, len(tenants), _AT_ONCE):
            rows = tenants[first : first + _AT_ONCE]
            budgets = await org_budget_store.load_all(tx, [row["tenant_id"] for row in rows], day_limit)
            for row in rows:
                _report(row, budgets[row["tenant_id"]], tx.now)


def _reported() -> set[str]:
    return {sample.labels["tenant"] for family in metrics.DAY_LEFT.collect() for sample in family.samples}


def _report(row: Any, budget: Budget, now: datetime) -> None:
    tenant = str(row["tenant_id"])
    metrics.DAY_LEFT.labels(tenant).set(budget.day_left(now))
    metrics.DAY_LIMIT.labels(tenant).set(budget.day_limit)
    metrics.OVERDUE.labels(tenant).set(_age(now, row["due_at"]))
    metrics.OLDEST_READ.labels(tenant).set(_age(now, row["read_at"]))
    metrics.READS_WAITING.labels(tenant).set(row["reads_waiting"])
    metrics.WRITES_WAITING.labels(tenant).set(row["writes_waiting"])
    metrics.OLDEST_WRITE.labels(tenant).set(_age(now, row["writes_since"]))
    metrics.PROBLEMS.labels(tenant).set(row["problems"])


def _age(now: datetime, since: datetime | None) -> float:
    """Seconds; 0 for what there is nothing of, and for a moment to come."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
