"""The trial's helper against a real simulator: what it sets up, what it repeats, and what it serves."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import jwt
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieout_local.keys import ISSUER, ROLES, SigningKeys
from tieout_local.trial.app import State, trial_app
from tieout_local.trial.settings import TrialSettings
from tieout_local.trial.simulator import NotReady, set_up
from xero_sim.app import build_app
from xero_sim.control_client import Control
from xero_sim.serving import serve_in_thread

CLIENT_ID, SECRET, KEY = "trial-app", "trial-secret", "trial-webhook-key"
REDIRECT = "http://localhost:8000/oauth/callback"


async def receiver(request: Request) -> Response:
    """A webhook receiver that knows the key."""
    mac = hmac.new(KEY.encode(), await request.body(), hashlib.sha256)
    signed = request.headers.get("x-xero-signature") == base64.b64encode(mac.digest()).decode()
    return Response(status_code=200 if signed else 401)


@pytest.fixture(scope="module")
def webhook_url() -> Iterator[str]:
    with serve_in_thread(Starlette(routes=[Route("/webhooks/xero", receiver, methods=["POST"])])) as url:
        yield f"{url}/webhooks/xero"


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with serve_in_thread(build_app()) as url:
        yield url


@pytest.fixture
async def xero(simulator: str) -> AsyncIterator[Control]:
    async with Control(simulator) as control:
        await control.reset()
        yield control


def settings(simulator: str, webhook_url: str) -> TrialSettings:
    return TrialSettings(
        trial_webhook_url=webhook_url,
        xero_api_url=simulator,
        xero_client_id=CLIENT_ID,
        xero_client_secret=SECRET,
        xero_redirect_uri=REDIRECT,
        xero_webhook_key=KEY,
    )


async def test_the_app_an_organisation_with_records_and_the_webhook_are_set_up_once(
    simulator: str, webhook_url: str, xero: Control
) -> None:
    first = await set_up(settings(simulator, webhook_url))
    second = await set_up(settings(simulator, webhook_url))

    [app], [org] = await xero.apps(), await xero.orgs()
    assert (app["clientId"], app["clientSecret"], app["redirectUris"]) == (CLIENT_ID, SECRET, [REDIRECT])
    assert first == second == org["tenantId"]
    assert (await xero.state(first, "Invoices"))["Invoices"]
    assert (await xero.webhook(CLIENT_ID))["state"] == "OK"


async def test_what_a_new_simulator_does_not_know_is_set_up_again(
    simulator: str, webhook_url: str, xero: Control
) -> None:
    await set_up(settings(simulator, webhook_url))
    await xero.reset()

    org_id = await set_up(settings(simulator, webhook_url))

    assert [org["tenantId"] for org in await xero.orgs()] == [org_id]
    assert (await xero.webhook(CLIENT_ID))["state"] == "OK"


async def test_a_connector_that_takes_no_webhooks_is_tried_again(
    simulator: str, webhook_url: str, xero: Control
) -> None:
    with pytest.raises(NotReady, match="nobody-listens"):
        await set_up(settings(simulator, "http://127.0.0.1:9/nobody-listens"))

    await set_up(settings(simulator, webhook_url))

    webhook = await xero.webhook(CLIENT_ID)
    assert (webhook["url"], webhook["state"]) == (webhook_url, "OK")


async def test_its_token_is_good_for_every_tenant_and_role_and_is_checked_with_its_keys(tmp_path: Path) -> None:
    app = trial_app(SigningKeys(tmp_path), State())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://trial") as http:
        token = (await http.get("/token", params={"sub": "you"})).text
        keys = jwt.PyJWKSet.from_dict((await http.get("/jwks.json")).json())

    claims = jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]], algorithms=["RS256"], issuer=ISSUER)
    assert (claims["sub"], claims["tenants"], claims["roles"]) == ("you", ["*"], list(ROLES))


async def test_it_says_what_is_set_up_and_what_is_missing(tmp_path: Path) -> None:
    state = State()
    app = trial_app(SigningKeys(tmp_path), state)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://trial") as http:
        before = (await http.get("/")).json()
        state.org_id, state.problem = "an-org", None
        after = (await http.get("/")).json()

    assert (before["ready"], before["problem"]) == (False, "the simulator was not asked yet")
    assert after == {"organisation": "an-org", "ready": True, "problem": None}
