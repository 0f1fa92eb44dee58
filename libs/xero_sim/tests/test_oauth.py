"""OAuth 2.0 and connections, behaviours 1-11."""

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from xero_sim import Control
from xero_sim.app_client import Xero
from xero_sim.control_client import RegisteredApp

CALLBACK = "https://app.example.com/callback"
SCOPE = "offline_access accounting.invoices accounting.contacts"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Portal:
    """An app with one organisation to choose, and the steps of the flow."""

    def __init__(self, http: httpx.AsyncClient, control: Control, app: RegisteredApp, tenant: str) -> None:
        self.http, self.control, self.app, self.tenant = http, control, app, tenant

    def asked(self, **changes: str) -> dict[str, str]:
        usual = {"response_type": "code", "client_id": self.app.client_id, "redirect_uri": CALLBACK}
        return {**usual, "scope": SCOPE, "state": "s-1", **changes}

    async def consent(self, decision: str = "allow", **changes: str) -> httpx.Response:
        form = {**self.asked(**changes), "tenant": self.tenant, "decision": decision}
        return await self.http.post("/identity/connect/authorize", data=form)

    async def code(self, **changes: str) -> str:
        answer = await self.consent(**changes)
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    @property
    def basic(self) -> tuple[str, str]:
        return self.app.client_id, self.app.client_secret or ""

    async def token(self, **form: str) -> httpx.Response:
        return await self.http.post("/connect/token", data=form, auth=self.basic)

    async def exchange(self, code: str, **more: str) -> httpx.Response:
        return await self.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **more)

    async def refresh(self, token: str) -> httpx.Response:
        return await self.token(grant_type="refresh_token", refresh_token=token)


@pytest.fixture
async def portal(control: Control, http: httpx.AsyncClient) -> Portal:
    tenant = await control.create_org("Kauri Ltd")
    app = await control.register_app(redirect_uris=[CALLBACK])
    return Portal(http, control, app, tenant)


@pytest.mark.conformance(1)
@pytest.mark.parametrize("wrong", [{"client_id": "nobody"}, {"redirect_uri": "https://evil.example.com"}])
async def test_a_wrong_request_to_authorize_shows_an_error_page_and_never_redirects(
    portal: Portal, wrong: dict[str, Any]
) -> None:
    shown = await portal.http.get("/identity/connect/authorize", params=portal.asked(**wrong))
    posted = await portal.consent(**wrong)

    for answer in (shown, posted):
        assert answer.status_code == 400
        assert "location" not in answer.headers
        assert "text/html" in answer.headers["content-type"]


@pytest.mark.conformance(1)
async def test_the_consent_page_lists_the_organisations_to_choose_from(portal: Portal) -> None:
    page = await portal.http.get("/identity/connect/authorize", params=portal.asked())

    assert page.status_code == 200
    assert "Kauri Ltd" in page.text
    assert portal.tenant in page.text


@pytest.mark.conformance(1)
async def test_consent_redirects_with_a_code_and_the_unchanged_state(portal: Portal) -> None:
    answer = await portal.consent(state="a b&c=ü")

    back = urlsplit(answer.headers["location"])
    assert answer.status_code == 302
    assert f"{back.scheme}://{back.netloc}{back.path}" == CALLBACK
    assert parse_qs(back.query)["state"] == ["a b&c=ü"]
    assert parse_qs(back.query)["code"]


@pytest.mark.conformance(1)
async def test_a_denied_consent_redirects_with_access_denied(portal: Portal) -> None:
    answer = await portal.consent(decision="deny")

    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back == {"error": ["access_denied"], "state": ["s-1"]}


@pytest.mark.conformance(2)
async def test_a_code_works_once(portal: Portal) -> None:
    code = await portal.code()

    assert (await portal.exchange(code)).status_code == 200
    again = await portal.exchange(code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.conformance(2)
async def test_a_code_dies_after_five_minutes(portal: Portal) -> None:
    code = await portal.code()
    await portal.control.advance(timedelta(minutes=5))

    assert (await portal.exchange(code)).json()["error"] == "invalid_grant"


@pytest.mark.conformance(3)
async def test_pkce_takes_only_the_right_verifier_and_only_s256(portal: Portal) -> None:
    challenge = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}

    assert (await portal.exchange(await portal.code(**challenge), code_verifier=VERIFIER)).status_code == 200
    wrong = await portal.exchange(await portal.code(**challenge), code_verifier="w" * 64)
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    plain = await portal.consent(code_challenge=VERIFIER, code_challenge_method="plain")
    assert plain.status_code == 400


