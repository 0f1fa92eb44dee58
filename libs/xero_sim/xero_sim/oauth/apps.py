"""Registered apps. Source: docs/xero.md 1.2, 2.2."""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

PLANS = ("starter", "core", "plus", "advanced", "enterprise")
BULK_PLANS = ("advanced", "enterprise")


@dataclass(slots=True)
class App:
    """`client_secret` None makes it a PKCE app; `custom_tenant` binds a custom connection to its one org."""

    client_id: str
    client_secret: str | None
    name: str
    redirect_uris: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    """Assigned scopes; empty means all."""
    plan: str = "starter"
    created: date = date(2026, 3, 2)
    custom_tenant: str | None = None


def refuse_redirect_uri(uri: str) -> str | None:
    """Why a redirect URI cannot be registered, or None: https, or http on localhost only."""
    parts = urlsplit(uri)
    if "*" in uri:
        return "wildcards are not allowed"
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost"):
        return None
    return "must be https, or http://localhost"
