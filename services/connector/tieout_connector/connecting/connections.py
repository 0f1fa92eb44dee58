"""Connecting a tenant to its Xero organisation: consent, choice, disconnect (CONN-1 to CONN-6)."""

import asyncio
import hashlib
import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tieout_connector.connecting import (
    connection_store,
    consent_store,
    grants,
    return_address,
    spare_connections,
    sync_jobs,
    token_rewriting,
    try_again,
)
from tieout_connector.connecting.consent_result import ConsentResult
from tieout_connector.connecting.grants import note, record_of
from tieout_connector.connecting.model import StoredConnection
from tieout_connector.connecting.spare_connections import SpareConnections
from tieout_connector.connecting.tokens import TokenStore
from tieout_connector.inbound import interactive_reads, listings, sync_runs
from tieout_connector.xero.identity import OrgConnection, XeroIdentity
from tieout_kit.errors import Clash, NotFound, RetryLater
from tieout_kit.events import Cause
from tieout_kit.http import Caller, audit
from tieout_kit.postgres import TAKEN, Database, Tx
from tieout_kit.process import every
from tieout_schemas.platform import ConnectionState
from tieout_schemas.roles import Feature

TIDY_EVERY = timedelta(seconds=30)
_NOT_VALID = "this consent is unknown, was used already, or took too long; start again"


