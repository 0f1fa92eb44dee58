"""The configuration of the trial, from `TIEOUT_*` environment variables. Those of Xero are the connector's own."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class TrialSettings(BaseSettings):
    """Each variable with its sentence."""

    model_config = SettingsConfigDict(env_prefix="TIEOUT_")

    trial_folder: Path = Path("keys")
    """Where the keys are stored; on a volume, so that tokens outlive a restart."""
    trial_webhook_url: str
    """The connector's webhook receiver, as the simulator reaches it: http://…/webhooks/xero."""
    xero_api_url: str
    """The address of the simulator."""
    xero_client_id: str
    """The id of the app that is registered with the simulator."""
    xero_client_secret: str
    """The secret of the app."""
    xero_redirect_uri: str
    """Where the simulator sends a person back to after the consent."""
    xero_webhook_key: str
    """The key that the simulator signs webhooks with."""
    http_host: str = "127.0.0.1"
    """The address to listen on."""
    http_port: int = 8000
    """The port to listen on."""
