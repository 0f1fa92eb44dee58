"""Tokens are signed with RS256, and whoever checks them finds the key as OpenID Connect says."""

from collections.abc import Mapping
from typing import Any

import httpx
import jwt
import pytest

from xero_sim import Control

CALLBACK = "https://app.example.com/callback"
CONFIGURATION = "/.well-known/openid-configuration"


async def tokens(control: Control, http: httpx.AsyncClient, scope: str, **asked: str) -> tuple[str, Mapping[str, Any]]:
    """The app's id and the reply of the token endpoint."""
    tenant = await control.create_org("Kauri Ltd")
    app = await control.register_app(redirect_uris=[CALLBACK])
    form = {"response_type": "code", "client_id": app.client_id, "redirect_uri": CALLBACK, "scope": scope, **asked}
    consent = await http.post(
        "/identity/connect/authorize", data={**form, "tenant": tenant, "user": "jo.doe@example.com"}
    )
    code = httpx.URL(consent.headers["location"]).params["code"]
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    reply = await http.post("/connect/token", data=sent, auth=(app.client_id, app.client_secret or ""))
    return app.client_id, reply.json()


def checked(http: httpx.AsyncClient, token: str, audience: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    key = jwt.PyJWKSet.from_dict(dict(keys))[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(
        token, key, algorithms=["RS256"], audience=audience, issuer="https://identity.xero.com"
    )
    return claims


@pytest.mark.conformance(86)
async def test_both_tokens_are_signed_by_the_published_key(control: Control, http: httpx.AsyncClient) -> None:
    client_id, reply = await tokens(control, http, "openid profile email accounting.contacts", nonce="n-1")
    configuration = (await http.get(CONFIGURATION)).json()
    keys = (await http.get(configuration["jwks_uri"])).json()

    access = checked(http, reply["access_token"], "https://identity.xero.com/resources", keys)
    person = checked(http, reply["id_token"], client_id, keys)

    assert (configuration["issuer"], configuration["id_token_signing_alg_values_supported"]) == (
        "https://identity.xero.com", ["RS256"],
    )  # fmt: skip
    assert [access["client_id"], "d" in keys["keys"][0], keys["keys"][0]["alg"]] == [client_id, False, "RS256"]
    assert (person["nonce"], person["email"], person["given_name"]) == ("n-1", "jo.doe@example.com", "Jo")
    assert person["sub"] == access["sub"]
    assert person["exp"] - person["nbf"] == 300


@pytest.mark.conformance(86)
async def test_the_identity_token_says_no_more_than_was_asked_for(control: Control, http: httpx.AsyncClient) -> None:
    _, reply = await tokens(control, http, "openid accounting.contacts")

    claims = jwt.decode(reply["id_token"], options={"verify_signature": False})

    assert not {"email", "given_name", "preferred_username", "nonce"} & claims.keys()


@pytest.mark.conformance(86)
async def test_the_configuration_leads_to_endpoints_that_answer(control: Control, http: httpx.AsyncClient) -> None:
    configuration = (await http.get(CONFIGURATION)).json()
    as_xero = (await http.get(CONFIGURATION, headers={"Host": "identity.xero.com"})).json()

    assert (await http.post(configuration["token_endpoint"], data={})).json() == {"error": "invalid_request"}
    assert (await http.post(configuration["revocation_endpoint"], data={})).json() == {"error": "invalid_request"}
    assert (await http.get(configuration["authorization_endpoint"])).status_code == 400
    assert as_xero["token_endpoint"] == "https://identity.xero.com/connect/token"
    assert as_xero["authorization_endpoint"] == "https://login.xero.com/identity/connect/authorize"
