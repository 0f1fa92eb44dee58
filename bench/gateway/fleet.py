"""A fleet of ten thousand tenants, each connected to an organisation in the simulator, and work for them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
from cryptography.fernet import Fernet

from bench.machine import ROOT
from bench.servers import Servers
from tieout_connector.app import SERVICE
from tieout_connector.connecting import TokenStore, connection_store
from tieout_connector.gateway import batching_rule
from tieout_connector.inbound import ReadRequest, read_requests
from tieout_connector.kinds import write_kinds
from tieout_connector.outbound import intents
from tieout_connector.xero.identity import Tokens, XeroIdentity
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.postgres import Database
from tieout_kit.postgres.migrate import migrate
from tieout_local.ports import answers, free_port
from tieout_local.processes import Child
from tieout_local.spawn import Command
from tieout_schemas.bodies import ContactBody, PaymentBody
from tieout_schemas.payload import RecordRef
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Lane, WriteIntent
from tieout_testing.kafka import envelope_of
from tieout_testing.shared_clock import SharedClock
from xero_sim.control_client import Control

SHARDS = 48
REDIRECT = "http://localhost:8000/oauth/callback"
PLATFORM = "http://localhost:3000"
_CONNECTED = """
update connection c set state = 'connected', org_id = bound.org_id, xero_connection_id = bound.org_id, token_set_id = $3
from unnest($1::uuid[], $2::uuid[]) as bound(tenant_id, org_id) where c.tenant_id = bound.tenant_id"""

_STEP = timedelta(seconds=1)
_PAUSE = 0.01
"""Seconds for the processes to do what is due."""
KINDS = write_kinds("http://localhost")


@dataclass
class Fleet:
    """The tenants, by number. A tenant and its organisation have the same number."""

    database: Database
    control: Control
    clocks: SharedClock
    tenants: list[UUID]
    orgs: list[str]
    contacts: list[str]
    """A contact in each organisation."""
    token: str
    side: Child

    async def advance(self, by: timedelta) -> None:
        """Move all clocks forward in small steps, since a process that saw a minute pass at once would lose its leases.
        Xero's clock is moved first, so that the gateway never counts on more calls than are left."""
        while by > timedelta():
            step = min(by, _STEP)
            await self.control.advance(step)
            self.clocks.set(timedelta(seconds=self.clocks.seconds) + step)
            by -= step
            await asyncio.sleep(_PAUSE)

    async def keep_advancing(self, number: int) -> None:
        """Until cancelled: while a tenant's next call waits, move the clocks to the moment at which it may be sent."""
        while True:
            turn = await self.sql("select next_at from turn where tenant_id = $1", self.tenants[number])
            left = turn - self.clocks.now() if turn else timedelta()
            if left > timedelta():
                await self.advance(left)
            else:
                await asyncio.sleep(_PAUSE)

    async def write(self, wanted: Sequence[tuple[int, WriteIntent]]) -> None:
        """Store intents, each with the number of its tenant, in one transaction."""
        events = []
        for number, intent in wanted:
            envelope = envelope_of(self.tenants[number], intent, 1)
            events.append(ReceivedEvent(envelope, intent, Cause(envelope.id, envelope.id, None)))
        await self.database.run(lambda tx: intents.receive(tx, events, batching_rule(KINDS)))

    async def webhooks(self, numbers: Sequence[int]) -> None:
        """Request that the contact of each of these organisations be read again."""
        async with self.database.transaction() as tx:
            kind, cause = XeroKind.CONTACT, Cause.request()
            wishes = [ReadRequest(self.tenants[n], kind, UUID(self.contacts[n]), tx.now, cause) for n in numbers]
            await read_requests.add(tx, wishes)

    async def sql(self, query: str, *values: object) -> Any:
        """The one value that a query returns."""
        async with self.database.transaction() as tx:
            return await tx.db.fetchval(query, *values)


