"""The connector as tests use it: wired as app.py does it, with the simulated Xero beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
from cryptography.fernet import Fernet

from tieout_connector.connecting import connection_store
from tieout_connector.connecting.connections import Connections
from tieout_connector.connecting.tokens import TokenStore
from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.leases import Leases
from tieout_connector.gateway.lister import Lister
from tieout_connector.gateway.loop import Gateway
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.storage import Folder
from tieout_connector.gateway.writer import Writer, batching_rule
from tieout_connector.handlers import handlers
from tieout_connector.inbound import read_requests
from tieout_connector.inbound.read_requests import ReadRequest
from tieout_connector.kinds import write_kinds
from tieout_connector.outbound import intents
from tieout_connector.pacing.app_budget import AppBudget
from tieout_connector.pacing.model import Org
from tieout_connector.pacing.timing import Timing
from tieout_connector.pacing.usage import Usage
from tieout_connector.xero.http import TIMEOUT, XeroApi
from tieout_connector.xero.identity import XeroIdentity
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.postgres.database import Database
from tieout_schemas import topics
from tieout_schemas.events import decode
from tieout_schemas.payload import Payload
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Lane, WriteResult
from tieout_testing.access_sweep import ANA
from tieout_testing.connector.process import Clock, Process
from tieout_testing.kafka import envelope_of, running, wait_until
from xero_sim import Control
from xero_sim.control_client import RegisteredApp

P = TypeVar("P", bound=Payload)
PLATFORM = "http://localhost:3000"
REDIRECT = "http://localhost:8000/oauth/callback"
SHARDS = 2
QUICK = Timing(renew_every=timedelta(seconds=0.5), look_every_s=0.1)
_TOPICS = {topic.name: topic for topic in topics.every_topic()}


class ConnectorHarness:
    """The connector on a real Postgres, and the simulated Xero beside it. What it publishes is read from its outbox."""

    def __init__(
        self,
        database: Database,
        api_database: Database,
        client: httpx.AsyncClient,
        control: Control,
        app: RegisteredApp,
        clock: Clock,
        folder: Path,
    ) -> None:
        self.folder, self.files = folder, Folder(folder)
        self.database, self.client, self.control, self.app, self.clock = database, client, control, app, clock
        self.api_database = api_database
        urls = (control.url, control.url, control.url)
        self.identity = XeroIdentity(client, urls, app.client_id, app.client_secret or "", REDIRECT)
        self.token_key = Fernet.generate_key().decode()
        self.tokens = TokenStore(database, self.identity, self.token_key)
        self.connections = Connections(database, self.identity, self.tokens, PLATFORM, api_database=api_database)
        self.tenant_id = UUID(int=0)
        self.org_id = ""

    def process(self, page_size: int = 1000, timeout_s: float = TIMEOUT, **timing: Any) -> Process:
        """Wired as app.py does it, quicker than in life. `timing`: fields of Timing."""
        api, leases = XeroApi(self.client, self.control.url, timeout_s), Leases(SHARDS)
        app, chosen = AppBudget(self.database, self.clock), replace(QUICK, **timing)
        caller = XeroCaller(self.database, api, self.tokens, leases, app, Usage(self.clock), self.clock, timing=chosen)
        writer = Writer(caller, write_kinds(PLATFORM), self.files)
        reader = Reader(caller, PLATFORM)
        lister = Lister(caller, PLATFORM, page_size)
        gateway = Gateway(self.database, leases, caller, writer, reader, lister, self.clock)
        return Process(api, leases, caller, writer, reader, lister, gateway)

    async def owner(self, **timing: Any) -> tuple[Process, TenantSession]:
        """A process that owns the tenant's shard, to be led step by step."""
        process = self.process(**timing)
        await process.leases.renew(self.database)
        ((token_set_id, shard),) = await self.sql(
            "select token_set_id, shard from connection where tenant_id = $1", self.tenant_id
        )
        org = Org(self.tenant_id, UUID(self.org_id), token_set_id, shard)
        return process, await process.caller.start(org)

    async def send(self, process: Process, at: TenantSession, lane: Lane = Lane.WRITE) -> None:
        """Send the next batch of a lane."""
        async with self.database.transaction() as tx:
            batch = await intents.next_batch(tx, self.tenant_id, lane, at.in_progress)
        await process.writer.send(at, lane, batch)

    def environment(self) -> dict[str, str]:
        """What the connector as a process of its own must be told to be this one; it needs no Kafka."""
        url = self.control.url
        said = {
            "kafka": "-", "database_url": self.database.url, "api_database_url": self.api_database.url,
            "partitions": SHARDS, "jwks_url": "-", "jwt_issuer": "-",
            "xero_api_url": url, "xero_identity_url": url, "xero_login_url": url, "xero_redirect_uri": REDIRECT,
            "xero_client_id": self.app.client_id, "xero_client_secret": self.app.client_secret, "xero_webhook_key": "-",
            "token_key": self.token_key, "platform_url": PLATFORM, "attachments_folder": self.folder,
        }  # fmt: skip
        return {f"TIEOUT_{name.upper()}": str(value) for name, value in said.items()}

    @asynccontextmanager
    async def working(self, process: Process | None = None) -> AsyncIterator[Process]:
        """A gateway at work inside."""
        process = process or self.process()
        async with running(process.gateway.run()):
            yield process

    # Connecting.

    async def tenant(self, shard: int = 0) -> UUID:
        """A tenant that is not connected."""
        tenant_id = uuid4()
        async with self.database.transaction() as tx:
            await connection_store.create(tx, tenant_id, "Kea Café", shard)
        return tenant_id

    async def consent(
        self, tenant_id: UUID, *org_ids: str, user: str = "ana@example.com", **form: str
    ) -> dict[str, str]:
        """A person starts, and decides on Xero's page; what Xero sends back."""
        return await self.decide(
            await self.connections.start_consent(ANA, tenant_id, None), *org_ids, user=user, **form
        )

    async def decide(self, page: str, *org_ids: str, user: str = "ana@example.com", **form: str) -> dict[str, str]:
        """A person decides on Xero's page; what Xero sends back."""
        url = urlsplit(page)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        sent = {**asked, "user": user, "tenant": list(org_ids), **form}
        answer = await self.client.post(f"{self.control.url}{url.path}", data=sent)
        assert answer.status_code == 302, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    async def connect(self, org_id: str | None = None, tenant_id: UUID | None = None, **form: str) -> UUID:
        """A tenant connected to an organisation; those of the first one are `tenant_id` and `org_id` of the harness."""
        tenant_id = tenant_id or await self.tenant()
        org_id = org_id or await self.control.create_org("Kauri Ltd")
        back = await self.consent(tenant_id, org_id, **form)
        await self.connections.complete_consent(ANA, back["state"], back["code"], None)
        await self.connections.choose(ANA, tenant_id, UUID(org_id))
        if not self.org_id:
            self.tenant_id, self.org_id = tenant_id, org_id
        return tenant_id

    async def standing(self, user: str = "ana@example.com") -> list[str]:
        """The organisations of a person's connections in Xero."""
        tokens = await self.control.connect(self.app.client_id, [], user=user)
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = await self.client.get(f"{self.control.url}/connections", headers=headers)
        return sorted(connection["tenantName"] for connection in answer.json())

    async def connect_idle(self, tenant_id: UUID | None = None) -> UUID:
        """Connected, with nothing to import or poll: only what a test asks for is called."""
        connected = await self.connect(tenant_id=tenant_id)
        await self.sql("delete from feed; update connection set state = 'connected'; update turn set open = true")
        await self.control.clear_ledger()
        return connected

    # Events in and out.

    async def deliver(self, *payloads: Payload, tenant_id: UUID | None = None) -> None:
        """These events arrive: they are handled in one transaction, each by the handler of its type."""
        incoming = []
        for payload in payloads:
            envelope = replace(envelope_of(tenant_id or self.tenant_id, payload, 1), time=self.clock())
            incoming.append(ReceivedEvent(envelope, payload, Cause(envelope.id, envelope.id, None)))
        handle = handlers(batching_rule(write_kinds(PLATFORM))).handle
        await self.database.run(lambda tx: handle(tx, incoming))

    async def ask(self, kind: XeroKind, *xero_ids: str) -> None:
        """Somebody wants these read."""
        async with self.database.transaction() as tx:
            wishes = [ReadRequest(self.tenant_id, kind, UUID(x), tx.now, Cause.request()) for x in xero_ids]
            await read_requests.add(tx, wishes)

    async def published(self, kind: type[P]) -> list[P]:
        """Everything of this type that was published so far, in order."""
        return [data for _, data in await self.events(kind)]

    async def events(self, kind: type[P]) -> list[tuple[int, P]]:
        """The same, each with its sequence."""
        rows = await self.sql("select topic, headers, value from outbox order by id")
        found = []
        for row in rows:
            event = decode(_TOPICS[row["topic"]], [(n, v.encode("latin-1")) for n, v in row["headers"]], row["value"])
            if isinstance(event.data, kind):
                found.append((event.envelope.sequence, event.data))
        return found

    async def results(self, count: int, within: float = 15) -> list[WriteResult]:
        """The results, once there are so many."""
        return await wait_until(lambda: self.published(WriteResult), lambda found: len(found) >= count, within)

    async def until(self, query: str, wanted: object, within: float = 15) -> None:
        """Wait for what a query finds."""

        async def look() -> object:
            return (await self.sql(query))[0][0]

        await wait_until(look, lambda found: found == wanted, within)

    async def poll(self) -> None:
        """Read every list once more. A gateway must be at work."""
        await self.sql("update feed set next_at = now(); update turn set next_at = now()")
        await self.until("select count(*) from feed where next_at <= now()", 0)

    async def sql(self, query: str, *values: object) -> list[Any]:
        """Ask the database."""
        async with self.database.transaction() as tx:
            if values or query.startswith("select"):
                return list(await tx.db.fetch(query, *values))
            await tx.db.execute(query)
            return []

    async def writing_calls(self) -> list[dict[str, Any]]:
        """The calls that asked Xero to write something, in order."""
        return [call for call in await self.control.calls() if call["method"] in ("PUT", "POST", "DELETE")]

    async def xero(self, kind: str, org_id: str | None = None) -> list[dict[str, Any]]:
        """All records of a kind in Xero."""
        return (await self.control.state(org_id or self.org_id, kind))[kind]

    async def their_contact(self, name: str = "Paper Ltd", org_id: str | None = None) -> str:
        """A contact that somebody made in Xero."""
        return await self.control.act(org_id or self.org_id, "create_contact", Name=name)

    async def their_bill(self, contact_id: str, do: str = "create_bill", org_id: str | None = None, **more: Any) -> str:
        """An approved bill that somebody made in Xero."""
        line = {"Description": "Paper", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "453"}
        usual = {"Status": "AUTHORISED", "Date": "2026-09-14", "DueDate": "2026-10-14", "LineItems": [line]}
        contact = {"ContactID": contact_id}
        return await self.control.act(org_id or self.org_id, do, **{**usual, "Contact": contact, **more})
