"""Connecting a tenant to its Xero organisation: consent, choice, disconnect (CONN-1 to CONN-6)."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from uuid import UUID

from tieout_connector.connecting import connection_store, return_address
from tieout_connector.connecting.consent_result import ConsentRefused, ConsentResult, Outcome
from tieout_connector.connecting.model import StoredConnection
from tieout_connector.connecting.tokens import TokenStore
from tieout_connector.inbound import listings, sync_runs
from tieout_connector.outbound import pauses
from tieout_connector.xero.errors import ConsentLost, XeroError
from tieout_connector.xero.identity import OrgConnection, XeroIdentity
from tieout_kit.errors import Clash, NotFound, RetryLater
from tieout_kit.events import Cause
from tieout_kit.http import Caller, audit
from tieout_kit.postgres import Database, Tx
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.roles import Feature

_DECLINED = "access_denied"
"""Xero's `error` for a person who declines (docs/xero.md 1.4)."""


class Connections:
    """The steps of connecting and disconnecting a tenant."""

    def __init__(
        self,
        database: Database,
        identity: XeroIdentity,
        tokens: TokenStore,
        platform_url: str,
        return_origins: Sequence[str] = (),
    ) -> None:
        """`return_origins`: where a consent may return to besides the platform. Raises ValueError for anything else."""
        self._database = database
        self._identity = identity
        self._tokens = tokens
        self.platform_url = platform_url
        self._return_origins = return_address.origins(platform_url, *return_origins)

    async def start_consent(self, caller: Caller, tenant_id: UUID, return_to: str | None) -> str:
        """The address of Xero's consent page (CONN-1). Raises Refused for a `return_to` of another origin."""
        if return_to is not None:
            return_address.check(return_to, self._return_origins)
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        async with self._database.transaction() as tx:
            connection = await connection_store.lock(tx, tenant_id)
            if connection.public.open:
                raise Clash(f"already connected to {connection.org_name}; disconnect first")
            await connection_store.start_consent(tx, connection, _hash(state), verifier, return_to, caller.sub)
            changed = await connection_store.change(tx, connection, Cause.request(), state=ConnectionState.AUTHORISING)
            # A second attempt is audited too, though it leaves the state as it was: it makes the first page invalid.
            asked = {"state": changed.state, "consent_asked_at": tx.now.isoformat()}
            await audit.note(tx, caller, tenant_id, _record(tenant_id), {"state": connection.state}, asked)
        return self._identity.consent_url(state, verifier)

    async def complete_consent(
        self, visitor: Caller, state: str, code: str | None, denied: str | None
    ) -> ConsentResult:
        """Xero sends the person back with a code, or with an error if they denied the consent. The audit names the
        person who started the consent.

        Raises NotFound for a state that is unknown, used or too old, and ConsentRefused. Raises RetryLater when Xero
        does not answer: the state stays valid, and the page may be loaded again.
        """
        # The transaction stays open while Xero answers, so that the state is used up only if its tokens are stored.
        # Only a second callback of the same tenant waits for it; requests with an unknown state do not get this far.
        async with self._database.transaction() as tx:
            # The state works once: its hash is replaced by random bytes, which match no state.
            consent = await connection_store.take_consent(tx, _hash(state), secrets.token_bytes(32))
            if consent is None:
                raise NotFound("this consent is unknown, was used already, or took too long; start again")
            caller = replace(visitor, sub=consent.asked_by)
            connection = await connection_store.lock(tx, consent.tenant_id)
            result = ConsentResult(Outcome.REFUSED, consent.return_to, connection.name)
            if code is None:
                # CONN-1: a denied consent leaves the tenant as it was.
                await connection_store.end_consent(tx, consent.tenant_id)
                changed = await connection_store.change(tx, connection, Cause.request(), state=consent.state_before)
                await _note(tx, caller, connection, changed)
                return replace(result, outcome=Outcome.DENIED if denied == _DECLINED else Outcome.REFUSED)
            try:
                fresh = await self._identity.exchange(code, consent.code_verifier, tx.now)
                added = await self._identity.connections(fresh, consent_id=fresh.consent_id)
                # A consent adds no connection where an earlier one is left. Then all connections of the user are read.
                orgs = added or await self._identity.connections(fresh)
            except ConsentLost as error:
                raise ConsentRefused(f"Xero refused the code: {error}; start again", result) from error
            except XeroError as error:
                raise RetryLater(str(error)) from error
            await self._tokens.save(tx, fresh.user_id, fresh)
            candidates = [
                {name: str(value) for name, value in asdict(org).items()} | {"added": bool(added)} for org in orgs
            ]
            await connection_store.save_candidates(tx, consent.tenant_id, fresh.user_id, candidates)
            changed = await connection_store.change(tx, connection, Cause.request(), state=ConnectionState.CHOOSING_ORG)
            await _note(tx, caller, connection, changed)
            return replace(result, outcome=Outcome.CHOOSING_ORG, orgs=tuple(org.org_name for org in orgs))

    async def choose(self, caller: Caller, tenant_id: UUID, org_id: UUID) -> StoredConnection:
        """The person confirms one organisation. Syncing starts only now (CONN-2, CONN-3). Raises Clash, NotFound."""
        async with self._database.transaction() as tx:
            connection = await connection_store.lock(tx, tenant_id)
            consent = await connection_store.read_consent(tx, tenant_id)
            if connection.state is not ConnectionState.CHOOSING_ORG or consent is None:
                raise Clash("there is no organisation to choose; start with the consent")
            orgs = [
                OrgConnection(UUID(c["connection_id"]), UUID(c["org_id"]), c["org_name"]) for c in consent.candidates
            ]
            chosen = next((org for org in orgs if org.org_id == org_id), None)
            if chosen is None:
                raise NotFound("this consent does not reach that organisation")
            if connection.org_id not in (None, org_id):
                raise Clash(f"this tenant is bound to {connection.org_name}; only it can be connected again")
            # If two tenants choose the organisation at the same time, the second waits here and then finds the first.
            await connection_store.lock_org(tx, org_id)
            if await connection_store.bound_to(tx, org_id) not in (None, tenant_id):
                raise Clash(f"{chosen.org_name} is bound to another tenant")
            changed = await connection_store.change(
                tx,
                connection,
                Cause.request(),
                state=ConnectionState.IMPORTING,
                org_id=org_id,
                org_name=chosen.org_name,
                xero_connection_id=chosen.connection_id,
                token_set_id=consent.token_set_id,
            )
            await _note(tx, caller, connection, changed)
            await connection_store.end_consent(tx, tenant_id)
            await listings.start(tx, tenant_id)
            await pauses.end_all(tx, tenant_id)
            await sync_runs.abandon(tx, tenant_id)
            # Connections of an earlier consent are left: another tenant may be about to choose one of them.
            others = [
                UUID(c["connection_id"]) for c in consent.candidates if c["added"] and UUID(c["org_id"]) != org_id
            ]
            spare = set(others) - await connection_store.used_connections(tx, others)
        if consent.token_set_id:
            await self._release(consent.token_set_id, spare)
        return changed

    async def disconnect(self, caller: Caller, tenant_id: UUID) -> None:
        """Disconnect (CONN-5). Records stay, queued writes wait, tokens that no other tenant uses are deleted."""
        async with self._database.transaction() as tx:
            connection = await connection_store.lock(tx, tenant_id)
        if connection.token_set_id and connection.xero_connection_id:
            await self._release(connection.token_set_id, {connection.xero_connection_id})
        async with self._database.transaction() as tx:
            connection = await connection_store.lock(tx, tenant_id)
            await connection_store.end_consent(tx, tenant_id)
            gone = {"state": ConnectionState.DISCONNECTED, "token_set_id": None, "xero_connection_id": None}
            await _note(tx, caller, connection, await connection_store.change(tx, connection, Cause.request(), **gone))
            await self._tokens.drop_unused(tx)

    async def _release(self, token_set_id: UUID, connection_ids: set[UUID]) -> None:
        """Remove connections in Xero: they count towards the app's plan. One that fails is left, which is harmless."""
        for connection_id in connection_ids:
            try:
                tokens = await self._tokens.access(token_set_id)
                await self._identity.disconnect(tokens.access, connection_id)
            except XeroError:
                continue


def _record(tenant_id: UUID) -> RecordRef:
    return RecordRef(kind=Connection.kind, id=tenant_id)


async def _note(tx: Tx, caller: Caller, before: StoredConnection | None, after: StoredConnection) -> None:
    was = before.public if before else None
    await audit.note(tx, caller, after.tenant_id, _record(after.tenant_id), was, after.public)


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


async def create(tx: Tx, caller: Caller, tenant_id: UUID, name: str, shard: int) -> StoredConnection:
    """Create a tenant; an existing one stays as it is."""
    created = await connection_store.create(tx, tenant_id, name, shard)
    connection = await connection_store.read(tx, tenant_id)
    if created:
        await _note(tx, caller, None, connection)
    return connection


async def put_plan(tx: Tx, caller: Caller, tenant_id: UUID, closed: Collection[Feature]) -> StoredConnection:
    """Set the features that a tenant's plan does not have. Every service refuses requests for them (SYS-11)."""
    connection = await connection_store.lock(tx, tenant_id)
    wanted = tuple(feature for feature in Feature if feature in closed)
    if wanted == connection.closed:
        return connection
    changed = await connection_store.change(tx, connection, Cause.request(), closed=wanted)
    await _note(tx, caller, connection, changed)
    return changed
