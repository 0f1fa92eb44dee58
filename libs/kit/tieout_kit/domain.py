"""A domain service is declared by its kinds: handlers, routes, rechecks and resending follow from them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, FastAPI

from tieout_kit.clock import utc_now
from tieout_kit.events import ReceivedEvent
from tieout_kit.http import (
    HttpLimits,
    Keys,
    audit_router,
    export_routes,
    link_routes,
    make_app,
    operator_router,
    problem_router,
    record_routes,
    retry_router,
)
from tieout_kit.kafka import Handler, Handlers
from tieout_kit.postgres import Database, Tx
from tieout_kit.process import Consumption, ServiceConfig, every, run
from tieout_kit.records import (
    Copies,
    FactsLoader,
    Recheck,
    Rechecker,
    Rechecks,
    Reconciler,
    ReferenceStore,
    Tenants,
    closed_by_plan,
    locks,
    unhandled,
)
from tieout_kit.sync import Kind
from tieout_schemas.payload import Payload
from tieout_schemas.platform import Connection
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import consumed_by
from tieout_schemas.writes import WriteResult
from tieout_schemas.xero import ReferenceData

RESEND_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True, eq=False)
class Service:
    """What a domain service declares."""

    name: str
    about: str
    """The description of its API."""
    kinds: tuple[Kind[Any, Any], ...]
    reference: tuple[type[ReferenceData], ...] = ()
    """The reference data that it stores."""
    also: tuple[tuple[type[Payload], Callable[["Wired"], Handler]], ...] = ()
    """Hand-written handlers, in addition to those that follow from the kinds."""
    routers: tuple[APIRouter, ...] = ()
    """Hand-written routes."""

    async def run(self) -> None:
        """Run until SIGTERM."""
        config = ServiceConfig()
        database = Database(config.database_url, self.name, utc_now)
        api_database = Database(config.api_database_url, self.name, utc_now)
        wired = Wired(self)
        keys = Keys(config.jwks_url, config.jwt_issuer)
        app = wired.http_app(api_database, keys, every_tenant=database, trace_url=config.trace_url)
        app.state.limits = HttpLimits(config.http_max_body, config.http_rate)

        async def resend() -> None:
            await every(RESEND_INTERVAL, lambda: wired.resend(database))

        consumption = Consumption(config, self.name, database, wired.handlers, wired.rechecks)
        await run(config, self.name, database, app, consumption, [resend], api_database=api_database)


class Wired:
    """A service with its stores, handlers and routes wired together."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._serial = any(kind.serial or kind.match for kind in service.kinds)
        self._copies = Copies(service.kinds)
        self._reference = ReferenceStore(service.reference, service.kinds)
        loader = FactsLoader(self._copies, self._reference)
        self.reconcilers = [Reconciler(kind, loader, serial=self._serial) for kind in service.kinds]

    @property
    def handlers(self) -> Handlers:
        """Facts first, then the records whose rules use them."""
        tenants = Tenants(self.service.kinds)
        facts: list[tuple[tuple[type[Payload], ...], Handler]] = [
            ((Connection,), tenants.connection_changed),
            ((TenantSettings,), tenants.settings_changed),
            (tuple(self._copies.types), self._copies.received),
            (self.service.reference, self._reference.received),
        ]
        own = [((type_,), make(self)) for type_, make in self.service.also]
        records = [((each.kind.snapshot, WriteResult), each.received) for each in self.reconcilers]
        return Handlers(consumed_by(self.service.name), (*facts, *own, *records), self.lock, unhandled.report)

    @property
    def rechecks(self) -> Rechecks:
        """How records are checked again, by kind."""
        by_kind: dict[str, Rechecker] = {each.kind.name: each.check for each in self.reconcilers}
        for snapshot in dict.fromkeys(kind.snapshot for kind in self.service.kinds):
            by_kind[snapshot.kind] = self._xero_only(snapshot)
        by_kind[unhandled.KIND] = unhandled.recheck
        return Rechecks(by_kind, self._serial)

    async def lock(self, tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        """Lock the tenants of a batch: alone if the batch changes their facts, or if the service is serial."""
        facts: set[type[Payload]] = {Connection, TenantSettings, *self._copies.types, *self.service.reference}
        alone = {event.tenant_id for event in events if self._serial or type(event.data) in facts}
        await locks.tenants(tx, {event.tenant_id for event in events}, alone=alone)

    async def resend(self, database: Database) -> None:
        """Publish unanswered intents again."""
        for each in self.reconcilers:
            await database.run(each.resend_unanswered)

    def http_app(
        self, database: Database, keys: Keys, *, every_tenant: Database | None = None, trace_url: str | None = None
    ) -> FastAPI:
        """The HTTP API. `every_tenant`, `trace_url`: as `make_app` takes them."""
        service, closed = self.service, closed_by_plan(database)
        app = make_app(
            f"Tieout {service.name}",
            service.about,
            keys,
            closed,
            database,
            every_tenant=every_tenant,
            rechecks=self.rechecks,
            trace_url=trace_url,
        )
        records = [make(each) for each in self.reconcilers for make in (record_routes, link_routes)]
        records.append(export_routes([kind.name for kind in service.kinds]))
        for router in (*service.routers, *records, retry_router, problem_router, operator_router, audit_router):
            app.include_router(router)
        return app

    def _xero_only(self, snapshot: type[Payload]) -> Rechecker:
        """Checks unlinked records of Xero of one type, which may belong to several kinds."""
        reconcilers = [each for each in self.reconcilers if each.kind.snapshot is snapshot]

        async def check(tx: Tx, asked: Sequence[Recheck]) -> None:
            for each in reconcilers:
                await each.check_xero_only(tx, asked)

        return check
