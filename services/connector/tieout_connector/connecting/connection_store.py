"""Tenants' connections: load and save them, and publish changes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from tieout_connector.choices import settings_store
from tieout_connector.connecting.model import StoredConnection
from tieout_connector.pacing import Org, schedule
from tieout_kit.clock import next_sequence
from tieout_kit.errors import NotFound
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.platform import ConnectionState
from tieout_schemas.topics import CONNECTION

_SQL = queries.load("tieout_connector", "connection_store.sql")


async def create(tx: Tx, tenant_id: UUID, name: str, shard: int) -> bool:
    """Create a tenant and publish it. False: it exists already, and stays as it is."""
    sequence = next_sequence(0, tx.now)
    query = _SQL["create"](tenant_id=tenant_id, name=name, shard=shard, sequence=sequence)
    new = await tx.db.fetchval(*query) is not None
    if new:
        cause = Cause.request()
        created = await read(tx, tenant_id)
        await outbox.add(tx, [outbox.event(tx, CONNECTION, tenant_id, created.public, sequence, cause)])
        await settings_store.create(tx, tenant_id, cause)
        await schedule.add_tenant(tx, tenant_id, shard)
    return new


async def read(tx: Tx, tenant_id: UUID) -> StoredConnection:
    """A tenant's connection. Raises NotFound."""
    return _found(await tx.db.fetchrow(*_SQL["read"](tenant_id=tenant_id)))


async def lock(tx: Tx, tenant_id: UUID) -> StoredConnection:
    """A tenant's connection, locked because it is about to change. Raises NotFound."""
    return _found(await tx.db.fetchrow(*_SQL["lock"](tenant_id=tenant_id)))


async def change(tx: Tx, connection: StoredConnection, cause: Cause, **fields: Any) -> StoredConnection:
    """Save new fields of a locked connection, and publish it."""
    changed = replace(connection, sequence=next_sequence(connection.sequence, tx.now), **fields)
    await tx.db.execute(
        *_SQL["change"](
            tenant_id=changed.tenant_id,
            state=changed.state,
            sequence=changed.sequence,
            org_id=changed.org_id,
            org_name=changed.org_name,
            xero_connection_id=changed.xero_connection_id,
            token_set_id=changed.token_set_id,
            closed=changed.closed,
            lost_because=None if changed.public.open else changed.lost_because,
        )
    )
    if changed.state != connection.state:
        await schedule.set_connected(tx, changed.tenant_id, connected=changed.public.open)
    event = outbox.event(tx, CONNECTION, changed.tenant_id, changed.public, changed.sequence, cause)
    await outbox.add(tx, [event])
    return changed


async def mark_lost(tx: Tx, org: Org, because: str) -> None:
    """Xero refuses this connection (CONN-6). Changes nothing if somebody has connected again meanwhile."""
    connection = await lock(tx, org.tenant_id)
    if connection.public.open and connection.token_set_id == org.token_set_id:
        lost = {"state": ConnectionState.CONNECTION_LOST, "lost_because": because}
        await change(tx, connection, Cause.request(), **lost)
        await schedule.connection_lost(tx, org.tenant_id, because)


async def connected_with(tx: Tx, token_set_id: UUID) -> list[UUID]:
    """The connected tenants that use these tokens."""
    return [row["tenant_id"] for row in await tx.db.fetch(*_SQL["connected_with"](token_set_id=token_set_id))]


async def tenants_of(tx: Tx, org_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """By organisation, the tenant that it is bound to. Organisations without one are left out."""
    rows = await tx.db.fetch(*_SQL["tenants_of"](org_ids=list(org_ids)))
    return {row["org_id"]: row["tenant_id"] for row in rows}


async def mark_synced(tx: Tx, tenant_id: UUID) -> None:
    """A read or poll has just succeeded."""
    await tx.db.execute(*_SQL["mark_synced"](tenant_id=tenant_id, now=tx.now))


def _found(row: Any) -> StoredConnection:
    if row is None:
        raise NotFound("no such tenant")
    return StoredConnection.of(row)
