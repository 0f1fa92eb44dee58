"""The order in which every transaction locks, so that no two transactions deadlock.

1. Positions. 2. Parked tenants. 3. Tenants, all at once, in the order of their keys. 4. For one kind after the other:
unlinked records of Xero, our records, problems.

A transaction that checks records holds the tenant's lock shared. So the tenant's facts stay as they are: settings,
connection, copies of other services' records, reference data. A transaction that stores facts holds the lock alone,
stores them and adds sweeps. So no record is held for a reason that is going away at this moment.

Three others hold the lock alone: a sweep, because it returns to a kind after another; a person's link or unlink; and
every transaction of a service whose records are checked against each other (`Kind.serial`).
"""

from collections.abc import Iterable
from uuid import UUID

from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_kit", "locks.sql")


async def tenants(tx: Tx, wanted: Iterable[UUID], *, alone: Iterable[UUID] = ()) -> None:
    """Lock these tenants: shared, or exclusively if in `alone`. Tenants that are locked already are skipped."""
    exclusive = set(alone)
    new = {tenant: tenant in exclusive for tenant in {*wanted, *exclusive} if tenant not in tx.locked}
    if any(tx.locked.get(tenant) is False for tenant in exclusive):
        raise AssertionError("a shared lock is never made exclusive: two transactions that try would deadlock")
    if not new:
        return
    if tx.locked:
        raise AssertionError("all tenants are locked at once: one after the other, two transactions may deadlock")
    await tx.db.execute(*_SQL["tenants"](tenant_ids=list(new), alone=list(new.values())))
    tx.locked.update(new)