@pytest.mark.conformance(4)
async def test_the_token_reply_has_its_fields_and_a_refresh_token_only_when_asked_for(portal: Portal) -> None:
    with_it = (await portal.exchange(await portal.code())).json()
    without = (await portal.exchange(await portal.code(scope="accounting.contacts"))).json()

    assert with_it["expires_in"] == 1800
    assert with_it["token_type"] == "Bearer"
    assert with_it["scope"] == SCOPE
    assert with_it["refresh_token"]
    assert "refresh_token" not in without
    claims = jwt.decode(with_it["access_token"], options={"verify_signature": False})
    assert claims.keys() >= {"xero_userid", "authentication_event_id", "scope", "exp", "client_id"}
    assert claims["exp"] - claims["nbf"] == 1800


@pytest.mark.conformance(5)
@pytest.mark.field("F16")
async def test_a_used_refresh_token_works_for_thirty_more_minutes(portal: Portal) -> None:
    first = (await portal.exchange(await portal.code())).json()["refresh_token"]
    second = (await portal.refresh(first)).json()["refresh_token"]
    assert second != first

    await portal.control.advance(timedelta(minutes=29))
    assert (await portal.refresh(first)).status_code == 200

    await portal.control.advance(timedelta(minutes=1))
    late = await portal.refresh(first)
    assert (late.status_code, late.json()["error"]) == (400, "invalid_grant")
    assert (await portal.refresh(second)).status_code == 200


@pytest.mark.conformance(5)
async def test_an_unused_refresh_token_dies_after_sixty_days(portal: Portal) -> None:
    token = (await portal.exchange(await portal.code())).json()["refresh_token"]
    await portal.control.advance(timedelta(days=60))

    assert (await portal.refresh(token)).json()["error"] == "invalid_grant"


@pytest.mark.conformance(6)
async def test_the_token_endpoint_names_what_is_wrong(portal: Portal) -> None:
    code = {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}

    post = portal.http.post
    wrong_secret = await post("/connect/token", data=code, auth=(portal.app.client_id, "wrong"))
    no_client = await post("/connect/token", data=code)
    empty_client = await post("/connect/token", data=code, auth=("", ""))
    as_json = await post("/connect/token", json=code, auth=portal.basic)

    assert wrong_secret.json()["error"] == "invalid_client"
    for answer in (no_client, empty_client, as_json):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.conformance(6)
