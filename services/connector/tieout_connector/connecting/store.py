"""Tenants' connections and consents: load, save, and say what changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tieout_connector.choices import settings_store
from tieout_connector.connecting.model import Consent, StoredConnection
from tieout_connector.pacing import Org, schedule
from tieout_kit.cause import Cause
from tieout_kit.clock import next_sequence
from tieout_kit.errors import NotFound
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.platform import ConnectionState
from tieout_schemas.topics import CONNECTION

_SQL = queries.load("tieout_connector", "connections.sql")

CONSENT_TERM = timedelta(minutes=30)
"""How long a person may take to consent."""


async def create(tx: Tx, tenant_id: UUID, name: str, shard: int) -> bool:
    """Make a tenant and say so; one that is there already stays as it is, and the answer is no."""
    sequence = next_sequence(0, tx.now)
    new = await tx.db.fetchval(_SQL["create"], tenant_id, name, shard, sequence) is not None
    if new:
        cause = Cause.request()
        made = await read(tx, tenant_id)
        await outbox.add(tx, [outbox.event(tx, CONNECTION, tenant_id, made.public, sequence, cause)])
        await settings_store.create(tx, tenant_id, cause)
        await schedule.make(tx, tenant_id, shard)
    return new


async def read(tx: Tx, tenant_id: UUID) -> StoredConnection:
    """A tenant's connection. Raises NotFound."""
    return _found(await tx.db.fetchrow(_SQL["read"], tenant_id))


async def lock(tx: Tx, tenant_id: UUID) -> StoredConnection:
    """A tenant's connection, about to change. Raises NotFound."""
    return _found(await tx.db.fetchrow(_SQL["lock"], tenant_id))


async def change(tx: Tx, connection: StoredConnection, cause: Cause, **fields: Any) -> StoredConnection:
    """Save a locked connection's new fields and say so."""
    changed = replace(connection, sequence=next_sequence(connection.sequence, tx.now), **fields)
    await tx.db.execute(
        _SQL["change"],
        changed.tenant_id,
        changed.state,
        changed.sequence,
        changed.org_id,
        changed.org_name,
        changed.xero_connection_id,
        changed.token_set_id,
        changed.closed,
    )
    if changed.state != connection.state:
        await schedule.opened(tx, changed.tenant_id, is_open=changed.public.open)
    event = outbox.event(tx, CONNECTION, changed.tenant_id, changed.public, changed.sequence, cause)
    await outbox.add(tx, [event])
    return changed


async def lost(tx: Tx, org: Org, because: str) -> None:
    """Xero does not let us in any more (CONN-6), unless somebody has connected anew meanwhile."""
    connection = await lock(tx, org.tenant_id)
    if connection.public.open and connection.token_set_id == org.token_set_id:
        await change(tx, connection, Cause.request(), state=ConnectionState.CONNECTION_LOST)
        await schedule.lost(tx, org.tenant_id, because)


async def lock_org(tx: Tx, org_id: UUID) -> None:
    """Nobody else binds this organisation until this transaction ends."""
    await tx.db.execute(_SQL["lock_org"], org_id)


async def bound_to(tx: Tx, org_id: UUID) -> UUID | None:
    """The tenant an organisation is bound to."""
    tenant_id: UUID | None = await tx.db.fetchval(_SQL["bound_to"], org_id)
    return tenant_id


async def used_connections(tx: Tx, connection_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these connections of Xero that a tenant uses."""
    rows = await tx.db.fetch(_SQL["used_connections"], list(connection_ids))
    return {row["xero_connection_id"] for row in rows}


async def tenants_of(tx: Tx, org_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The tenant behind each of these organisations that has one."""
    return {row["org_id"]: row["tenant_id"] for row in await tx.db.fetch(_SQL["of_orgs"], list(org_ids))}


async def synced(tx: Tx, tenant_id: UUID) -> None:
    """A read or poll has just succeeded."""
    await tx.db.execute(_SQL["synced"], tenant_id, tx.now)


async def start_consent(
    tx: Tx, connection: StoredConnection, state_hash: bytes, code_verifier: str, return_to: str | None, asked_by: str
) -> None:
    """A person is sent to Xero; the state they come back with is good once."""
    before = await read_consent(tx, connection.tenant_id)
    # A second try before the first came back: what it was before that is what a denial restores.
    state = before.state_before if before else connection.state
    await tx.db.execute(
        _SQL["start_consent"], state_hash, connection.tenant_id, code_verifier, return_to,
        state, tx.now, asked_by,
    )  # fmt: skip


async def take_consent(tx: Tx, state_hash: bytes, never: bytes) -> Consent | None:
    """The consent behind a state, its tenant locked; the state is good no more afterwards."""
    tenant_id = await tx.db.fetchval(_SQL["tenant_of_state"], state_hash)
    if tenant_id is None:
        return None
    # The connection first, then its consent: the order that everybody locks them in.
    await lock(tx, tenant_id)
    oldest: datetime = tx.now - CONSENT_TERM
    row = await tx.db.fetchrow(_SQL["take_consent"], state_hash, never, oldest)
    return _consent(row) if row else None


async def read_consent(tx: Tx, tenant_id: UUID) -> Consent | None:
    """A tenant's consent under way."""
    row = await tx.db.fetchrow(_SQL["read_consent"], tenant_id)
    return _consent(row) if row else None


async def keep_candidates(tx: Tx, tenant_id: UUID, token_set_id: UUID, candidates: list[dict[str, Any]]) -> None:
    """The organisations a consent made reachable, for the user to pick one."""
    await tx.db.execute(_SQL["keep_candidates"], tenant_id, token_set_id, candidates)


async def end_consent(tx: Tx, tenant_id: UUID) -> None:
    """It is over."""
    await tx.db.execute(_SQL["end_consent"], tenant_id)


def _found(row: Any) -> StoredConnection:
    if row is None:
        raise NotFound("no such tenant")
    return StoredConnection.of(row)


def _consent(row: Any) -> Consent:
    return Consent(
        row["tenant_id"],
        row["code_verifier"],
        row["return_to"],
        ConnectionState(row["state_before"]),
        row["token_set_id"],
        row["candidates"] or [],
        row["asked_by"],
    )
