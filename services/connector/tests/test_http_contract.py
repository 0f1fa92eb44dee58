"""The connector's OpenAPI document is true: every answer is listed, every limit holds."""

from pathlib import Path

import pytest

from tieout_connector.app import http_app
from tieout_connector.inbound import sync_runs
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.inbound.webhooks import WebhookReceiver
from tieout_kit.clock import utc_now
from tieout_kit.http.auth import Keys
from tieout_kit.kafka import KafkaConnection
from tieout_kit.postgres.notifications import Broadcast
from tieout_local import keys as local
from tieout_testing.connector import ConnectorHarness
from tieout_testing.http_contract import keeps_its_contract

pytestmark = [pytest.mark.real, pytest.mark.timeout(250)]


@pytest.mark.parametrize("examples", [3, pytest.param(100, marks=pytest.mark.long)])
async def test_every_answer_is_as_the_openapi_document_says(
    harness: ConnectorHarness, tmp_path: Path, examples: int
) -> None:
    signing, tenant_id, answers = (
        local.SigningKeys(tmp_path),
        await harness.tenant(),
        InteractiveAnswers(harness.api_database),
    )
    receiver = WebhookReceiver(KafkaConnection("nowhere:1"), "", 2, "key", utc_now)
    keys = Keys(signing.jwks_url, local.ISSUER)
    changes = Broadcast(harness.api_database, sync_runs.CHANNEL)
    database, api_database = harness.database, harness.api_database
    app = http_app(
        api_database, keys, harness.connections, receiver, answers, changes, 2, "advanced", every_tenant=database
    )

    assert await keeps_its_contract(app, tenant_id, signing.token("ana"), known={}, examples=examples)
