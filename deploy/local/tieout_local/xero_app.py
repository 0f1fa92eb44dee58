"""Register our app with the simulator, as in Xero's developer portal; the simulator forgets it at each start."""

import httpx

from tieout_local.environment import XERO_CLIENT_ID, XERO_CLIENT_SECRET, XERO_WEBHOOK_KEY
from tieout_local.errors import NotReady
from xero_sim.control_client import Control

DOCUMENTS = 300


def register_app(simulator_url: str, redirect_uri: str) -> None:
    """Register the app with the id and the secret that the connector uses."""
    app = {
        "clientId": XERO_CLIENT_ID,
        "clientSecret": XERO_CLIENT_SECRET,
        "name": "Tieout",
        "redirectUris": [redirect_uri],
    }
    httpx.post(f"{simulator_url}/control/apps", json=app, timeout=10, trust_env=False).raise_for_status()


def subscribe_webhook(simulator_url: str, url: str) -> None:
    """Have webhooks sent to the connector, which must be ready: the simulator checks its "intent to receive" first."""
    wanted = {"url": url, "key": XERO_WEBHOOK_KEY, "categories": ["CONTACT", "INVOICE"]}
    path = f"{simulator_url}/control/apps/{XERO_CLIENT_ID}/webhook"
    answer = httpx.put(path, json=wanted, timeout=60, trust_env=False)
    if answer.is_error or answer.json()["problems"]:
        raise NotReady(f"the connector does not take webhooks at {url}", answer.text)


async def the_organisation(xero: Control) -> str:
    """The organisation in the simulator, created with `DOCUMENTS` documents if there is none. Returns its id."""
    for org in await xero.orgs():
        return str(org["tenantId"])
    org_id = await xero.create_org("Demo Company (NZ)", country="NZ")
    await xero.seed(org_id, DOCUMENTS)
    return org_id
