"""Who may do what, what the audit trail keeps, and what is refused (SYS-11)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_connector.inbound import webhooks
from tieout_schemas.platform import Connection
from tieout_schemas.settings import TenantSettings
from tieout_testing.access_sweep import leaks_existence, wrongly_admitted_or_refused
from tieout_testing.audit_sweep import unaudited

from .every_change import every_change
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
    service_api = await platform.service_api()

    assert await unaudited(service_api, await every_change(platform, service_api)) == []


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
