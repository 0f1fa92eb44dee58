"""The composition root: the one place where everything is wired."""

from uuid import UUID

import httpx
from fastapi import FastAPI

from tieout_connector import api, api_settings, handlers, store
from tieout_connector.connections import Connections
from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.gateway import Gateway
from tieout_connector.gateway.kinds import kinds
from tieout_connector.gateway.leases import Leases
from tieout_connector.gateway.lookup import Lookup
from tieout_connector.gateway.reader import Reader
from tieout_connector.gateway.writer import Writer
from tieout_connector.settings import ConnectorSettings
from tieout_connector.tokens import TokenStore
from tieout_connector.webhooks import Receiver
from tieout_connector.xero.http import XeroApi
from tieout_connector.xero.identity import XeroIdentity
from tieout_kit.audit_routes import audit_routes
from tieout_kit.auth import Keys
from tieout_kit.clock import utc_now
from tieout_kit.http import make_app
from tieout_kit.operations import operation_routes
from tieout_kit.postgres import Database
from tieout_kit.service import run
from tieout_schemas.roles import Feature

SERVICE = "connector"


def http_app(database: Database, keys: Keys, connecting: Connections, receiver: Receiver, partitions: int) -> FastAPI:
    """All that is served over HTTP."""
    about = "Xero's side: connections, webhooks, settings, problems."

    async def closed(tenant_id: UUID) -> tuple[Feature, ...]:
        async with database.transaction() as tx:
            return (await store.read(tx, tenant_id)).closed

    app = make_app("Tieout connector", about, keys, closed, untraced=frozenset({"/oauth/callback"}))
    app.include_router(api.routes(database, connecting, partitions))
    app.include_router(api_settings.routes(database))
    app.include_router(operation_routes(database, SERVICE))
    app.include_router(audit_routes(database))
    app.add_route("/webhooks/xero", receiver.receive, methods=["POST"], include_in_schema=False)
    return app


async def main() -> None:
    """Run the connector until SIGTERM."""
    settings = ConnectorSettings()
    database = Database(settings.database_url, SERVICE, utc_now, connections=20)
    # httpx retries nothing, and nothing here sleeps on a retry: it is scheduled.
    async with httpx.AsyncClient(headers={"User-Agent": "Tieout"}) as client:
        urls = (settings.xero_api_url, settings.xero_identity_url, settings.xero_login_url)
        identity = XeroIdentity(
            client, urls, settings.xero_client_id, settings.xero_client_secret, settings.xero_redirect_uri
        )
        tokens = TokenStore(database, identity, settings.token_key)
        leases = Leases(settings.partitions)
        caller = Caller(database, XeroApi(client, settings.xero_api_url), tokens, leases)
        table = kinds(settings.platform_url)
        writer = Writer(
            database, caller, table, Lookup(database, caller, table, settings.platform_url), settings.platform_url
        )
        reader = Reader(database, caller, table, settings.xero_page_size)
        gateway = Gateway(database, leases, caller, writer, reader, utc_now)
        receiver = Receiver(
            settings.kafka, settings.kafka_prefix, settings.partitions, settings.xero_webhook_key, utc_now
        )

        connecting = Connections(database, identity, tokens, settings.platform_url)
        keys = Keys(settings.jwks_url, settings.jwt_issuer)
        app = http_app(database, keys, connecting, receiver, settings.partitions)

        async def calling() -> str | None:
            return gateway.trouble

        await run(
            settings, SERVICE, database, app, handlers.HANDLERS, {}, [gateway.run, receiver.run], {"gateway": calling}
        )
