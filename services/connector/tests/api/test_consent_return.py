"""After the consent the person is back where they started, or sees a page that says what happened (CONN-1)."""

import re
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from tieout_connector.connecting import Connections

from .people import Platform

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-1")]
START = "POST /tenants/{t}/connection/consent"
SETTINGS = "http://localhost:3000/settings?tab=xero"


@pytest_asyncio.fixture
async def tenant_id(platform: Platform) -> UUID:
    """A tenant of a deployment with a second origin."""
    harness = platform.harness
    platform.app.state.connecting = Connections(
        harness.database, harness.identity, harness.tokens, harness.connections.platform_url, ["https://b.example"]
    )
    return await harness.tenant()


async def started(platform: Platform, tenant_id: UUID, return_to: str | None = None) -> str:
    """The address of Xero's consent page."""
    body = {"return_to": return_to} if return_to else {}
    url: str = (await platform.ask(START, tenant_id, body=body)).json()["url"]
    return url


async def returned(platform: Platform, back: dict[str, str]) -> httpx.Response:
    return await platform.http.get("/oauth/callback", params=back)


def text(page: httpx.Response) -> str:
    """The words of a page, which holds no script and allows none."""
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"].startswith("default-src 'none';")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "<script" not in page.text
    return " ".join(re.sub(r"<[^>]*>", " ", page.text).split())


@pytest.mark.parametrize("return_to", [SETTINGS, "https://b.example/import?x=1"])
async def test_the_person_returns_to_the_page_where_they_started(
    platform: Platform, tenant_id: UUID, return_to: str
) -> None:
    harness = platform.harness
    back = await harness.decide(await started(platform, tenant_id, return_to), await harness.control.create_org())

    answer = await returned(platform, back)

    assert (answer.status_code, answer.headers["location"]) == (303, f"{return_to}&xero=choosing_org")


@pytest.mark.parametrize(
    ("error", "outcome"), [("access_denied", "access_denied"), ("server_error&next=evil", "refused")]
)
async def test_a_refusal_is_told_to_the_page_where_they_started(
    platform: Platform, tenant_id: UUID, error: str, outcome: str
) -> None:
    state = httpx.URL(await started(platform, tenant_id, SETTINGS)).params["state"]

    answer = await returned(platform, {"state": state, "error": error})

    assert (answer.status_code, answer.headers["location"]) == (303, f"{SETTINGS}&xero={outcome}")


async def test_a_code_that_xero_refuses_is_told_there_too(platform: Platform, tenant_id: UUID) -> None:
    state = httpx.URL(await started(platform, tenant_id, SETTINGS)).params["state"]

    answer = await returned(platform, {"state": state, "code": "guessed"})

    assert (answer.status_code, answer.headers["location"]) == (303, f"{SETTINGS}&xero=refused")


async def test_an_address_of_another_origin_is_refused_before_the_consent(platform: Platform, tenant_id: UUID) -> None:
    answer = await platform.ask(START, tenant_id, body={"return_to": "https://b.example@evil.example/"})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["return_to"]
    assert await platform.harness.sql("select state from connection") == [("disconnected",)]


async def test_without_an_address_a_page_says_what_happened_and_what_comes_next(
    platform: Platform, tenant_id: UUID
) -> None:
    harness = platform.harness
    org_id = await harness.control.create_org("Kauri & <script>alert(1)</script>")
    back = await harness.decide(await started(platform, tenant_id), org_id)

    page = await returned(platform, back)

    assert page.status_code == 200
    assert text(page).startswith("Xero gave access Xero gave access Go back to where you started, and confirm")
    assert "Nothing is synced before. You can confirm:" in text(page)
    assert "Kauri &amp; &lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert 'href="http://localhost:3000"' in page.text


@pytest.mark.rule("CONN-3")
async def test_a_connected_tenant_reads_that_it_stays_connected_or_that_the_organisation_is_another(
    platform: Platform, tenant_id: UUID
) -> None:
    harness = platform.harness
    await harness.connect(tenant_id=tenant_id, scope="offline_access accounting.contacts accounting.settings.read")
    status = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()
    assert {*status["missing_scopes"]} == {
        f"accounting.{name}" for name in ("invoices", "payments", "banktransactions", "settings", "attachments")
    }
    rimu = await harness.control.create_org("Rimu Ltd")

    other = await returned(platform, await harness.decide(await started(platform, tenant_id), rimu))
    back = await harness.decide(await started(platform, tenant_id, SETTINGS), harness.org_id)
    there = await returned(platform, back)
    same = await returned(platform, await harness.decide(await started(platform, tenant_id), harness.org_id))

    assert "Kea Café is connected to Kauri Ltd, and only to it. Nothing has changed." in text(other)
    assert "choose Kauri Ltd on Xero&#x27;s page. The consent was for: Rimu Ltd" in text(other)
    assert there.headers["location"] == f"{SETTINGS}&xero=renewed"
    assert "Kea Café stays connected to Kauri Ltd, and what waited for this goes on by itself." in text(same)
    assert (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()["missing_scopes"] == []


async def test_a_person_who_declines_reads_that_nothing_changed(platform: Platform, tenant_id: UUID) -> None:
    back = await platform.harness.decide(await started(platform, tenant_id), decision="deny")

    page = await returned(platform, back)

    assert page.status_code == 200
    assert "You declined Nothing has changed for Kea Café. You can start again" in text(page)


async def test_a_consent_used_replaced_or_unknown_shows_a_page_too(platform: Platform, tenant_id: UUID) -> None:
    harness, org_id = platform.harness, await platform.harness.control.create_org()
    replaced = await harness.decide(await started(platform, tenant_id), org_id)
    used = await harness.decide(await started(platform, tenant_id), org_id)
    assert (await returned(platform, used)).status_code == 200

    for back in (used, replaced, {"state": "x", "code": "y"}, {"error": "access_denied"}, {}):
        page = await returned(platform, back)
        assert page.status_code == 404
        assert "This consent is not valid any more" in text(page)
        assert "Nothing has changed. Go back to where you started, and start again." in text(page)


async def test_a_page_tells_of_a_refused_code_and_of_a_xero_that_does_not_answer(
    platform: Platform, tenant_id: UUID
) -> None:
    harness = platform.harness
    back = await harness.decide(await started(platform, tenant_id), await harness.control.create_org())

    refused = await returned(platform, {**back, "code": "guessed"})
    await harness.control.add_fault("503", times=1, path="connect/token", method="POST")
    away = await returned(platform, back)
    again = await returned(platform, back)

    assert (refused.status_code, away.status_code, again.status_code) == (422, 503, 200)
    assert "Xero refused the consent" in text(refused)
    assert "Load this page again in a few seconds" in text(away)
    assert away.headers["retry-after"] == "5"