class Connections:
    """The steps of connecting and disconnecting a tenant."""

    def __init__(
        self,
        database: Database,
        identity: XeroIdentity,
        tokens: TokenStore,
        platform_url: str,
        return_origins: Sequence[str] = (),
        *,
        api_database: Database | None = None,
    ) -> None:
        """`return_origins`: where a consent may return to besides the platform. Raises ValueError for anything else.

        `api_database`: for what a request does to its tenant; None: `database` is for everything. What follows for
        other tenants, because they share a person's tokens, is done in `database`.
        """
        self._database = database
        self._api_database = api_database or database
        self._identity = identity
        self._tokens = tokens
        self._spare = SpareConnections(database, identity, tokens)
        self.platform_url = platform_url
        self._return_origins = return_address.origins(platform_url, *return_origins)

    async def start_consent(self, caller: Caller, tenant_id: UUID, return_to: str | None) -> str:
        """The address of Xero's consent page (CONN-1). A connected tenant may consent once more: it stays connected.

        Raises Refused for a `return_to` of another origin.
        """
        if return_to is not None:
            return_address.check(return_to, self._return_origins)
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
        async with self._api_database.of_tenant(tenant_id).transaction() as tx:
            connection = changed = await connection_store.lock(tx, tenant_id)
            await consent_store.start(tx, connection, _hash(state), verifier, return_to, caller.sub)
            if not connection.public.open:
                changed = await connection_store.change(
                    tx, connection, Cause.request(), state=ConnectionState.AUTHORISING
                )
            # A second attempt is audited too, though it leaves the state as it was: it makes the first page invalid.
            asked = {"state": changed.state, "consent_asked_at": tx.now.isoformat()}
            await audit.note(tx, caller, tenant_id, record_of(tenant_id), {"state": connection.state}, asked)
        return self._identity.consent_url(state, verifier)

    async def complete_consent(self, visitor: Caller, state: str, code: str | None, error: str | None) -> ConsentResult:
        """Xero sends the person back with a code, or with an error if they declined. The audit names the person who
        started the consent.

        Raises NotFound for a state that is unknown, used or too old, and ConsentRefused. Raises RetryLater when Xero
        does not answer: the state stays valid, and the page may be loaded again.
        """
        state_hash, granted = _hash(state), None
        async with self._database.transaction() as tx:
            tenant_id = await consent_store.tenant_with_state(tx, state_hash)
        if tenant_id is None:
            raise NotFound(_NOT_VALID)
        # The transaction stays open while Xero answers, so that the state is used up only if its tokens are stored. It
        # locks only the state and the person meanwhile: the gateway needs the connection of a tenant that syncs.
        async with self._api_database.of_tenant(tenant_id).transaction() as tx:
            consent = await consent_store.with_state(tx, state_hash)
            if consent is None:
                raise NotFound(_NOT_VALID)
            if code:
                granted = await grants.take(tx, self._identity, consent, code)
                await self._tokens.save(tx, granted.token_set_id, granted.tokens)
                await spare_connections.add(tx, consent.tenant_id, granted.token_set_id, granted.added)
            connection = await connection_store.lock(tx, consent.tenant_id)
            # The state works once: its hash is replaced by random bytes, which match no state.
            taken = await consent_store.take(tx, state_hash, secrets.token_bytes(32))
            if taken:
                caller = replace(visitor, sub=consent.asked_by)
                result = await grants.settle(tx, caller, connection, consent, granted, error)
        with suppress(RetryLater):
            # What is not done now is done by `run`, or tried again within the hour.
            if granted:
                await grants.wake_waiting(self._database, granted.token_set_id)
            await self._spare.release(connection.tenant_id)
        if not taken:
            raise NotFound(_NOT_VALID)
        return result

    async def choose(self, caller: Caller, tenant_id: UUID, org_id: UUID) -> StoredConnection:
        """The person confirms one organisation. Syncing starts only now (CONN-2, CONN-3). Raises Clash, NotFound."""
        async with self._api_database.of_tenant(tenant_id).transaction() as tx:
            connection = await connection_store.lock(tx, tenant_id)
            consent = await consent_store.read(tx, tenant_id)
            if connection.state is not ConnectionState.CHOOSING_ORG or consent is None or consent.token_set_id is None:
                raise Clash("there is no organisation to choose; start with the consent")
            orgs = [
                OrgConnection(UUID(c["connection_id"]), UUID(c["org_id"]), c["org_name"]) for c in consent.candidates
            ]
            chosen = next((org for org in orgs if org.org_id == org_id), None)
            if chosen is None:
                raise NotFound("this consent does not reach that organisation")
            if connection.org_id not in (None, org_id):
                raise Clash(f"this tenant is bound to {connection.org_name}; only it can be connected again")
            # An organisation has one tenant, whoever is first. The others are not seen here.
            try:
                changed = await grants.use(
                    tx, connection, chosen, consent.token_set_id, state=ConnectionState.IMPORTING, org_id=org_id
                )
            except TAKEN as taken:
                raise Clash(f"{chosen.org_name} is bound to another tenant") from taken
            await note(tx, caller, connection, changed)
            await consent_store.end(tx, tenant_id)
            await sync_runs.abandon(tx, tenant_id, "The organisation was connected anew: everything is read again.")
            await listings.start(tx, tenant_id)
            await try_again.all_refused(tx, tenant_id)
        with suppress(RetryLater):
            await self._spare.release(tenant_id)
        return changed

    async def disconnect(self, caller: Caller, tenant_id: UUID) -> None:
        """Disconnect (CONN-5). Records stay, queued writes wait, tokens that no other tenant uses are deleted."""
        async with self._api_database.of_tenant(tenant_id).transaction() as tx:
            connection = await connection_store.lock(tx, tenant_id)
            await consent_store.end(tx, tenant_id)
            if connection.token_set_id and connection.xero_connection_id:
                await spare_connections.add(tx, tenant_id, connection.token_set_id, [connection.xero_connection_id])
            gone = {"state": ConnectionState.DISCONNECTED, "token_set_id": None, "xero_connection_id": None}
            await note(tx, caller, connection, await connection_store.change(tx, connection, Cause.request(), **gone))
            await self._tokens.drop_unused(tx)
        with suppress(RetryLater):
            await sync_jobs.end(
                self._api_database.of_tenant(tenant_id), tenant_id, "The organisation was disconnected from Xero."
            )
            await self._spare.release(tenant_id)

    async def tidy(self) -> None:
        """End abandoned consents and syncs that cannot go on, delete answers that nobody fetched, and remove the
        connections in Xero that nobody needs."""
        async with self._database.transaction() as tx:
            abandoned = await consent_store.abandoned(tx)
            await interactive_reads.purge(tx)
        for tenant_id in abandoned:
            async with self._database.transaction() as tx:
                await grants.end_abandoned(tx, tenant_id)
                await self._tokens.drop_unused(tx)
        await sync_jobs.end_overdue(self._database)
        await self._spare.release()

    async def missing_scopes(self, tx: Tx, connection: StoredConnection) -> list[str]:
        """The scopes that a connected tenant's consent lacks: what needs them waits until somebody consents again."""
        if connection.token_set_id is None or not connection.public.open:
            return []
        return (await self._tokens.stored(tx, connection.token_set_id)).missing_scopes

    async def run(self) -> None:
        """Tidy up and bring stored tokens under the newest key now and then, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(every(TIDY_EVERY, self.tidy))
            group.create_task(token_rewriting.run(self._database, self._tokens.cipher))


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


async def create(tx: Tx, caller: Caller, tenant_id: UUID, name: str, shard: int) -> StoredConnection:
    """Create a tenant; an existing one stays as it is."""
    created = await connection_store.create(tx, tenant_id, name, shard)
    connection = await connection_store.read(tx, tenant_id)
    if created:
        await note(tx, caller, None, connection)
    return connection


async def put_plan(tx: Tx, caller: Caller, tenant_id: UUID, closed: Collection[Feature]) -> StoredConnection:
    """Set the features that a tenant's plan does not have. Every service refuses requests for them (SYS-11)."""
    connection = await connection_store.lock(tx, tenant_id)
    wanted = tuple(feature for feature in Feature if feature in closed)
    if wanted == connection.closed:
        return connection
    changed = await connection_store.change(tx, connection, Cause.request(), closed=wanted)
    await note(tx, caller, connection, changed)
    return changed
