"""Where a person comes back from a consent at Xero."""

import pytest

from .people import Platform

pytestmark = pytest.mark.real


@pytest.mark.rule("SYS-11")
async def test_a_consent_given_or_denied_is_told_of_who_asked_for_it(platform: Platform) -> None:
    harness, tenant_id = platform.harness, await platform.harness.tenant()
    for form in ({"decision": "deny"}, {}):
        url = (await platform.ask("POST /tenants/{t}/connection/consent", tenant_id, body={})).json()["url"]
        await platform.http.get(
            "/oauth/callback", params=await harness.decide(url, await harness.control.create_org(), **form)
        )

    trail = (await platform.ask("GET /tenants/{t}/audit", tenant_id)).json()["items"]

    assert [(one["operation"], one["who"], one["after"]["state"]) for one in trail] == [
        ("GET /oauth/callback", "ana", "choosing_org"),
        ("POST /tenants/{tenant_id}/connection/consent", "ana", "authorising"),
        ("GET /oauth/callback", "ana", "disconnected"),
        ("POST /tenants/{tenant_id}/connection/consent", "ana", "authorising"),
    ]
    assert not [secret for secret in ("token", "code", "verifier", "hash") if secret in str(trail).lower()]


async def test_choices_are_shown_without_xeros_connection_ids(platform: Platform) -> None:
    harness = platform.harness
    tenant_id, org_id = await harness.tenant(), await harness.control.create_org("Kauri Ltd")
    back = await harness.consent(tenant_id, org_id)
    await platform.http.get("/oauth/callback", params=back)

    status = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()
    assert status["choices"] == [{"org_id": org_id, "org_name": "Kauri Ltd"}]
