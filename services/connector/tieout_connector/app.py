"""The composition root: the one place where everything is wired."""

from uuid import UUID

import httpx
from fastapi import FastAPI

from tieout_connector import handlers
from tieout_connector.api import settings as api_settings
from tieout_connector.api import tenants as api_tenants
from tieout_connector.api import usage as api_usage
from tieout_connector.api import writes as api_writes
from tieout_connector.api import xero_records as api_xero_records
from tieout_connector.config import ConnectorSettings
from tieout_connector.connecting import Connections, TokenStore, connection_store
from tieout_connector.gateway import Caller, Folder, Gateway, Leases, Reader, Writer, group_of
from tieout_connector.inbound import InteractiveAnswers, WebhookReceiver
from tieout_connector.kinds import write_kinds
from tieout_connector.pacing import AppBudget, Usage
from tieout_connector.xero.http import XeroApi
from tieout_connector.xero.identity import XeroIdentity
from tieout_kit.clock import Clock, utc_now
from tieout_kit.http import Keys, audit_routes, make_app, operation_routes
from tieout_kit.postgres import Database
from tieout_kit.process import run
from tieout_kit.records import Rechecks
from tieout_schemas.roles import Feature

SERVICE = "connector"
LIMITS = httpx.Limits(max_connections=250, max_keepalive_connections=100)
"""Enough for the app's limit of 10,000 calls a minute, at one and a half seconds each."""


def http_app(
    database: Database,
    keys: Keys,
    connecting: Connections,
    receiver: WebhookReceiver,
    answers: InteractiveAnswers,
    partitions: int,
) -> FastAPI:
    """The HTTP API, and the route for Xero's webhooks."""
    about = "Xero's side: connections, webhooks, settings, problems."

    async def closed(tenant_id: UUID) -> tuple[Feature, ...]:
        async with database.transaction() as tx:
            return (await connection_store.read(tx, tenant_id)).closed

    app = make_app("Tieout connector", about, keys, closed, untraced=frozenset({"/oauth/callback"}))
    app.include_router(api_tenants.routes(database, connecting, partitions))
    app.include_router(api_settings.routes(database))
    app.include_router(api_usage.routes(database))
    app.include_router(api_writes.routes(database))
    app.include_router(api_xero_records.routes(database, answers))
    app.include_router(operation_routes(database, SERVICE))
    app.include_router(audit_routes(database))
    app.add_route("/webhooks/xero", receiver.receive, methods=["POST"], include_in_schema=False)
    return app


def xero_side(
    settings: ConnectorSettings, database: Database, client: httpx.AsyncClient, usage: Usage, clock: Clock
) -> tuple[Gateway, Connections]:
    """The parts that call Xero: the gateway, and the steps of connecting."""
    urls = (settings.xero_api_url, settings.xero_identity_url, settings.xero_login_url)
    identity = XeroIdentity(
        client, urls, settings.xero_client_id, settings.xero_client_secret, settings.xero_redirect_uri
    )
    tokens = TokenStore(database, identity, settings.token_key)
    leases = Leases(settings.partitions)
    app_budget = AppBudget(database, clock)
    api_of_xero = XeroApi(client, settings.xero_api_url)
    caller = Caller(database, api_of_xero, tokens, leases, app_budget, usage, clock, settings.xero_plan)
    writer = Writer(caller, write_kinds(settings.platform_url), Folder(settings.attachments_folder))
    reader = Reader(caller, settings.platform_url, settings.xero_page_size)
    connecting = Connections(database, identity, tokens, settings.platform_url)
    return Gateway(database, leases, caller, writer, reader, clock), connecting


async def main() -> None:
    """Run the connector until SIGTERM."""
    settings = ConnectorSettings()
    database = Database(settings.database_url, SERVICE, utc_now, connections=20)
    # httpx retries nothing. A retry is scheduled; nothing sleeps until it.
    async with httpx.AsyncClient(headers={"User-Agent": "Tieout"}, limits=LIMITS) as client:
        usage = Usage(utc_now)
        gateway, connecting = xero_side(settings, database, client, usage, utc_now)
        receiver = WebhookReceiver(
            settings.kafka, settings.kafka_prefix, settings.partitions, settings.xero_webhook_key, utc_now
        )
        keys = Keys(settings.jwks_url, settings.jwt_issuer)
        answers = InteractiveAnswers(database)
        app = http_app(database, keys, connecting, receiver, answers, settings.partitions)

        async def store_usage() -> None:
            await usage.run(database)

        async def gateway_trouble() -> str | None:
            return gateway.trouble

        consumed = handlers.handlers(group_of(write_kinds(settings.platform_url)))
        parts = [gateway.run, receiver.run, answers.run, store_usage]
        await run(
            settings, SERVICE, database, app, consumed, Rechecks({}, serial=False), parts, {"gateway": gateway_trouble}
        )
