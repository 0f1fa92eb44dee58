"""The consent page and where it leads, behaviours 1 and 7."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from xero_sim import Control

from .portal import CALLBACK, SCOPE, Portal


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


async def test_several_organisations_in_one_consent_need_the_advanced_plan(
    control: Control, http: httpx.AsyncClient
) -> None:
    tenants = [await control.create_org(name) for name in ("One", "Two")]
    for plan, status in (("starter", 400), ("advanced", 302)):
        app = await control.register_app(redirect_uris=[CALLBACK], plan=plan)
        form = {"response_type": "code", "client_id": app.client_id, "redirect_uri": CALLBACK, "scope": SCOPE}
        answer = await http.post("/identity/connect/authorize", data={**form, "tenant": tenants})
        assert answer.status_code == status
