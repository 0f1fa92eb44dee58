"""Sets the simulator up for a trial, as people do in Xero's developer portal and in Xero, again and again."""

from tieout_local.trial.settings import TrialSettings
from tieout_local.xero_app import the_organisation
from xero_sim.control_client import Control, ControlRefused


class NotReady(Exception):
    """The connector does not take webhooks yet."""


async def set_up(settings: TrialSettings) -> str:
    """Make what is missing: the app, the organisation with its records, the webhook. Returns the organisation's id.

    Raises NotReady, httpx.HTTPError while the simulator does not answer, ControlRefused.
    """
    client_id = settings.xero_client_id
    async with Control(settings.xero_api_url) as xero:
        if client_id not in [app["clientId"] for app in await xero.apps()]:
            await xero.register_app(
                client_id=client_id,
                client_secret=settings.xero_client_secret,
                redirect_uris=[settings.xero_redirect_uri],
            )
        org_id = await the_organisation(xero)
        if not await _has_webhook(xero, client_id):
            answer = await xero.set_webhook(client_id, settings.trial_webhook_url, settings.xero_webhook_key)
            if answer["problems"]:
                raise NotReady(f"{settings.trial_webhook_url} does not take webhooks yet: {answer['problems']}")
    return org_id


async def _has_webhook(xero: Control, client_id: str) -> bool:
    """Whether a webhook is set that passed the handshake. While it is being retried it stays: its events are held."""
    try:
        return (await xero.webhook(client_id))["state"] in ("OK", "RETRYING")
    except ControlRefused:
        return False
