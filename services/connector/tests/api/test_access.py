"""Who may do what, what the audit trail keeps, and what is refused (SYS-11)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_connector.inbound import resource_problems, webhooks
from tieout_kit.events import Cause
from tieout_schemas.platform import Connection
from tieout_schemas.settings import TenantSettings
from tieout_testing.access_sweep import ANA, leaks_existence, wrongly_admitted_or_refused
from tieout_testing.audit_sweep import Change, operator_changes, problem_changes, unaudited
from tieout_testing.connector import contact_intent

from .people import PLATFORM, ROUTES, VIEWER, Platform

pytestmark = pytest.mark.real


@pytest.mark.rule("SYS-11")
async def test_every_route_lets_in_whom_it_declares_and_nobody_else(platform: Platform) -> None:
    assert await wrongly_admitted_or_refused(await platform.service_api()) == []


@pytest.mark.rule("SYS-11")
async def test_a_stranger_cannot_tell_whether_a_tenant_exists(platform: Platform) -> None:
    assert await leaks_existence(await platform.service_api()) == []


@pytest.mark.rule("SYS-11")
async def test_every_change_by_a_person_is_in_the_audit_trail(platform: Platform) -> None:
    harness, service_api = platform.harness, await platform.service_api()
    org_id = await harness.control.create_org("Kauri Ltd")

    async def another() -> dict[str, object]:
        return {"tenant_id": uuid4()}

    async def consent() -> None:
        back = await harness.consent(service_api.tenant_id, org_id)
        await harness.connections.complete_consent(ANA, back["state"], back["code"], None)

    async def write() -> dict[str, object]:
        intent = contact_intent("Kea")
        await harness.sql("update connection set state = 'connected'")
        await harness.deliver(intent, tenant_id=service_api.tenant_id)
        return {"intent_id": intent.intent_id}

    past = {"kinds": ["bills"], "from_date": "2025-01-01", "to_date": "2025-12-31"}

    async def importing() -> dict[str, object]:
        await harness.sql("update connection set state = 'connected'")
        admin = service_api.token("ana", ["*"], ["admin"])
        url = f"/tenants/{service_api.tenant_id}/history/imports"
        answer = await platform.http.post(url, json=past, headers={"Authorization": f"Bearer {admin}"})
        return {"import_id": answer.json()["id"]}

    async def may_import() -> None:
        await harness.sql("update connection set state = 'connected'; delete from history_import")

    async def connected() -> None:
        await harness.sql("update connection set state = 'connected'; update feed set importing = false")

    async def syncing() -> dict[str, object]:
        await connected()
        admin = service_api.token("ana", ["*"], ["admin"])
        url = f"/tenants/{service_api.tenant_id}/sync"
        answer = await platform.http.post(url, headers={"Authorization": f"Bearer {admin}"})
        return {"job_id": answer.json()["id"]}

    async with harness.database.transaction() as tx:
        tenant_id, reading = service_api.tenant_id, resource_problems.READ
        await resource_problems.not_permitted(tx, tenant_id, "TaxRates", reading, Cause.request())
    changes = {
        "PUT /tenants/{tenant_id}": [Change({"name": "Kea Café"}, another, makes=True)],
        "PUT /tenants/{tenant_id}/plan": [Change({"closed": ["payments"]}), Change({"closed": []})],
        "POST /tenants/{tenant_id}/connection/consent": [Change({}, always=True)],
        "PUT /tenants/{tenant_id}/connection/organisation": [Change({"org_id": org_id}, consent)],
        "DELETE /tenants/{tenant_id}/connection": [Change()],
        "POST /tenants/{tenant_id}/history/imports": [Change(past, may_import, makes=True)],
        "DELETE /tenants/{tenant_id}/history/imports/{import_id}": [Change(first=importing)],
        "POST /tenants/{tenant_id}/sync": [Change(first=connected, makes=True)],
        "DELETE /tenants/{tenant_id}/sync/{job_id}": [Change(first=syncing)],
        "PATCH /tenants/{tenant_id}/settings": [Change({"version": 0, "changes": {"approved_only_bills": True}})],
        "POST /tenants/{tenant_id}/settings/preview": [],  # saves nothing
        "POST /tenants/{tenant_id}/writes/{intent_id}/cancel": [Change(first=write)],
        "POST /tenants/{tenant_id}/writes/{intent_id}/retry": [Change(first=write, always=True)],
        **problem_changes(service_api),
        **operator_changes(harness.database, service_api.tenant_id),
    }

    assert await unaudited(service_api, changes) == []


@pytest.mark.rule("SYS-11")
async def test_the_plan_is_told_to_every_service_and_is_as_it_was_last_set(platform: Platform) -> None:
    tenant_id, route = await platform.harness.tenant(), "PUT /tenants/{t}/plan"

    for closed in (["settings", "payments"], ["payments", "settings", "settings"], ["audit"], []):
        assert (await platform.ask(route, tenant_id, PLATFORM, body={"closed": closed})).status_code == 200
    wrong = await platform.ask(route, tenant_id, PLATFORM, body={"closed": ["invoicing"]})

    said = [one.closed for one in await platform.harness.published(Connection)]
    assert said == [(), ("payments", "settings"), ("audit",), ()]
    assert (wrong.status_code, "closed" in wrong.json()["title"]) == (422, True)


@pytest.mark.rule("SYS-11")
async def test_a_plan_closes_a_feature_at_once_and_its_reads_go_on(platform: Platform) -> None:
    tenant_id = await platform.harness.tenant()
    await platform.ask("PUT /tenants/{t}/plan", tenant_id, PLATFORM, body={"closed": ["settings"]})

    refused = await platform.ask("PATCH /tenants/{t}/settings", tenant_id)

    assert (refused.status_code, refused.json()["title"]) == (
        403,
        "the plan does not have settings; ask the platform's support for it",
    )
    assert (await platform.ask("GET /tenants/{t}/settings", tenant_id, VIEWER)).status_code == 200
    assert (await platform.ask("GET /tenants/{t}/connection", tenant_id, VIEWER)).json()["closed"] == ["settings"]


async def test_an_unknown_tenant_is_404(platform: Platform) -> None:
    routes = [route for route in ROUTES if route != "PUT /tenants/{t}"]

    answers = {route: await platform.ask(route, uuid4(), PLATFORM, of="*") for route in routes}

    assert {r: (a.status_code, a.json()["title"]) for r, a in answers.items()} == dict.fromkeys(
        routes, (404, "no such tenant")
    )


async def test_a_wrong_body_is_422_and_names_the_field(platform: Platform) -> None:
    tenant_id = await platform.harness.tenant()
    wrong: list[tuple[str, Any, str]] = [
        ("PUT /tenants/{t}", {"name": ""}, "name"),
        ("PUT /tenants/{t}", {"nam": "Kea"}, "nam"),
        ("PUT /tenants/{t}/connection/organisation", {"org_id": "x"}, "org_id"),
        ("PATCH /tenants/{t}/settings", {"version": 0, "outbound_payments": True}, "outbound_payments"),
        ("PATCH /tenants/{t}/settings", {"version": -1, "changes": {}}, "version"),
        ("PATCH /tenants/{t}/settings", {"version": 0}, "changes"),
        ("POST /tenants/{t}/connection/consent", {"return_to": 7}, "return_to"),
    ]

    for route, body, field in wrong:
        answer = await platform.ask(route, tenant_id, PLATFORM, body=body)
        assert (answer.status_code, field in answer.json()["title"]) == (422, True), answer.text


async def test_a_tenant_made_twice_stays_as_it_is(platform: Platform) -> None:
    tenant_id = uuid4()
    first = await platform.ask("PUT /tenants/{t}", tenant_id, PLATFORM, of="*")
    again = await platform.ask("PUT /tenants/{t}", tenant_id, PLATFORM, of="*", body={"name": "Other"})

    assert first.json() == again.json()
    assert len(await platform.harness.published(TenantSettings)) == 1


async def test_no_secret_is_in_a_log_line_or_an_error(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    harness = platform.harness
    await harness.connect()
    ((token_set,),) = await harness.sql("select id from token_set")
    tokens = await harness.tokens.access(token_set)
    await harness.control.add_fault("500", times=2)
    await harness.control.disconnect(harness.org_id)
    async with harness.working():
        await harness.until("select state from connection", "connection_lost")
    wrong = await platform.http.get("/oauth/callback", params={"state": "s3cret-state", "code": "s3cret-code"})

    said = "".join(capsys.readouterr()) + wrong.text
    assert "the consent is not sufficient" in said
    secrets = (tokens.access, tokens.refresh, harness.app.client_secret or "-", "s3cret-state", "s3cret-code")
    assert [secret for secret in secrets if secret in said] == []


async def test_the_webhook_needs_no_token_but_its_signature(platform: Platform) -> None:
    assert (await platform.http.post("/webhooks/xero", content=b"{}")).status_code == 401
    assert webhooks.DEADLINE < 5
