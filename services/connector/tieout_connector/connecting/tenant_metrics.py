"""How each tenant's sync is doing, as metrics. Every process that calls Xero reports all tenants: one is enough."""

from datetime import datetime, timedelta

from tieout_connector import metrics
from tieout_connector.pacing import org_budget_store
from tieout_kit.postgres import Database, Tx, queries
from tieout_schemas.platform import ConnectionState

MEASURE_EVERY = timedelta(seconds=30)

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
        await _measure(tx, day_limit)


async def _measure(tx: Tx, day_limit: int) -> None:
    states = {row["state"]: row["tenants"] for row in await tx.db.fetch(_SQL["states"])}
    tenants = await tx.db.fetch(_SQL["tenants"])
    budgets = await org_budget_store.load_all(tx, [row["tenant_id"] for row in tenants], day_limit)
    # Nothing is awaited from here on, so no reader of the metrics sees half of them.
    for state in ConnectionState:
        metrics.CONNECTIONS.labels(state).set(states.get(state, 0))
    for metric in _OF_A_TENANT:
        metric.clear()
    for row in tenants:
        tenant, budget = str(row["tenant_id"]), budgets[row["tenant_id"]]
        metrics.DAY_LEFT.labels(tenant).set(budget.day_left(tx.now))
        metrics.DAY_LIMIT.labels(tenant).set(budget.day_limit)
        metrics.OVERDUE.labels(tenant).set(_age(tx.now, row["due_at"]))
        metrics.OLDEST_READ.labels(tenant).set(_age(tx.now, row["read_at"]))
        metrics.READS_WAITING.labels(tenant).set(row["reads_waiting"])
        metrics.WRITES_WAITING.labels(tenant).set(row["writes_waiting"])
        metrics.OLDEST_WRITE.labels(tenant).set(_age(tx.now, row["writes_since"]))
        metrics.PROBLEMS.labels(tenant).set(row["problems"])


def _age(now: datetime, since: datetime | None) -> float:
    """Seconds; 0 for what there is nothing of, and for a moment to come."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