def contact() -> WriteIntent:
    """A new vendor."""
    return WriteIntent(
        record=RecordRef(kind="vendor", id=uuid4()), effect="main", revision=1, body=ContactBody(name=f"V {uuid4()}")
    )


def payment(bill: str) -> WriteIntent:
    """A payment that a person waits for."""
    body = PaymentBody(
        bill_xero_id=UUID(bill), account_code="090", date=date(2026, 9, 20), amount=Decimal("1.00"), currency="NZD",
        reference=f"P-{uuid4()}",
    )  # fmt: skip
    record = RecordRef(kind="payment", id=uuid4())
    return WriteIntent(record=record, effect="main", revision=1, lane=Lane.PERSON, body=body)


@asynccontextmanager
async def fleet(servers: Servers, size: int) -> AsyncIterator[Fleet]:
    """Connect all tenants and start the gateway, which has nothing to do yet."""
    port = free_port()
    simulator = servers.start("xero_sim", "--port", str(port))
    await asyncio.to_thread(simulator.wait_until, lambda: answers(port), 20)
    url, clocks = f"http://127.0.0.1:{port}", SharedClock(servers.folder / "clocks")
    clocks.set(timedelta())
    database = Database(servers.postgres.create_database("gateway"), SERVICE, clocks.now)
    await database.open()
    await migrate(database, ("tieout_kit", "tieout_connector"))
    async with Control(url, timeout=300) as control, httpx.AsyncClient(trust_env=False) as client:
        app = await control.register_app(redirect_uris=[REDIRECT], plan="advanced")
        orgs = [await control.create_org(f"Org {n}") for n in range(size)]
        contacts = [await control.act(org, "create_contact", Name="Paper Ltd") for org in orgs]
        token = await control.connect(app.client_id, orgs)
        key = Fernet.generate_key().decode()
        identity = XeroIdentity(client, (url, url, url), app.client_id, app.client_secret or "", REDIRECT)
        tokens = TokenStore(database, identity, key)
        tenants = await _connected(database, tokens, token, orgs, clocks)
        settings = {
            "kafka": "-", "database_url": database.url, "api_database_url": database.url,
            "partitions": SHARDS, "jwks_url": "-", "jwt_issuer": "-",
            "xero_api_url": url, "xero_identity_url": url, "xero_login_url": url, "xero_redirect_uri": REDIRECT,
            "xero_client_id": app.client_id, "xero_client_secret": app.client_secret, "xero_webhook_key": "-",
            "token_key": key, "platform_url": PLATFORM,
        }  # fmt: skip
        env = {**os.environ, **{f"TIEOUT_{name.upper()}": str(value) for name, value in settings.items()}}
        module = "bench.gateway.side"
        argv = [sys.executable, "-m", module, str(servers.folder / "clocks")]
        command = Command(module, argv, servers.folder / "logs" / module, ROOT, env, stop_signal=signal.SIGINT)
        side = servers.children.start(command)
        yield Fleet(database, control, clocks, tenants, orgs, contacts, token["access_token"], side)
    await database.close()


async def _connected(
    database: Database, tokens: TokenStore, token: dict[str, Any], orgs: Sequence[str], clocks: SharedClock
) -> list[UUID]:
    """A tenant for each organisation, all with one consent, like a bookkeeper with many clients."""
    tenants, token_set = [uuid4() for _ in orgs], uuid4()
    async with database.transaction() as tx:
        expires_at = clocks.now() + timedelta(seconds=token["expires_in"])
        await tokens.save(tx, token_set, Tokens(token["access_token"], token["refresh_token"], expires_at))
        for number, tenant in enumerate(tenants):
            await connection_store.create(tx, tenant, f"Tenant {number}", number % SHARDS)
        await tx.db.execute(_CONNECTED, tenants, [UUID(org) for org in orgs], token_set)
        await tx.db.execute("update turn set open = true")
    return tenants
