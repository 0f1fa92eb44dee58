"""Connecting a tenant to its Xero organisation: consent, choice, disconnect (CONN-1 to CONN-6)."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from tieout_connector.connecting import store
from tieout_connector.connecting.model import StoredConnection
from tieout_connector.connecting.tokens import TokenStore
from tieout_connector.inbound import listings, sync_runs
from tieout_connector.xero.errors import ConsentLost, XeroError
from tieout_connector.xero.identity import OrgConnection, XeroIdentity
from tieout_kit.cause import Cause
from tieout_kit.errors import Clash, NotFound, Refused, RetryLater
from tieout_kit.http import Caller, audit
from tieout_kit.postgres import Database, Tx
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.roles import Feature


@dataclass(frozen=True, slots=True)
class Back:
    """Where a person is sent after consent, and what came of it."""

    return_to: str | None
    outcome: str

    @property
    def url(self) -> str | None:
        """The page they started from, with `?xero=<outcome>`."""
        if self.return_to is None:
            return None
        page = urlsplit(self.return_to)
        said = urlencode({"xero": self.outcome})
        return urlunsplit(page._replace(query=f"{page.query}&{said}" if page.query else said))


class Connections:
    """What a person and Xero's consent page do to a tenant's connection."""

    def __init__(self, database: Database, identity: XeroIdentity, tokens: TokenStore, platform_url: str) -> None:
        self._database = database
        self._identity = identity
        self._tokens = tokens
        self._platform_url = platform_url.rstrip("/")

    async def consent(self, caller: Caller, tenant_id: UUID, return_to: str | None) -> str:
        """The page where a person consents (CONN-1). Raises Refused for a way back that is not the platform's."""
        if return_to is not None and not f"{return_to}/".startswith(f"{self._platform_url}/"):
            raise Refused(f"return_to must be below {self._platform_url}")
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        async with self._database.transaction() as tx:
            connection = await store.lock(tx, tenant_id)
            if connection.public.open:
                raise Clash(f"already connected to {connection.org_name}; disconnect first")
            await store.start_consent(tx, connection, _hash(state), verifier, return_to, caller.sub)
            changed = await store.change(tx, connection, Cause.request(), state=ConnectionState.AUTHORISING)
            # Also of a second try, which leaves the state as it was: the first one's page is good no more.
            asked = {"state": changed.state, "consent_asked_at": tx.now.isoformat()}
            await audit.note(tx, caller, tenant_id, _record(tenant_id), {"state": connection.state}, asked)
        return self._identity.consent_url(state, verifier)

    async def came_back(self, visitor: Caller, state: str, code: str | None, denied: str | None) -> Back:
        """Xero sends the person back: whoever asked for the consent, as far as we know.

        Raises NotFound for a state that is unknown, used or too old, RetryLater when Xero does not answer: the state
        is good still, and the page may be loaded again.
        """
        # Open while Xero answers, so that the state is used up exactly when its tokens are stored; nobody but a
        # second callback of the same tenant waits for it, and strangers do not get this far.
        async with self._database.transaction() as tx:
            # The new hash is of nothing anybody has, so the state is good once.
            consent = await store.take_consent(tx, _hash(state), secrets.token_bytes(32))
            if consent is None:
                raise NotFound("this consent is unknown, was used already, or took too long; start again")
            caller = replace(visitor, sub=consent.asked_by)
            if code is None:
                # CONN-1: a denied consent leaves the tenant as it was and says so.
                connection = await store.lock(tx, consent.tenant_id)
                await store.end_consent(tx, consent.tenant_id)
                changed = await store.change(tx, connection, Cause.request(), state=consent.state_before)
                await _note(tx, caller, connection, changed)
                return Back(consent.return_to, denied or "denied")
            try:
                fresh = await self._identity.exchange(code, consent.code_verifier, tx.now)
                added = await self._identity.connections(fresh, consent_id=fresh.consent_id)
                # Reconnecting adds no connection where one is left, so then all of the user's are looked at.
                orgs = added or await self._identity.connections(fresh)
            except ConsentLost as error:
                raise Refused(f"Xero refused the code: {error}; start again") from error
            except XeroError as error:
                raise RetryLater(str(error)) from error
            await self._tokens.save(tx, fresh.user_id, fresh)
            candidates = [
                {name: str(value) for name, value in asdict(org).items()} | {"added": bool(added)} for org in orgs
            ]
            await store.keep_candidates(tx, consent.tenant_id, fresh.user_id, candidates)
            connection = await store.lock(tx, consent.tenant_id)
            changed = await store.change(tx, connection, Cause.request(), state=ConnectionState.CHOOSING_ORG)
            await _note(tx, caller, connection, changed)
            return Back(consent.return_to, ConnectionState.CHOOSING_ORG)

    async def choose(self, caller: Caller, tenant_id: UUID, org_id: UUID) -> StoredConnection:
        """The user confirms one organisation; only now anything syncs (CONN-2, CONN-3). Raises Clash, NotFound."""
        async with self._database.transaction() as tx:
            connection = await store.lock(tx, tenant_id)
            consent = await store.read_consent(tx, tenant_id)
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
            # Of two tenants that choose it at this very moment the second waits here, and finds the first.
            await store.lock_org(tx, org_id)
            if await store.bound_to(tx, org_id) not in (None, tenant_id):
                raise Clash(f"{chosen.org_name} is bound to another tenant")
            changed = await store.change(
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
            await store.end_consent(tx, tenant_id)
            await listings.start(tx, tenant_id)
            await sync_runs.abandon(tx, tenant_id)
            # Those of an earlier consent may be another tenant's, who is about to choose.
            others = [
                UUID(c["connection_id"]) for c in consent.candidates if c["added"] and UUID(c["org_id"]) != org_id
            ]
            spare = set(others) - await store.used_connections(tx, others)
        if consent.token_set_id:
            await self._release(consent.token_set_id, spare)
        return changed

    async def disconnect(self, caller: Caller, tenant_id: UUID) -> None:
        """From our side (CONN-5): records stay, waiting writes are held, tokens nobody else uses are dropped."""
        async with self._database.transaction() as tx:
            connection = await store.lock(tx, tenant_id)
        if connection.token_set_id and connection.xero_connection_id:
            await self._release(connection.token_set_id, {connection.xero_connection_id})
        async with self._database.transaction() as tx:
            connection = await store.lock(tx, tenant_id)
            await store.end_consent(tx, tenant_id)
            gone = {"state": ConnectionState.DISCONNECTED, "token_set_id": None, "xero_connection_id": None}
            await _note(tx, caller, connection, await store.change(tx, connection, Cause.request(), **gone))
            await self._tokens.drop_unused(tx)

    async def _release(self, token_set_id: UUID, connection_ids: set[UUID]) -> None:
        """They count toward the plan until removed; one that cannot be removed now is left, and harmless."""
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
    """Make a tenant; one that is there already stays as it is."""
    made = await store.create(tx, tenant_id, name, shard)
    connection = await store.read(tx, tenant_id)
    if made:
        await _note(tx, caller, None, connection)
    return connection


async def put_plan(tx: Tx, caller: Caller, tenant_id: UUID, closed: Collection[Feature]) -> StoredConnection:
    """The features that a tenant's plan does not have; every service refuses them to people from now on (SYS-11)."""
    connection = await store.lock(tx, tenant_id)
    wanted = tuple(feature for feature in Feature if feature in closed)
    if wanted == connection.closed:
        return connection
    changed = await store.change(tx, connection, Cause.request(), closed=wanted)
    await _note(tx, caller, connection, changed)
    return changed