async def test_a_scope_the_app_does_not_have_is_refused(control: Control, http: httpx.AsyncClient) -> None:
    tenant = await control.create_org()
    app = await control.register_app(custom_tenant=tenant, scopes=["accounting.contacts"])

    answer = await http.post(
        "/connect/token",
        data={"grant_type": "client_credentials", "scope": "accounting.invoices"},
        auth=(app.client_id, app.client_secret or ""),
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.conformance(7)
@pytest.mark.parametrize(("created", "status"), [("2026-03-01", 200), ("2026-03-02", 400)])
async def test_broad_scopes_are_for_apps_made_before_march_2026(
    control: Control, http: httpx.AsyncClient, created: str, status: int
) -> None:
    app = await control.register_app(redirect_uris=[CALLBACK], created=created)

    page = await http.get(
        "/identity/connect/authorize",
        params={
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": CALLBACK,
            "scope": "accounting.transactions",
        },
    )
    assert page.status_code == status


@pytest.mark.conformance(8)
async def test_a_custom_connection_gets_a_token_for_its_one_organisation_and_no_refresh_token(
    control: Control, http: httpx.AsyncClient
) -> None:
    tenant = await control.create_org()
    app = await control.register_app(custom_tenant=tenant)

    answer = await http.post(
        "/connect/token",
        data={"grant_type": "client_credentials", "scope": "accounting.settings.read"},
        auth=(app.client_id, app.client_secret or ""),
    )
    assert answer.json()["expires_in"] == 1800
    assert "refresh_token" not in answer.json()
    token = {"Authorization": f"Bearer {answer.json()['access_token']}", "Accept": "application/json"}
    found = await http.get("/api.xro/2.0/Organisation", headers=token)
    assert found.json()["Organisations"][0]["OrganisationID"] == tenant
    other = await http.get("/api.xro/2.0/Organisation", headers={**token, "Xero-Tenant-Id": await control.create_org()})
    assert other.status_code == 403


@pytest.mark.conformance(9)
async def test_revocation_removes_all_connections_of_the_user(portal: Portal) -> None:
    first = portal.tenant
    await portal.exchange(await portal.code())
    portal.tenant = await portal.control.create_org("Second Ltd")
    tokens = (await portal.exchange(await portal.code())).json()

    answer = await portal.http.post("/connect/revocation", data={"token": tokens["refresh_token"]}, auth=portal.basic)

    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (answer.status_code, answer.content) == (200, b"")
    assert (await portal.http.get("/connections", headers=bearer)).json() == []
    assert (await portal.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    for tenant in (first, portal.tenant):
        named = {**bearer, "Xero-Tenant-Id": tenant, "Accept": "application/json"}
        assert (await portal.http.get("/api.xro/2.0/Organisation", headers=named)).status_code in (401, 403)


@pytest.mark.conformance(10)
async def test_connections_are_a_bare_array_filtered_by_the_event_of_the_consent(portal: Portal) -> None:
    first = (await portal.exchange(await portal.code())).json()["access_token"]
    other = await portal.control.create_org("Second Ltd")
    portal.tenant = other
    second = (await portal.exchange(await portal.code())).json()["access_token"]

    bearer = {"Authorization": f"Bearer {first}"}
    event = jwt.decode(second, options={"verify_signature": False})["authentication_event_id"]
    everything = (await portal.http.get("/connections", headers=bearer)).json()
    (picked,) = (await portal.http.get("/connections", params={"authEventId": event}, headers=bearer)).json()
    assert len(everything) == 2
    assert picked["tenantId"] == other
    assert picked["tenantType"] == "ORGANISATION"
    assert len(picked["createdDateUtc"].split(".")[1]) == 7


@pytest.mark.conformance(11)
async def test_a_deleted_connection_is_gone_and_its_tenant_closed(xero: Xero) -> None:
    bearer = {"Authorization": xero.headers()["Authorization"]}
    (connection,) = (await xero.http.get("/connections", headers=bearer)).json()

    path = f"/connections/{connection['id']}"
    assert (await xero.http.delete(path, headers=bearer)).status_code == 204
    assert (await xero.http.delete(path, headers=bearer)).status_code == 404
    assert (await xero.call("GET", "Organisation")).status_code == 403


@pytest.mark.conformance(11)
async def test_reconnecting_gives_a_new_connection_id_and_shows_in_its_dates(xero: Xero) -> None:
    bearer = {"Authorization": xero.headers()["Authorization"]}
    (before,) = (await xero.http.get("/connections", headers=bearer)).json()
    await xero.control.disconnect(xero.tenant)
    await xero.control.advance(timedelta(minutes=1))

    await xero.control.connect(xero.app.client_id, [xero.tenant])

    (after,) = (await xero.http.get("/connections", headers=bearer)).json()
    assert after["id"] != before["id"]
    assert after["createdDateUtc"] == before["createdDateUtc"]
    assert after["updatedDateUtc"] > after["createdDateUtc"]


async def test_several_organisations_in_one_consent_need_the_advanced_plan(
    control: Control, http: httpx.AsyncClient
) -> None:
    tenants = [await control.create_org(name) for name in ("One", "Two")]
    for plan, status in (("starter", 400), ("advanced", 302)):
        app = await control.register_app(redirect_uris=[CALLBACK], plan=plan)
        form = {"response_type": "code", "client_id": app.client_id, "redirect_uri": CALLBACK, "scope": SCOPE}
        answer = await http.post("/identity/connect/authorize", data={**form, "tenant": tenants})
        assert answer.status_code == status


@pytest.mark.conformance(5)
@pytest.mark.conformance(42)
async def test_a_refresh_whose_answer_was_lost_is_made_again_with_the_old_token(portal: Portal) -> None:
    first = (await portal.exchange(await portal.code())).json()["refresh_token"]
    await portal.control.clear_ledger()
    await portal.control.add_fault("lost", path="connect/token")

    with pytest.raises(httpx.RemoteProtocolError):
        await portal.refresh(first)
    again = await portal.refresh(first)

    assert (again.status_code, again.json()["expires_in"]) == (200, 1800)
    calls = await portal.control.calls(identity="true")
    assert [(call["path"], call["status"], call["fault"]) for call in calls] == [
        ("/connect/token", 200, "lost"),
        ("/connect/token", 200, None),
    ]
    assert calls[1]["responseBytes"] == len(again.content)
    assert calls[1]["requestBytes"] > 0
    assert await portal.control.calls() == []


@pytest.mark.conformance(42)
@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("503", 503), ("html", 200)])
async def test_identity_endpoints_fail_when_a_fault_names_them(portal: Portal, kind: str, status: int) -> None:
    await portal.control.add_fault(kind)
    await portal.control.add_fault(kind, path="/connections")
    token = (await portal.exchange(await portal.code())).json()["access_token"]

    failed = await portal.http.get("/connections", headers={"Authorization": f"Bearer {token}"})
    after = await portal.http.get("/connections", headers={"Authorization": f"Bearer {token}"})

    assert failed.status_code == status
    assert "json" not in failed.headers["content-type"]
    assert len(after.json()) == 1
