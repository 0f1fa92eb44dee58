"""The connector's configuration, from `TIEOUT_*` environment variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from tieout_kit.process import ServiceConfig


class ConnectorSettings(ServiceConfig):
    """Each variable with its sentence."""

    role: Literal["all", "web", "sync"] = "all"
    """What this process does: `web` serves the API and receives webhooks, `sync` consumes events and calls Xero."""
    xero_api_url: str = "https://api.xero.com"
    """The address of Xero's API."""
    xero_identity_url: str = "https://identity.xero.com"
    """The address of Xero's token endpoint."""
    xero_login_url: str = "https://login.xero.com"
    """The address of Xero's consent page."""
    xero_client_id: str
    """The app's id at Xero."""
    xero_client_secret: str
    """The app's secret at Xero."""
    xero_redirect_uri: str
    """The address that Xero sends a person back to after the consent: …/oauth/callback, as registered with the app."""
    xero_webhook_key: str
    """The key that Xero signs webhooks with, as text. While it is changed at Xero both keys, separated by a comma."""
    xero_page_size: int = Field(1000, ge=1, le=1000)
    """Records on a page of an import or poll. Xero allows 1,000."""
    xero_plan: Literal["starter", "core", "plus", "advanced", "enterprise"] = "starter"
    """The app's plan with Xero. It sets the calls a day for each organisation, until Xero's answers show more."""
    attachments_folder: Path = Path("attachments")
    """The folder with the files of attachments, on a volume that every replica mounts."""
    token_key: str
    """The Fernet key that encrypts tokens at rest. Older keys may follow, separated by commas (docs/rotate-keys.md)."""
    platform_url: str = Field("http://localhost", pattern=r"^https?://[^\s?#]+$")
    """The platform's address. The stamps of bills in Xero begin with it, and a consent may return to its origin."""
    return_origins: str = ""
    """Further origins that a consent may return to, separated by commas: https://bills.example.com."""

    @field_validator("platform_url")
    @classmethod
    def _fits_a_bill(cls, url: str) -> str:
        # docs/xero.md 4.3: Xero would refuse every bill.
        if "xero" in url.lower():
            raise ValueError('Xero refuses links that contain "xero"; give the platform another address')
        return url
