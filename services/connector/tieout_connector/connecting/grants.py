"""What a consent grants: the tokens, the organisations that it reaches, and what becomes of the tenant then."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.connecting import connection_store, consent_store, spare_connections, try_again
from tieout_connector.connecting.consent_result import ConsentRefused, ConsentResult, Outcome
from tieout_connector.connecting.model import Consent, StoredConnection
from tieout_connector.xero.errors import ConsentLost, XeroError
from tieout_connector.xero.identity import OrgConnection, Tokens, XeroIdentity
from tieout_kit.errors import RetryLater
from tieout_kit.events import Cause
from tieout_kit.http import Caller, audit
from tieout_kit.postgres import Database, Tx
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import Connection, ConnectionState

log = structlog.get_logger(__name__)

_DECLINED = "access_denied"
"""Xero's `error` for a person who declines (docs/xero.md 1.4)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The tokens of a consent, and the organisations that it reaches."""

    tokens: Tokens
    orgs: tuple[OrgConnection, ...]
    added: tuple[UUID, ...]
    """The connections in Xero that this consent made. Only these may be given back."""

    @property
    def token_set_id(self) -> UUID:
        """All consents of a person share a token set."""
        return self.tokens.user_id

    @property
    def names(self) -> tuple[str, ...]:
        """The organisations' names."""
        return tuple(org.org_name for org in self.orgs)


async def take(tx: Tx, identity: XeroIdentity, consent: Consent, code: str) -> Grant:
    """Exchange the code. Until the transaction ends, nothing of this person is removed in Xero.

    Raises ConsentRefused, and RetryLater if Xero does not answer.
    """
    try:
        tokens = await identity.exchange(code, consent.code_verifier, tx.now)
        await spare_connections.lock_person(tx, tokens.user_id)
        added = await identity.connections(tokens, consent_id=tokens.consent_id)
        # A consent adds no connection where an earlier one is left. Then all connections of the person are read.
        orgs = added or await identity.connections(tokens)
    except ConsentLost as error:
        tenant = (await connection_store.read(tx, consent.tenant_id)).name
        result = ConsentResult(Outcome.REFUSED, consent.return_to, tenant)
        raise ConsentRefused(f"Xero refused the code: {error}; start again", result) from error
    except XeroError as error:
        # The person sees only that Xero does not answer. A wrong id or secret of the app is for the operator to mend.
        log.warning("a consent cannot be taken yet", tenant=str(consent.tenant_id), error=str(error))
        raise RetryLater(str(error)) from error
    return Grant(tokens, tuple(orgs), tuple(org.connection_id for org in added))


async def settle(
    tx: Tx, caller: Caller, connection: StoredConnection, consent: Consent, granted: Grant | None, error: str | None
) -> ConsentResult:
    """End a consent that a person came back from. The connection is locked, and the tokens are stored."""

    def result(outcome: Outcome, orgs: tuple[str, ...] = ()) -> ConsentResult:
        return ConsentResult(outcome, consent.return_to, connection.name, orgs, connection.org_name)

    if granted is None:
        # CONN-1: a denied consent leaves the tenant as it was.
        await note(tx, caller, connection, await _restore(tx, connection, consent))
        return result(Outcome.DENIED if error == _DECLINED else Outcome.REFUSED)
    if connection.public.open:
        await consent_store.end(tx, connection.tenant_id)
        same = next((org for org in granted.orgs if org.org_id == connection.org_id), None)
        outcome = Outcome.RENEWED if same else Outcome.OTHER_ORG
        if same:
            await use(tx, connection, same, granted.token_set_id)
        ended = {"state": connection.state, "consent": outcome, "organisations": granted.names}
        await audit.note(
            tx, caller, connection.tenant_id, record_of(connection.tenant_id), {"state": connection.state}, ended
        )
        return result(outcome, granted.names)
    candidates = [{name: str(value) for name, value in asdict(org).items()} for org in granted.orgs]
    await consent_store.save_candidates(tx, connection.tenant_id, granted.token_set_id, candidates)
    changed = await connection_store.change(tx, connection, Cause.request(), state=ConnectionState.CHOOSING_ORG)
    await note(tx, caller, connection, changed)
    return result(Outcome.CHOOSING_ORG, granted.names)


async def use(
    tx: Tx, connection: StoredConnection, org: OrgConnection, token_set_id: UUID, **fields: Any
) -> StoredConnection:
    """Reach the tenant's organisation through this connection in Xero from now on. An earlier one is given back."""
    earlier = connection.xero_connection_id
    if earlier and connection.token_set_id and earlier != org.connection_id:
        await spare_connections.add(tx, connection.tenant_id, connection.token_set_id, [earlier])
    return await connection_store.change(
        tx,
        connection,
        Cause.request(),
        org_name=org.org_name,
        xero_connection_id=org.connection_id,
        token_set_id=token_set_id,
        **fields,
    )


async def wake_waiting(database: Database, token_set_id: UUID) -> None:
    """Try again, for all tenants with these tokens, what Xero did not permit: the consent may cover it now.

    A transaction for each, apart from the consent's: a worker may hold a tenant's lists, and wait for its connection.
    """
    async with database.transaction() as tx:
        tenants = await connection_store.connected_with(tx, token_set_id)
    for tenant_id in tenants:
        async with database.transaction() as tx:
            await try_again.all_refused(tx, tenant_id)


async def end_abandoned(tx: Tx, tenant_id: UUID) -> None:
    """End a tenant's consent if it is abandoned: the tenant is as it was before."""
    connection = await connection_store.lock(tx, tenant_id)
    consent = await consent_store.read(tx, tenant_id)
    if consent and tenant_id in await consent_store.abandoned(tx):
        await _restore(tx, connection, consent)


async def _restore(tx: Tx, connection: StoredConnection, consent: Consent) -> StoredConnection:
    await consent_store.end(tx, connection.tenant_id)
    if not connection.consenting:
        # It stayed connected, or was lost or disconnected meanwhile.
        return connection
    return await connection_store.change(tx, connection, Cause.request(), state=consent.state_before)


def record_of(tenant_id: UUID) -> RecordRef:
    """The name of a connection in the audit trail."""
    return RecordRef(kind=Connection.kind, id=tenant_id)


async def note(tx: Tx, caller: Caller, before: StoredConnection | None, after: StoredConnection) -> None:
    """Note a change of a connection in the audit trail."""
    was = before.public if before else None
    await audit.note(tx, caller, after.tenant_id, record_of(after.tenant_id), was, after.public)
