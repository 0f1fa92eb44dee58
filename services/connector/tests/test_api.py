"""The connector's API: who may do what (SYS-11), settings, status."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from tieout_connector.app import http_app
from tieout_connector.connecting import connections
from tieout_connector.inbound import webhooks
from tieout_connector.inbound.interactive_answers import InteractiveAnswers
from tieout_connector.inbound.webhooks import WebhookReceiver
from tieout_connector.pacing.pricing import GIB
from tieout_connector.pacing.usage import CallOutcome, Usage
from tieout_kit.clock import utc_now
from tieout_kit.http.auth import Keys
from tieout_local import keys as local
from tieout_schemas.payload import RecordRef
from tieout_schemas.platform import Connection
from tieout_schemas.problem import Problem
from tieout_schemas.roles import Feature
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import Lane
from tieout_testing.access_sweep import ANA, ServiceApi, leaks_existence, wrongly_admitted_or_refused
from tieout_testing.audit_sweep import Change, operator_changes, unaudited
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real
ADMIN, VIEWER, PLATFORM = ("admin",), ("viewer",), ("platform",)
BODIES: dict[str, Any] = {
    "PUT /tenants/{t}": {"name": "Kea Café"},
    "PUT /tenants/{t}/plan": {"closed": []},
    "POST /tenants/{t}/connection/consent": {},
    "PUT /tenants/{t}/connection/organisation": {"org_id": str(uuid4())},
    "DELETE /tenants/{t}/connection": None,
    "GET /tenants/{t}/connection": None,
    "GET /tenants/{t}/settings": None,
    "PATCH /tenants/{t}/settings": {"version": 0, "changes": {}},
    "POST /tenants/{t}/settings/preview": {"changes": {}},
    "GET /tenants/{t}/settings/choices": None,
    "GET /tenants/{t}/settings/history": None,
    "GET /tenants/{t}/usage": None,
    "GET /tenants/{t}/writes": None,
    "GET /tenants/{t}/writes/vendor:1:1:1": None,
    "POST /tenants/{t}/writes/vendor:1:1:1/cancel": None,
    "POST /tenants/{t}/writes/vendor:1:1:1/retry": None,
    "GET /tenants/{t}/xero/contacts?search=Kea": None,
    "GET /tenants/{t}/xero/invoices/{problem_id}": None,
    "GET /tenants/{t}/problems": None,
    "GET /tenants/{t}/problems/groups": None,
    "GET /tenants/{t}/problems/{problem_id}": None,
}
ROUTES = list(BODIES)


class Platform:
    """The payables product, and people with their tokens."""

    def __init__(self, stage: ConnectorHarness, app: FastAPI, http: httpx.AsyncClient, keys: local.SigningKeys) -> None:
        self.stage, self.app, self.http, self.keys = stage, app, http, keys

    async def service_api(self) -> ServiceApi:
        """Where everybody tries to come in, with a tenant of its own."""
        tenant_id = await self.stage.tenant()

        async def close(features: Sequence[Feature]) -> None:
            await self.stage.database.run(lambda tx: connections.put_plan(tx, ANA, tenant_id, features))

        return ServiceApi(self.app, tenant_id, self.keys.token, close)

    async def ask(
        self,
        route: str,
        tenant_id: UUID | str,
        roles: tuple[str, ...] | None = ADMIN,
        *,
        body: Any = ...,
        of: Any = ...,
    ) -> httpx.Response:
        method, path = route.split(" ")
        tenants = [str(tenant_id) if of is ... else str(of)]
        token = {"Authorization": f"Bearer {self.keys.token('ana', tenants, roles)}"} if roles is not None else {}
        sent = BODIES.get(route) if body is ... else body
        return await self.http.request(method, path.format(t=tenant_id, problem_id=uuid4()), json=sent, headers=token)


@pytest_asyncio.fixture
async def platform(stage: ConnectorHarness, signing: local.SigningKeys) -> AsyncIterator[Platform]:
    receiver = WebhookReceiver("nowhere:1", "", 2, "key", utc_now)
    app = http_app(
        stage.database,
        Keys(signing.jwks_url, local.ISSUER),
        stage.connections,
        receiver,
        InteractiveAnswers(stage.database),
        2,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http:
        yield Platform(stage, app, http, signing)


@pytest.mark.rule("SYS-11")
async def test_every_route_lets_in_whom_it_declares_and_nobody_else(platform: Platform) -> None:
    assert await wrongly_admitted_or_refused(await platform.service_api()) == []


@pytest.mark.rule("SYS-11")
async def test_a_stranger_cannot_tell_whether_a_tenant_exists(platform: Platform) -> None:
    assert await leaks_existence(await platform.service_api()) == []


@pytest.mark.rule("SYS-11")
async def test_every_change_by_a_person_is_in_the_audit_trail(platform: Platform) -> None:
    stage, service_api = platform.stage, await platform.service_api()
    org_id = await stage.control.create_org("Kauri Ltd")

    async def another() -> dict[str, object]:
        return {"tenant_id": uuid4()}

    async def consent() -> None:
        back = await stage.consent(service_api.tenant_id, org_id)
        await stage.connections.complete_consent(ANA, back["state"], back["code"], None)

    async def write() -> dict[str, object]:
        intent = contact_intent("Kea")
        await stage.sql("update connection set state = 'connected'")
        await stage.deliver(intent, tenant_id=service_api.tenant_id)
        return {"intent_id": intent.intent_id}

    changes = {
        "PUT /tenants/{tenant_id}": [Change({"name": "Kea Café"}, another, makes=True)],
        "PUT /tenants/{tenant_id}/plan": [Change({"closed": ["payments"]}), Change({"closed": []})],
        "POST /tenants/{tenant_id}/connection/consent": [Change({}, always=True)],
        "PUT /tenants/{tenant_id}/connection/organisation": [Change({"org_id": org_id}, consent)],
        "DELETE /tenants/{tenant_id}/connection": [Change()],
        "PATCH /tenants/{tenant_id}/settings": [Change({"version": 0, "changes": {"approved_only_bills": True}})],
        "POST /tenants/{tenant_id}/settings/preview": [],  # saves nothing
        "POST /tenants/{tenant_id}/writes/{intent_id}/cancel": [Change(first=write)],
        "POST /tenants/{tenant_id}/writes/{intent_id}/retry": [Change(first=write, always=True)],
        **operator_changes(stage.database, service_api.tenant_id),
    }

    assert await unaudited(service_api, changes) == []


@pytest.mark.rule("SYS-11")
async def test_a_consent_given_or_denied_is_told_of_who_asked_for_it(platform: Platform) -> None:
    stage, tenant_id = platform.stage, await platform.stage.tenant()
    for form in ({"decision": "deny"}, {}):
        url = (await platform.ask("POST /tenants/{t}/connection/consent", tenant_id, body={})).json()["url"]
        await platform.http.get(
            "/oauth/callback", params=await stage.decide(url, await stage.control.create_org(), **form)
        )

    trail = (await platform.ask("GET /tenants/{t}/audit", tenant_id)).json()["items"]

    assert [(one["operation"], one["who"], one["after"]["state"]) for one in trail] == [
        ("GET /oauth/callback", "ana", "choosing_org"),
        ("POST /tenants/{tenant_id}/connection/consent", "ana", "authorising"),
        ("GET /oauth/callback", "ana", "disconnected"),
        ("POST /tenants/{tenant_id}/connection/consent", "ana", "authorising"),
    ]
    assert not [secret for secret in ("token", "code", "verifier", "hash") if secret in str(trail).lower()]


@pytest.mark.rule("SYS-11")
async def test_the_plan_is_told_to_every_service_and_is_as_it_was_last_set(platform: Platform) -> None:
    tenant_id, route = await platform.stage.tenant(), "PUT /tenants/{t}/plan"

    for closed in (["settings", "payments"], ["payments", "settings", "settings"], ["audit"], []):
        assert (await platform.ask(route, tenant_id, PLATFORM, body={"closed": closed})).status_code == 200
    wrong = await platform.ask(route, tenant_id, PLATFORM, body={"closed": ["invoicing"]})

    said = [one.closed for one in await platform.stage.published(Connection)]
    assert said == [(), ("payments", "settings"), ("audit",), ()]
    assert (wrong.status_code, "closed" in wrong.json()["title"]) == (422, True)


@pytest.mark.rule("SYS-11")
async def test_a_plan_closes_a_feature_at_once_and_its_reads_go_on(platform: Platform) -> None:
    tenant_id = await platform.stage.tenant()
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
    tenant_id = await platform.stage.tenant()
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
    assert len(await platform.stage.published(TenantSettings)) == 1


@pytest.mark.rule("CONN-7")
async def test_status_shows_progress_writes_and_what_is_left(platform: Platform) -> None:
    stage = platform.stage
    await stage.connect()
    async with stage.working():
        await stage.until("select state from connection", "connected")
    await stage.deliver(contact_intent("Kea"))

    status = (await platform.ask("GET /tenants/{t}/connection", stage.tenant_id)).json()

    assert (status["state"], status["org_name"], status["writes"]) == ("connected", "Kauri Ltd", {"queued": 1})
    assert {p["resource"]: p["done"] == p["total"] for p in status["resources"]} == dict.fromkeys(
        ("Accounts", "TaxRates", "TrackingCategories", "Contacts", "Invoices", "Payments"), True
    )
    assert status["calls_left_this_minute"] == 60 - len(await stage.control.calls())
    assert 0 < status["calls_left_today"] <= 5000
    assert status["last_sync_at"]
    assert (status["last_run"]["run"], status["polled_every_minutes"]) == ("import", 5)
    assert status["polls_stretched_because"] is None


@pytest.mark.rule("CONN-9")
@pytest.mark.rule("CONN-10")
async def test_status_says_how_often_polls_come_and_why_they_are_stretched(platform: Platform) -> None:
    stage = platform.stage
    tenant_id = await stage.tenant()
    body = {"version": 0, "changes": {"poll_every_minutes": 10}}
    assert (await platform.ask("PATCH /tenants/{t}/settings", tenant_id, body=body)).status_code == 200
    before = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()
    await stage.sql(
        "insert into budget select tenant_id, '{}', (now() at time zone 'UTC')::date, 4990, 5000 from connection"
    )

    after = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()

    assert (before["polled_every_minutes"], before["polls_stretched_because"]) == (10, None)
    assert (after["polled_every_minutes"], after["last_run"]) == (30, None)
    assert after["polls_stretched_because"].startswith("every 30 minutes and not every 10, so that the day's calls ")


@pytest.mark.rule("CONN-7")
async def test_usage_is_shown_by_hour_and_status_adds_up_the_month(platform: Platform) -> None:
    stage, tenant_id = platform.stage, await platform.stage.tenant()
    counted = Usage(stage.clock)
    counted.count(tenant_id, Lane.IMPORT, "Invoices", 0, 5000, CallOutcome.ANSWERED)
    counted.count(tenant_id, Lane.IMPORT, "Organisation", 0, 300, CallOutcome.ANSWERED)
    await stage.database.run(counted.store)
    now = stage.clock()
    await stage.sql(
        "insert into usage values ($1, $2, 'poll', 'Contacts', 7, 0, 9, 0, 0)", tenant_id, now - timedelta(days=32)
    )

    status = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()
    used = await platform.ask("GET /tenants/{t}/usage", tenant_id, VIEWER)

    # The Organisation endpoint is a call, and no egress.
    assert (status["calls_this_month"], status["egress_bytes_this_month"]) == (2, 5000)
    assert [(one["endpoint"], one["received"]) for one in used.json()["items"]] == [
        ("Invoices", 5000),
        ("Organisation", 300),
    ]
    long = "?from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z"
    refused = await platform.ask(f"GET /tenants/{{t}}/usage{long}", tenant_id, VIEWER)
    assert (refused.status_code, "no more than 31 days" in refused.json()["title"]) == (422, True)


async def test_the_cost_of_the_whole_app_is_the_platforms_to_read(platform: Platform) -> None:
    stage = platform.stage
    tenants = [await stage.connect() for _ in range(6)]
    counted = Usage(stage.clock)
    for n, tenant_id in enumerate(tenants):
        counted.count(tenant_id, Lane.IMPORT, "Invoices", 0, n * GIB, CallOutcome.ANSWERED)
    await stage.database.run(counted.store)

    cost = (await platform.ask("GET /usage/cost?limit=2", "", PLATFORM, of="*")).json()

    assert (cost["connections"], cost["calls"], cost["egress_bytes"]) == (6, 6, 15 * GIB)
    assert cost["projected_egress_bytes"] >= 15 * GIB
    assert [one["tenant_id"] for one in cost["tenants"]] == [str(tenants[5]), str(tenants[4])]
    assert {one["plan"]: (one["possible"], one["so_far"]["amount"]) for one in cost["plans"]} == {
        "Starter": (False, "0.00"),
        "Core": (True, "47.00"),
        "Plus": (True, "245.00"),
        "Advanced": (True, "1445.00"),
    }
    assert "6 organisations are connected" in cost["plans"][0]["why_not"]
    assert (await platform.ask("GET /usage/cost", "", ADMIN, of="*")).status_code == 403


async def test_choices_are_shown_without_xeros_connection_ids(platform: Platform) -> None:
    stage = platform.stage
    tenant_id, org_id = await stage.tenant(), await stage.control.create_org("Kauri Ltd")
    back = await stage.consent(tenant_id, org_id)
    answer = await platform.http.get("/oauth/callback", params=back)

    assert answer.json()["outcome"] == "choosing_org"
    status = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()
    assert status["choices"] == [{"org_id": org_id, "org_name": "Kauri Ltd"}]


async def test_the_callback_returns_to_the_page_where_it_began(platform: Platform) -> None:
    tenant_id = await platform.stage.tenant()
    body = {"return_to": "http://localhost:3000/settings?tab=xero"}
    started = await platform.ask("POST /tenants/{t}/connection/consent", tenant_id, body=body)
    state = httpx.URL(started.json()["url"]).params["state"]

    answer = await platform.http.get("/oauth/callback", params={"state": state, "error": "access_denied"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "http://localhost:3000/settings?tab=xero&xero=access_denied"
    again = await platform.http.get("/oauth/callback", params={"state": state, "error": "access_denied"})
    assert again.status_code == 404


async def test_no_secret_is_in_a_log_line_or_an_error(platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    stage = platform.stage
    await stage.connect()
    ((token_set,),) = await stage.sql("select id from token_set")
    tokens = await stage.tokens.access(token_set)
    await stage.control.add_fault("500", times=2)
    await stage.control.disconnect(stage.org_id)
    async with stage.working():
        await stage.until("select state from connection", "connection_lost")
    wrong = await platform.http.get("/oauth/callback", params={"state": "s3cret-state", "code": "s3cret-code"})

    said = "".join(capsys.readouterr()) + wrong.text
    assert "the consent is not sufficient" in said
    secrets = (tokens.access, tokens.refresh, stage.app.client_secret or "-", "s3cret-state", "s3cret-code")
    assert [secret for secret in secrets if secret in said] == []


@pytest.mark.rule("SYS-2")
async def test_problems_of_every_service_are_listed_and_older_news_changes_nothing(platform: Platform) -> None:
    stage = platform.stage
    tenant_id = await stage.tenant()
    problem = Problem(
        id=uuid4(), service="bills", record=RecordRef(kind="bill", id=uuid4()), code="vendor_not_in_xero", params={},
        sentence="Bill B-1 waits.", how_to_fix="Wait.", state="open", opened_at=utc_now(), last_at=utc_now(),
    )  # fmt: skip
    await stage.deliver(problem, tenant_id=tenant_id)
    await stage.deliver(problem.replace(sentence="Not news"), tenant_id=tenant_id)

    found = (await platform.ask("GET /tenants/{t}/problems", tenant_id)).json()

    assert [item["sentence"] for item in found["items"]] == ["Bill B-1 waits."]


async def test_the_webhook_needs_no_token_but_its_signature(platform: Platform) -> None:
    assert (await platform.http.post("/webhooks/xero", content=b"{}")).status_code == 401
    assert webhooks.DEADLINE < 5
