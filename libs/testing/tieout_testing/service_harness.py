"""A domain service on a real Postgres, for its tests: they deliver events, send requests, and read its outbox."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from tieout_kit.clock import next_sequence, utc_now
from tieout_kit.domain import Service, Wired
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.http import Keys, edits
from tieout_kit.postgres import Database, Tx
from tieout_kit.records import Sweeper
from tieout_local import keys as local
from tieout_local.logins import DatabaseUrls
from tieout_schemas import topics
from tieout_schemas.events import decode
from tieout_schemas.payload import Payload
from tieout_schemas.platform import Connection, ConnectionState
from tieout_schemas.problem import Problem
from tieout_schemas.roles import Feature
from tieout_schemas.settings import TenantSettings
from tieout_testing.access_sweep import ANA, ServiceApi
from tieout_testing.kafka import envelope_of, wait_until

P = TypeVar("P", bound=Payload)
Work = Callable[[Tx], Awaitable[object]]
_TOPICS = {topic.name: topic for topic in topics.every_topic()}


class ServiceHarness:
    """A service with one tenant, which `connect` connects to Xero."""

    def __init__(
        self,
        database: Database,
        app: FastAPI,
        http: httpx.AsyncClient,
        token: Callable[..., str],
        wired: Wired,
    ) -> None:
        self.database = database
        self.app = app
        self.http = http
        self.token = token
        self.tenant_id = uuid4()
        self.wired = wired
        self._handlers = wired.handlers
        self._sweeper = Sweeper(database, wired.rechecks)

    async def deliver(self, *events: tuple[Payload, int]) -> None:
        """Handle events, each with its sequence, as one batch; then check again the records that waited for them."""
        await self.database.run(self.batch(*events))
        await self.sweep()

    def batch(self, *events: tuple[Payload, int]) -> Work:
        """The handling of a batch of events, to be run in a transaction."""
        incoming = [self._incoming(payload, sequence) for payload, sequence in events]
        return lambda tx: self._handlers.handle(tx, incoming)

    def putting(self, path: str, body: dict[str, Any]) -> Work:
        """A PUT of a new record, to be run in a transaction."""
        plural, record_id = path.split("/")
        reconciler, view = next((r, v) for r in self.wired.reconcilers for v in r.kind.views if v.plural == plural)
        assert view.put
        wanted = view.put.body.model_validate(body)
        request = edits.PutRequest(self.tenant_id, view, UUID(record_id), wanted, ANA, None)
        return lambda tx: edits.put(tx, reconciler, request)

    async def sweep(self) -> None:
        """Check again the records that waited for something that has happened."""
        while await self._sweeper.process_page():
            pass

    async def overlap(self, first: Work, second: Work) -> None:
        """Run both at once: the second starts before the first commits, and runs until it waits for a lock or ends."""
        async with self.database.transaction() as tx:
            await first(tx)
            task = asyncio.create_task(self.database.run(second))

            async def stuck() -> bool:
                return task.done() or await tx.db.fetchval("select count(*) > 0 from pg_locks where not granted")

            await wait_until(stuck, bool, within=5)
        await task
        await self.sweep()

    async def published(self, kind: type[P]) -> list[P]:
        """All events of this type that the service has published so far, in order."""
        return [payload for payload, _ in await self.published_with_sequence(kind)]

    async def published_with_sequence(self, kind: type[P]) -> list[tuple[P, int]]:
        """The same events, each with its sequence."""
        async with self.database.transaction() as tx:
            rows = await tx.db.fetch("select topic, headers, value from outbox order by id")
        headers = [[(name, value.encode("latin-1")) for name, value in row["headers"]] for row in rows]
        events = [decode(_TOPICS[r["topic"]], h, r["value"]) for r, h in zip(rows, headers, strict=True)]
        return [(event.data, event.envelope.sequence) for event in events if isinstance(event.data, kind)]

    async def choose(self, version: int, **chosen: Any) -> None:
        """Change the tenant's settings to these; all others get their defaults."""
        settings = TenantSettings.model_validate({"tenant_id": self.tenant_id, "version": version, **chosen})
        await self.deliver((settings, version))

    async def problems(self) -> list[Problem]:
        """The tenant's open problems, oldest first."""
        found = (await self.get("problems")).json()["items"]
        return [Problem.model_validate(problem) for problem in found]

    async def connect(self, state: ConnectionState = ConnectionState.CONNECTED, sequence: int = 1) -> None:
        """Make the tenant known, by default connected to Xero."""
        await self.deliver((Connection(tenant_id=self.tenant_id, state=state), sequence))

    async def close(self, features: Sequence[Feature]) -> None:
        """Take these features from the tenant's plan."""
        connection = Connection(tenant_id=self.tenant_id, state=ConnectionState.CONNECTED, closed=tuple(features))
        await self.deliver((connection, next_sequence(0, utc_now())))

    async def post(self, path: str, body: dict[str, Any] | None = None, **token: Any) -> httpx.Response:
        """POST under the tenant."""
        return await self.ask("POST", path, body, **token)

    @property
    def service_api(self) -> ServiceApi:
        """The service's HTTP API, for the sweeps."""
        return ServiceApi(self.app, self.tenant_id, self.token, self.close)

    async def put(self, path: str, body: dict[str, Any], etag: str | None = None, **token: Any) -> httpx.Response:
        """PUT under the tenant, as a caller who may do anything there unless `token` restricts it. `etag`: of the state
        to change."""
        return await self.ask("PUT", path, body, {"If-Match": etag} if etag else {}, **token)

    async def change(self, path: str, body: dict[str, Any], **token: Any) -> httpx.Response:
        """PUT over the present state."""
        return await self.put(path, body, (await self.get(path)).headers["ETag"], **token)

    async def get(self, path: str, **token: Any) -> httpx.Response:
        """GET under the tenant."""
        return await self.ask("GET", path, **token)

    async def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **token: Any,
    ) -> httpx.Response:
        """Send a request under the tenant, as a caller who may do anything there unless `token` restricts it."""
        signed = self.token("ana", **{"tenants": [str(self.tenant_id)], **token})
        url = f"/tenants/{self.tenant_id}/{path}"
        sent = {"Authorization": f"Bearer {signed}", **(headers or {})}
        return await self.http.request(method, url, json=body, headers=sent)

    def neighbour(self) -> "ServiceHarness":
        """Another tenant of the same service."""
        return ServiceHarness(self.database, self.app, self.http, self.token, self.wired)

    def _incoming(self, payload: Payload, sequence: int) -> ReceivedEvent[Any]:
        envelope = envelope_of(self.tenant_id, payload, sequence)
        return ReceivedEvent(envelope, payload, Cause(envelope.id, envelope.id, None))


@asynccontextmanager
async def serve(urls: DatabaseUrls, signing: local.SigningKeys, service: Service) -> AsyncIterator[ServiceHarness]:
    """Run the service, with its HTTP API, on a migrated database without rows."""
    database, api_database = (Database(url, service.name, utc_now) for url in (urls.worker, urls.api))
    wired = Wired(service)
    for each in (database, api_database):
        await each.open()
    app = wired.http_app(api_database, Keys(signing.jwks_url, local.ISSUER), every_tenant=database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{service.name}") as http:
        yield ServiceHarness(database, app, http, signing.token, wired)
    async with asyncio.timeout(10):
        for each in (database, api_database):
            await each.close()
