"""Consents under way: a tenant has at most one, the latest."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tieout_connector.connecting.model import Consent, StoredConnection
from tieout_kit.postgres import Tx, queries
from tieout_schemas.platform import ConnectionState

_SQL = queries.load("tieout_connector", "consent_store.sql")

CONSENT_TERM = timedelta(minutes=30)
"""How long a person may take to consent."""
CHOICE_TERM = timedelta(days=1)
"""How long a person may take to consent and to confirm the organisation."""


async def start(
    tx: Tx, connection: StoredConnection, state_hash: bytes, code_verifier: str, return_to: str | None, asked_by: str
) -> None:
    """A person is sent to Xero's consent page. The state that they come back with works once."""
    before = await read(tx, connection.tenant_id)
    # On a second attempt, a denial restores the state before the first one.
    state = before.state_before if before and connection.consenting else connection.state
    await tx.db.execute(
        *_SQL["start"](
            state_hash=state_hash,
            tenant_id=connection.tenant_id,
            code_verifier=code_verifier,
            return_to=return_to,
            state_before=state,
            now=tx.now,
            asked_by=asked_by,
        )
    )


async def with_state(tx: Tx, state_hash: bytes) -> Consent | None:
    """The consent with this state. A second return with the same state waits until this transaction ends."""
    await tx.db.execute(*_SQL["lock_state"](state_hash=state_hash))
    row = await tx.db.fetchrow(*_SQL["with_state"](state_hash=state_hash, oldest=tx.now - CONSENT_TERM))
    return _consent(row) if row else None


async def tenant_with_state(tx: Tx, state_hash: bytes) -> UUID | None:
    """The tenant that this state belongs to: whoever comes back from Xero names no other."""
    query = _SQL["tenant_with_state"](state_hash=state_hash, oldest=tx.now - CONSENT_TERM)
    tenant_id: UUID | None = await tx.db.fetchval(*query)
    return tenant_id


async def take(tx: Tx, state_hash: bytes, used_hash: bytes) -> bool:
    """Replace the state's hash, so that it works only once. False: a later consent has taken its place. The tenant's
    connection must be locked: everybody locks it first, then its consent, so there is no deadlock."""
    return await tx.db.fetchval(*_SQL["take"](state_hash=state_hash, used_hash=used_hash)) is not None


async def read(tx: Tx, tenant_id: UUID) -> Consent | None:
    """A tenant's consent under way."""
    row = await tx.db.fetchrow(*_SQL["read"](tenant_id=tenant_id))
    return _consent(row) if row else None


async def save_candidates(tx: Tx, tenant_id: UUID, token_set_id: UUID, candidates: list[dict[str, Any]]) -> None:
    """Save the organisations that a consent made reachable. The person chooses one of them."""
    await tx.db.execute(*_SQL["save_candidates"](tenant_id=tenant_id, token_set_id=token_set_id, candidates=candidates))


async def end(tx: Tx, tenant_id: UUID) -> None:
    """Delete a tenant's consent under way."""
    await tx.db.execute(*_SQL["end"](tenant_id=tenant_id))


async def abandoned(tx: Tx) -> list[UUID]:
    """The tenants whose consent nobody came back from, or where nobody confirmed the organisation."""
    oldest = {"oldest_consent": tx.now - CONSENT_TERM, "oldest_choice": tx.now - CHOICE_TERM}
    return [row["tenant_id"] for row in await tx.db.fetch(*_SQL["abandoned"](**oldest))]


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
