"""No route of the connector shows one tenant what another has (SYS-11)."""

from pathlib import Path
from uuid import uuid4

import pytest

from tieout_connector.app import http_app
from tieout_connector.choices import change_settings
from tieout_connector.connecting import sync_jobs
from tieout_connector.inbound import history, sync_runs
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.inbound.webhooks import WebhookReceiver
from tieout_kit.clock import utc_now
from tieout_kit.http.auth import Keys
from tieout_kit.kafka import KafkaConnection
from tieout_kit.postgres.notifications import Broadcast
from tieout_local import keys as local
from tieout_schemas.payload import RecordRef
from tieout_schemas.problem import Problem, ProblemState
from tieout_testing.access_sweep import ANA, ServiceApi
from tieout_testing.connector import ConnectorHarness, contact_intent
from tieout_testing.tenant_sweep import DEAD_LETTER, add_dead_letter, lists, routes_that_show

pytestmark = pytest.mark.real
NOT_LISTED = {
    # Answers with figures and choices, not with records.
    "/tenants/{tenant_id}/settings",
    "/tenants/{tenant_id}/settings/choices",
    "/tenants/{tenant_id}/usage",
    # Asks Xero, as the tenant's own connection.
    "/tenants/{tenant_id}/xero/contacts",
}


@pytest.mark.rule("SYS-11")
async def test_no_route_shows_one_tenant_what_another_has(harness: ConnectorHarness, tmp_path: Path) -> None:
    """Seen to fail without the tenant in the query of the waiting writes, and of the settings' history."""
    signing, ours, theirs = local.SigningKeys(tmp_path), await harness.tenant(), await harness.tenant()
    app = http_app(
        harness.api_database,
        Keys(signing.jwks_url, local.ISSUER),
        harness.connections,
        WebhookReceiver(KafkaConnection("nowhere:1"), "", 2, "key", utc_now),
        InteractiveAnswers(harness.api_database),
        Broadcast(harness.api_database, sync_runs.CHANNEL),
        2,
        "advanced",
        every_tenant=harness.database,
    )

    async def close(_: object) -> None: ...

    api = ServiceApi(app, ours, signing.token, close)
    intent, now = contact_intent("Kea"), utc_now()
    problem = Problem(
        id=uuid4(), service="bills", record=RecordRef(kind="bill", id=uuid4()), code="not_connected", cause="-",
        params={}, sentence="It waits.", how_to_fix="Connect.", state=ProblemState.OPEN, opened_at=now, last_at=now,
    )  # fmt: skip
    await harness.deliver(intent, problem, tenant_id=ours)
    answer = await harness.database.run(lambda tx: change_settings.change(tx, ANA, ours, 0, {"contact_phone": False}))
    assert answer.version == 1

    await harness.database.run(lambda tx: add_dead_letter(tx, ours, DEAD_LETTER))
    await harness.sql("update connection set state = 'connected'")
    job = await harness.database.run(lambda tx: sync_jobs.start_or_join(tx, ANA, ours))
    # What has ended is not watched for minutes.
    await sync_jobs.end(harness.database, ours, "It was enough.")
    past = await harness.database.run(lambda tx: history.start(tx, ANA, ours, ["bills"], now.date(), None))
    # Who changed the settings shows only in their history.
    marks = [intent.record.id, problem.id, job.id, past.id, DEAD_LETTER, f'"{ANA.sub}"']
    known = {"problem_id": problem.id, "intent_id": intent.intent_id, "job_id": job.id, "import_id": past.id}
    shown = await routes_that_show(api, ours, marks, known)
    assert await routes_that_show(api, theirs, marks, known) == []
    assert set(lists(api)) - set(shown) == NOT_LISTED
