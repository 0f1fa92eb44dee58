"""Batches of intents that Xero does not permit for now. They stay queued, and are tried again later (F13)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from tieout_connector.pacing import schedule
from tieout_kit.postgres import Tx, queries
from tieout_schemas.reasons import Reason

_SQL = queries.load("tieout_connector", "pauses.sql")


async def add(tx: Tx, tenant_id: UUID, batch_key: str, resource: str, reason: Reason, until: datetime) -> None:
    """Send no intent with this batch key before this moment. `resource`: what Xero does not permit, and why."""
    values = {"tenant_id": tenant_id, "batch_key": batch_key, "resource": resource, "reason": reason.code}
    await tx.db.execute(*_SQL["add"](**values, until=until))


async def read(tx: Tx, tenant_id: UUID) -> Mapping[str, datetime]:
    """By batch key, until when it is paused. A pause that is over stays until a call of its key has succeeded."""
    rows = await tx.db.fetch(*_SQL["read"](tenant_id=tenant_id))
    return {row["batch_key"]: row["until"] for row in rows}


async def remove(tx: Tx, tenant_id: UUID, batch_key: str) -> str | None:
    """Xero permits it now. Returns the resource, if no other pause is left for it."""
    resource: str | None = await tx.db.fetchval(*_SQL["remove"](tenant_id=tenant_id, batch_key=batch_key))
    if resource is None or await tx.db.fetchval(*_SQL["has"](tenant_id=tenant_id, resource=resource)):
        return None
    return resource


async def end_all(tx: Tx, tenant_id: UUID) -> None:
    """Try everything again now: another person has connected."""
    await tx.db.execute(*_SQL["end_all"](tenant_id=tenant_id, now=tx.now))
    await schedule.wake_tenants(tx, [tenant_id])
