"""Xero's own SDK through OAuth: consent, exchange, refresh, connections, revocation."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient, Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import HTTPStatusException
from xero_python.identity import IdentityApi

from xero_sim import Control
from xero_sim.control_client import RegisteredApp

BACK = "https://app.example.com/callback"
SCOPES = "offline_access accounting.settings accounting.contacts"
_FIELD = re.compile(r'<input type="(?:hidden|radio)" name="([^"]+)" value="([^"]*)">')


class Session:
    """The SDK's client, and the token that it keeps with us."""

    def __init__(self, url: str, app: RegisteredApp, token: dict[str, Any]) -> None:
        self.token = token
        configuration = Configuration()
        # Set afterwards: what the first one was made with is the default of all that follow.
        configuration.oauth2_token = OAuth2Token(app.client_id, app.client_secret)
        self.client = ApiClient(configuration, oauth2_token_getter=lambda: self.token, oauth2_token_saver=self.keep)
        self.accounting = AccountingApi(self.client, base_url=f"{url}/api.xro/2.0")
        self.identity = IdentityApi(self.client, base_url=url)

    def keep(self, token: dict[str, Any]) -> None:
        self.token = token


def consent(url: str, app: RegisteredApp, **changes: str) -> dict[str, list[str]]:
    """What the person's browser does: open the page, send its form. Gives what comes back to the app."""
    asked = {"response_type": "code", "client_id": app.client_id, "redirect_uri": BACK, "scope": SCOPES, "state": "s 1"}
    with httpx.Client(base_url=url, trust_env=False) as browser:
        page = browser.get("/identity/connect/authorize", params=asked)
        form = {unescape(name): unescape(value) for name, value in _FIELD.findall(page.text)}
        back = browser.post("/identity/connect/authorize", data={**form, "decision": "allow", **changes})
    return parse_qs(urlsplit(back.headers["location"]).query)


def exchange(url: str, app: RegisteredApp, code: str) -> dict[str, Any]:
    """The code for tokens; the SDK leaves this to its caller."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    secret = (app.client_id, app.client_secret or "")
    answer = httpx.post(f"{url}/connect/token", data=form, auth=secret, trust_env=False)
    token: dict[str, Any] = answer.raise_for_status().json()
    return {**token, "scope": token["scope"].split()}


@pytest.fixture
async def registered(control: Control) -> tuple[str, RegisteredApp]:
    """A tenant and an app that nobody has connected yet."""
    return await control.create_org("Kauri Ltd"), await control.register_app(redirect_uris=[BACK])


@pytest.fixture
def session(url: str, registered: tuple[str, RegisteredApp], monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Connected by consent. The SDK's token addresses are fixed in its code."""
    monkeypatch.setattr(TokenApi, "refresh_token_url", f"{url}/connect/token")
    monkeypatch.setattr(TokenApi, "revoke_token_url", f"{url}/connect/revocation")
    monkeypatch.setattr(TokenApi, "client_credentials_token_url", f"{url}/connect/token")
    _, app = registered
    made = Session(url, app, exchange(url, app, consent(url, app)["code"][0]))
    yield made
    # The SDK has no way to close its connections.
    made.client.rest_client.pool_manager.clear()


def test_a_consent_brings_a_code_and_the_state_and_a_denial_an_error(
    url: str, registered: tuple[str, RegisteredApp]
) -> None:
    _, app = registered

    allowed, denied = consent(url, app), consent(url, app, decision="deny")

    assert allowed["state"] == denied["state"] == ["s 1"]
    assert allowed["code"]
    assert denied["error"] == ["access_denied"]


def test_the_sdk_reads_the_connection_and_the_organisation(session: Session, registered: tuple[str, Any]) -> None:
    (connection,) = session.identity.get_connections()
    (organisation,) = session.accounting.get_organisations(connection.tenant_id).organisations

    assert connection.tenant_id == registered[0]
    assert (connection.tenant_type, connection.tenant_name) == ("ORGANISATION", "Kauri Ltd")
    assert connection.created_date_utc <= connection.updated_date_utc
    assert organisation.name == "Kauri Ltd"


def test_the_sdk_refreshes_by_itself_what_has_run_out(session: Session, registered: tuple[str, Any]) -> None:
    before = dict(session.token)
    session.token["expires_at"] = 0.0

    session.accounting.get_organisations(registered[0])
    again = session.client.refresh_oauth2_token()

    assert len({before["refresh_token"], session.token["refresh_token"]}) == 2
    assert again["access_token"] == session.token["access_token"] != before["access_token"]
    assert again["expires_in"] == 1800
    assert set(again["scope"]) == set(SCOPES.split())


async def test_an_access_token_ages_with_the_simulators_clock(
    session: Session, registered: tuple[str, Any], control: Control
) -> None:
    await control.advance(timedelta(minutes=31))

    with pytest.raises(HTTPStatusException) as refused:
        session.accounting.get_organisations(registered[0])

    assert refused.value.status == 401


def test_a_connection_is_deleted_and_a_token_revoked(session: Session, registered: tuple[str, Any]) -> None:
    (connection,) = session.identity.get_connections()
    session.identity.delete_connection(connection.id)
    assert session.identity.get_connections() == []
    with pytest.raises(HTTPStatusException) as refused:
        session.accounting.get_organisations(registered[0])
    assert refused.value.status == 403

    # The SDK leaves the answer to a revocation unread, so its connection never comes back to the pool.
    pools = session.client.rest_client.pool_manager.pools
    (used,) = [one for pool in map(pools.get, pools.keys()) for one in pool.pool.queue if one]
    assert session.client.revoke_oauth2_token()["access_token"] is None
    used.close()


async def test_a_custom_connection_gets_its_token_by_client_credentials(
    url: str, registered: tuple[str, Any], control: Control, session: Session
) -> None:
    app = await control.register_app(custom_tenant=registered[0], scopes=["accounting.settings"])
    custom = Session(url, app, {})

    token = custom.client.get_client_credentials_token()

    assert (token["token_type"], token["scope"]) == ("Bearer", "accounting.settings")
    assert "refresh_token" not in token
    assert custom.accounting.get_organisations(registered[0]).organisations[0].name == "Kauri Ltd"
