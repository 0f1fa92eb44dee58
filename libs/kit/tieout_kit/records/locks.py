"""The one order in which a transaction locks: positions, parked tenants, tenants; then kind after kind what is kept of
Xero, records, problems.

A transaction that checks records of a tenant holds the tenant's lock shared, so its facts stay as they are: settings,
connection, copies of other services' records, reference data. One that stores facts holds it alone, and only stores
them and adds sweeps. So nothing is held for a reason that is going away at this moment. A sweep, which comes back to a
kind, a person's link, and a service whose records are checked against each other (`Kind.serial`) hold it alone, too.
All tenants are locked at once, in one order, before any record: no two transactions ever wait for each other in a ring.
"""

from collections.abc import Iterable
from uuid import UUID

from tieout_kit.postgres import Tx, queries

_SQL = queries.load("tieout_kit", "locks.sql")


async def tenants(tx: Tx, wanted: Iterable[UUID], *, alone: Iterable[UUID] = ()) -> None:
    """Lock these tenants, shared, or `alone` where they are in both. Those this transaction holds already are left."""
    exclusive = set(alone)
    new = {tenant: tenant in exclusive for tenant in {*wanted, *exclusive} if tenant not in tx.locked}
    if any(tx.locked.get(tenant) is False for tenant in exclusive):
        raise AssertionError("a shared lock is never made exclusive: two that try would wait for each other")
    if not new:
        return
    if tx.locked:
        raise AssertionError("all tenants are locked at once: one after the other, two may wait for each other")
    await tx.db.execute(_SQL["tenants"], list(new), list(new.values()))
    tx.locked.update(new)
