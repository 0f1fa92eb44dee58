"""The token endpoint and the list of connections: what each answer means, and nothing of it in an error."""

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tieout_connector.xero.errors import ConsentLost, MalformedRequest, OutcomeUnknown, RetryAfter, TokenExpired
from tieout_connector.xero.identity import Tokens, XeroIdentity, org_connections
from tieout_testing.connector import ConnectorHarness

NOW = dt.datetime(2026, 9, 14, tzinfo=dt.UTC)
SECRETS = ("the-secret", "the-refresh-token", "the-access-token")


def identity(client: httpx.AsyncClient) -> XeroIdentity:
    return XeroIdentity(client, ("http://api", "http://identity", "http://login"), "app", "the-secret", "http://back")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), ConsentLost),
        (httpx.Response(400, json={"error": "invalid_client"}), RetryAfter),
        (httpx.Response(400, json={"error": "unauthorized_client"}), RetryAfter),
        (httpx.Response(500, text="the-refresh-token is not liked"), RetryAfter),
        (httpx.Response(200, html="<html>down for maintenance</html>"), RetryAfter),
        (httpx.Response(200, json={"access_token": "the-access-token"}), RetryAfter),
        (httpx.ReadTimeout("slow"), RetryAfter),
        (httpx.LocalProtocolError("Illegal header value b'Basic the-secret'"), RetryAfter),
    ],
)
async def test_a_refresh_that_fails_waits_or_parks(answer: Any, error: type[Exception]) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answers(answer))) as client:
        with pytest.raises(error) as raised:
            await identity(client).refresh("the-refresh-token", NOW)

    assert not [secret for secret in SECRETS if secret in f"{raised.value} {raised.value!r}"]
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(401, json={"Detail": "TokenExpired: token expired"}), TokenExpired),
        (httpx.Response(401, json={"Detail": "AuthorizationUnsuccessful"}), ConsentLost),
        (httpx.Response(403), ConsentLost),
        (httpx.Response(429), RetryAfter),
        (httpx.Response(503), OutcomeUnknown),
        (httpx.Response(415), MalformedRequest),
        (httpx.Response(200, text='[{"id": '), OutcomeUnknown),
        (httpx.ConnectError("away"), RetryAfter),
    ],
)
async def test_the_list_of_connections_goes_wrong_as_any_call_does(answer: Any, error: type[Exception]) -> None:
    tokens = Tokens("the-access-token", "the-refresh-token", NOW)
    async with httpx.AsyncClient(transport=httpx.MockTransport(answers(answer))) as client:
        with pytest.raises(error) as raised:
            await identity(client).connections(tokens)

    assert not [secret for secret in SECRETS if secret in f"{raised.value} {tokens!r}"]


def test_a_practice_is_no_organisation() -> None:
    raw = {"id": str(uuid4()), "tenantId": str(uuid4()), "tenantName": None, "tenantType": "ORGANISATION"}

    (found,) = org_connections([{**raw, "tenantType": "PRACTICE"}, raw, {**raw, "tenantType": "NEWKIND"}])

    assert (str(found.org_id), found.org_name) == (raw["tenantId"], "")


@pytest.mark.real
async def test_a_connection_removed_twice_is_gone(harness: ConnectorHarness) -> None:
    orgs = [await harness.control.create_org(name) for name in ("Kauri Ltd", "Rimu Ltd")]
    said = await harness.control.connect(harness.app.client_id, orgs)
    tokens = Tokens(said["access_token"], said["refresh_token"], NOW)
    first, second = await harness.identity.connections(tokens)

    for _ in range(2):
        await harness.identity.disconnect(tokens.access, first.connection_id)
    assert [c.org_id for c in await harness.identity.connections(tokens)] == [second.org_id]
    assert UUID(tokens.consent_id)


def answers(answer: Any) -> Any:
    def respond(_: httpx.Request) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return respond
