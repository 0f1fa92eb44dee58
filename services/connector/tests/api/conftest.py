"""The app of the connector, and a queue of writes."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from tieout_connector.api import writes as api_writes
from tieout_connector.app import http_app
from tieout_connector.inbound import sync_runs
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.inbound.webhooks import WebhookReceiver
from tieout_kit.clock import utc_now
from tieout_kit.http.app import make_app
from tieout_kit.http.auth import Keys
from tieout_kit.kafka import KafkaConnection
from tieout_kit.postgres.notifications import Broadcast
from tieout_local import keys as local
from tieout_testing.access_sweep import nothing_closed
from tieout_testing.connector import ConnectorHarness

from .people import Platform
from .write_queue import Queue


@pytest_asyncio.fixture
async def platform(harness: ConnectorHarness, signing: local.SigningKeys) -> AsyncIterator[Platform]:
    receiver = WebhookReceiver(KafkaConnection("nowhere:1"), "", 2, "key", utc_now)
    app = http_app(
        harness.api_database,
        Keys(signing.jwks_url, local.ISSUER),
        harness.connections,
        receiver,
        InteractiveAnswers(harness.api_database),
        Broadcast(harness.api_database, sync_runs.CHANNEL),
        2,
        "advanced",
        every_tenant=harness.database,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http:
        yield Platform(harness, app, http, signing)


@pytest_asyncio.fixture
async def queue(harness: ConnectorHarness, signing: local.SigningKeys) -> AsyncIterator[Queue]:
    app = make_app("connector", "", Keys(signing.jwks_url, local.ISSUER), nothing_closed)
    app.state.database = harness.api_database
    app.include_router(api_writes.router)
    await harness.connect_idle()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http:
        yield Queue(harness, http, signing)
