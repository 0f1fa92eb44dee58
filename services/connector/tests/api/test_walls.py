"""A query of the connector that forgets its tenant reaches no other (SYS-11, ADR 29)."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI

from tieout_connector.app import http_app
from tieout_connector.connecting import TokenStore, spare_connections
from tieout_connector.connecting.connections import Connections
from tieout_connector.inbound import InteractiveAnswers, WebhookReceiver, sync_runs
from tieout_connector.xero.identity import XeroIdentity
from tieout_kit.clock import utc_now
from tieout_kit.kafka import KafkaConnection
from tieout_kit.postgres import Broadcast
from tieout_local.logins import DatabaseUrls
from tieout_testing.audit_sweep import unaudited
from tieout_testing.connector import ConnectorHarness
from tieout_testing.tenant_sweep import DEAD_LETTER, add_dead_letter
from tieout_testing.wall import Rehearsal, Stage, WallSweep

from .every_change import every_change
from .people import Platform

pytestmark = [pytest.mark.real, pytest.mark.timeout(250), pytest.mark.rule("SYS-11")]
NOWHERE = "http://127.0.0.1:1"


async def test_a_query_that_forgets_its_tenant_reaches_no_other(platform: Platform, urls: DatabaseUrls) -> None:
    """Seen to fail without the policies: then so many of the spoilt queries reach the other tenant."""
    harness = platform.harness
    # A rehearsal must change nothing at Xero.
    identity = XeroIdentity(harness.client, (NOWHERE, NOWHERE, NOWHERE), "", "", "")

    def app(stage: Stage) -> FastAPI:
        database, api_database = Rehearsal(stage, of_api=False), Rehearsal(stage, of_api=True)
        tokens = TokenStore(database, identity, harness.token_key)
        return http_app(
            api_database,
            platform.app.state.keys,
            Connections(database, identity, tokens, NOWHERE, api_database=api_database),
            WebhookReceiver(KafkaConnection("nowhere:1"), "", 2, "key", utc_now),
            InteractiveAnswers(api_database, patience=timedelta()),
            Broadcast(api_database, sync_runs.CHANNEL),
            2,
            "advanced",
            every_tenant=database,
        )

    service_api = await platform.service_api()
    async with WallSweep.on(urls, "connector", harness.clock(), service_api, app) as sweep:
        assert await unaudited(service_api, await every_change(platform, service_api), sweep.change) == []
        tenant_id = service_api.tenant_id
        await harness.database.run(lambda tx: add_dead_letter(tx, tenant_id, DEAD_LETTER))
        await sweep.read({"resource": "contacts"})

    assert sweep.found.leaks == []
    assert sweep.found.unclear == set()
    assert len(sweep.found.held) >= 55, sweep.found.held


async def test_what_a_persons_tenants_share_is_changed_for_the_requests_tenant_only(harness: ConnectorHarness) -> None:
    """These functions have the owner's rights. Seen to fail without the tenant in them."""
    ours, theirs = await harness.connect(), await harness.connect(await harness.control.create_org("Rimu Ltd"))
    ((tokens,),) = await harness.sql("select distinct token_set_id from connection")

    async with harness.api_database.of_tenant(ours).transaction() as tx:
        assert len(await tx.db.fetch("select * from token_set")) == 1
        await spare_connections.add(tx, theirs, tokens, [connection := uuid4()])
        await harness.tokens.drop_unused(tx)
    assert await harness.sql("select * from spare_connection where xero_connection_id = $1", connection) == []
    assert len(await harness.sql("select * from token_set")) == 1

    async with harness.api_database.of_tenant(uuid4()).transaction() as tx:
        assert await tx.db.fetch("select * from token_set") == []
    for statement in ("delete from token_set", "update token_set set expires_at = now()", "select * from lease"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with harness.api_database.of_tenant(ours).transaction() as tx:
                await tx.db.execute(statement)
