"""The token endpoint, behaviours 2-6 and 8."""

from datetime import timedelta

import httpx
import jwt
import pytest

from xero_sim import Control

from .portal import CALLBACK, CHALLENGE, SCOPE, VERIFIER, Portal


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


@pytest.mark.conformance(4)
async def test_scopes_of_earlier_consents_stay_until_a_revocation(portal: Portal) -> None:
    narrow = "offline_access accounting.contacts"
    first = (await portal.exchange(await portal.code())).json()

    later = (await portal.exchange(await portal.code(scope=narrow))).json()
    assert set(later["scope"].split()) == set(SCOPE.split()) | set(narrow.split())
    other = (await portal.exchange(await portal.code(scope=narrow, user="ben@example.com"))).json()
    assert other["scope"] == narrow
    refreshed = (await portal.refresh(first["refresh_token"])).json()
    assert refreshed["scope"] == SCOPE

    form = {"token": later["refresh_token"]}
    await portal.http.post("/connect/revocation", data=form, auth=portal.basic)
    again = (await portal.exchange(await portal.code(scope=narrow))).json()
    assert again["scope"] == narrow


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
