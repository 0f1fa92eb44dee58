"""Registered apps. Source: docs/xero.md 1.2, 2.2."""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

PLANS = ("starter", "core", "plus", "advanced", "enterprise")
BULK_PLANS = ("advanced", "enterprise")


@dataclass(slots=True)
class App:
    """A registered app. A PKCE app has no `client_secret`. `custom_tenant`: the tenant of a custom connection."""

    client_id: str
    client_secret: str | None
    name: str
    redirect_uris: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    """The scopes that are assigned to the app; empty means all."""
    plan: str = "starter"
    created: date = date(2026, 3, 2)
    custom_tenant: str | None = None


def refuse_redirect_uri(uri: str) -> str | None:
    """Why a redirect URI cannot be registered, or None. It must be https, or http on localhost."""
    parts = urlsplit(uri)
    if "*" in uri:
        return "wildcards are not allowed"
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost"):
        return None
    return "must be https, or http://localhost"
