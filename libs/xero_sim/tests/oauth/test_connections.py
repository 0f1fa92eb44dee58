"""Connections and their end, behaviours 9-11."""

from datetime import timedelta

import jwt
import pytest

from xero_sim.app_client import Xero

from .portal import Portal


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
