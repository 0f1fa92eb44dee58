"""The composition root: the one place where everything is wired."""

from datetime import timedelta
from uuid import UUID

import httpx
from fastapi import FastAPI

from tieout_connector import api, handlers
from tieout_connector.config import ConnectorSettings
from tieout_connector.connecting import RECHECKS, Connections, TokenStore, connection_store, tenant_metrics
from tieout_connector.gateway import Folder, Gateway, Leases, Lister, Reader, Writer, XeroCaller, batching_rule
from tieout_connector.inbound import (
    WEBHOOK_PATH,
    InteractiveAnswers,
    WebhookReceiver,
    listings,
    sync_runs,
    webhook_health,
)
from tieout_connector.kinds import write_kinds
from tieout_connector.pacing import PLANS, TIMING, AppBudget, Timing, Usage
from tieout_connector.xero.http import XeroApi
from tieout_connector.xero.identity import XeroIdentity
from tieout_kit.clock import Clock, utc_now
from tieout_kit.http import HttpLimits, Keys, make_app
from tieout_kit.postgres import Broadcast, Database
from tieout_kit.process import Consumption, every, run
from tieout_schemas.roles import Feature

SERVICE = "connector"
NEW_LISTS_EVERY = timedelta(hours=1)
"""After an upgrade the first time is what counts; later a process of an older version may have connected a tenant."""
LIMITS = httpx.Limits(max_connections=250, max_keepalive_connections=100)
"""Enough for the app's limit of 10,000 calls a minute, at one and a half seconds each."""


def http_app(
    database: Database,
    keys: Keys,
    connecting: Connections,
    receiver: WebhookReceiver,
    answers: InteractiveAnswers,
    sync_changes: Broadcast,
    partitions: int,
    plan: str,
    *,
    every_tenant: Database | None = None,
) -> FastAPI:
    """The HTTP API, and the route for Xero's webhooks. `every_tenant`: as `make_app` takes it."""
    about = "Xero's side: connections, webhooks, settings, problems."

    async def closed(tenant_id: UUID) -> tuple[Feature, ...]:
        async with database.of_tenant(tenant_id).transaction() as tx:
            return (await connection_store.read(tx, tenant_id)).closed

    # A consent carries a secret in its query; the webhook receiver makes its own span.
    untraced = frozenset({"/oauth/callback", WEBHOOK_PATH})
    app = make_app(
        "Tieout connector",
        about,
        keys,
        closed,
        database,
        every_tenant=every_tenant,
        find_tenant=connection_store.read,
        rechecks=RECHECKS,
        untraced=untraced,
        unlimited=frozenset({WEBHOOK_PATH}),
    )
    api.add_routes(app, connecting, receiver, answers, sync_changes, partitions, plan)
    return app


def xero_side(
    settings: ConnectorSettings,
    database: Database,
    client: httpx.AsyncClient,
    usage: Usage,
    clock: Clock,
    timing: Timing = TIMING,
    *,
    api_database: Database | None = None,
) -> tuple[Gateway, Connections]:
    """The parts that call Xero: the gateway, and the steps of connecting. `api_database`: as `Connections` takes it."""
    urls = (settings.xero_api_url, settings.xero_identity_url, settings.xero_login_url)
    identity = XeroIdentity(
        client, urls, settings.xero_client_id, settings.xero_client_secret, settings.xero_redirect_uri
    )
    tokens = TokenStore(database, identity, settings.token_key)
    leases = Leases(settings.partitions)
    app_budget = AppBudget(database, clock)
    api_of_xero = XeroApi(client, settings.xero_api_url)
    caller = XeroCaller(database, api_of_xero, tokens, leases, app_budget, usage, clock, settings.xero_plan, timing)
    writer = Writer(caller, write_kinds(settings.platform_url), Folder(settings.attachments_folder))
    reader = Reader(caller, settings.platform_url)
    lister = Lister(caller, settings.platform_url, settings.xero_page_size)
    return_origins = [origin.strip() for origin in settings.return_origins.split(",") if origin.strip()]
    connecting = Connections(
        database, identity, tokens, settings.platform_url, return_origins, api_database=api_database
    )
    return Gateway(database, leases, caller, writer, reader, lister, clock), connecting


async def main() -> None:
    """Run the connector until SIGTERM."""
    settings = ConnectorSettings()
    database = Database(settings.database_url, SERVICE, utc_now, connections=20)
    api_database = Database(settings.api_database_url, SERVICE, utc_now, connections=20)
    # httpx retries nothing. A retry is scheduled; nothing sleeps until it.
    async with httpx.AsyncClient(headers={"User-Agent": "Tieout"}, limits=LIMITS) as client:
        usage = Usage(utc_now)
        gateway, connecting = xero_side(settings, database, client, usage, utc_now, api_database=api_database)
        receiver = WebhookReceiver(
            settings.kafka_connection, settings.kafka_prefix, settings.partitions, settings.xero_webhook_key, utc_now
        )
        keys = Keys(settings.jwks_url, settings.jwt_issuer)
        answers = InteractiveAnswers(api_database)
        sync_changes = Broadcast(api_database, sync_runs.CHANNEL)
        partitions, plan = settings.partitions, settings.xero_plan
        app = http_app(
            api_database, keys, connecting, receiver, answers, sync_changes, partitions, plan, every_tenant=database
        )
        app.state.limits = HttpLimits(settings.http_max_body, settings.http_rate)

        async def store_usage() -> None:
            await usage.run(database)

        async def start_new_lists() -> None:
            await every(NEW_LISTS_EVERY, lambda: database.run(listings.start_new))

        async def watch_webhooks() -> None:
            await every(webhook_health.CHECK_EVERY, lambda: webhook_health.check(database))

        async def measure_tenants() -> None:
            await every(tenant_metrics.MEASURE_EVERY, lambda: tenant_metrics.measure(database, PLANS[plan]))

        async def gateway_trouble() -> str | None:
            return gateway.trouble

        web = [receiver.run, answers.run, sync_changes.run]
        sync = [gateway.run, store_usage, connecting.run, watch_webhooks, start_new_lists, measure_tenants]
        if settings.role == "web":
            await run(
                settings, SERVICE, database, app, None, web,
                api_database=api_database, before_serving=receiver.reached_kafka,
            )  # fmt: skip
            return
        consumed = handlers.handlers(batching_rule(write_kinds(settings.platform_url)))
        consumption = Consumption(settings, SERVICE, database, consumed, RECHECKS)
        trouble = {"gateway": gateway_trouble}
        if settings.role == "sync":
            await run(settings, SERVICE, database, None, consumption, sync, trouble, api_database=api_database)
        else:
            await run(
                settings, SERVICE, database, app, consumption, [*web, *sync], trouble,
                api_database=api_database, before_serving=receiver.reached_kafka,
            )  # fmt: skip
