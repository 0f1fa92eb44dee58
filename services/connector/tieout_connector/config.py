"""The connector's own settings, from `TIEOUT_*` environment variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from tieout_kit.process import Settings


class ConnectorSettings(Settings):
    """One sentence each."""

    xero_api_url: str = "https://api.xero.com"
    """Where Xero's API is."""
    xero_identity_url: str = "https://identity.xero.com"
    """Where tokens are made."""
    xero_login_url: str = "https://login.xero.com"
    """Where a person consents."""
    xero_client_id: str
    """The app's id at Xero."""
    xero_client_secret: str
    """The app's secret at Xero."""
    xero_redirect_uri: str
    """Where Xero sends a person back to: …/oauth/callback, as registered with the app."""
    xero_webhook_key: str
    """The key webhooks are signed with, as text."""
    xero_page_size: int = Field(1000, ge=1, le=1000)
    """Records per page of an import or poll; Xero's own most is 1,000."""
    xero_plan: Literal["starter", "core", "plus", "advanced", "enterprise"] = "starter"
    """The app's plan with Xero: how many calls a day an organisation has, until Xero's answers tell of more."""
    attachments_folder: Path = Path("attachments")
    """Where the files of attachments are, on a volume that every replica sees."""
    token_key: str
    """The Fernet key that encrypts tokens at rest; older keys may follow, comma-separated."""
    platform_url: str = Field("http://localhost", pattern=r"^https?://[^\s?#]+$")
    """The platform's address: consent may return only below it, and bills carry it as their mark in Xero."""

    @field_validator("platform_url")
    @classmethod
    def _fits_a_bill(cls, url: str) -> str:
        # xero-api.md 4.3: every bill would be refused.
        if "xero" in url.lower():
            raise ValueError('Xero takes no link that contains "xero"; give the platform another name')
        return url
