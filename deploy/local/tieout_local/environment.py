"""Every environment variable that a service is started with, in one place."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from tieout_local.keys import ISSUER, Keys

CONNECTOR = "connector"
SERVICES = (CONNECTOR, "contacts", "bills", "payments")

# The app as the simulator knows it.
XERO_CLIENT_ID = "tieout-local"
XERO_CLIENT_SECRET = "tieout-local-secret"  # noqa: S105  of the simulator, on this machine
XERO_WEBHOOK_KEY = "tieout-local-webhook-key"

PLATFORM_URL = "http://localhost:3000"

# What the user may set in the shell of `make up`; anything else of ours in it would be by accident.
FROM_THE_SHELL = ("TIEOUT_OTLP_ENDPOINT", "TIEOUT_LOG_FORMAT")


@dataclass(frozen=True)
class Address:
    """Where a service listens."""

    port: int
    health_port: int

    @property
    def url(self) -> str:
        """The API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def health_url(self) -> str:
        """/livez, /readyz and /metrics."""
        return f"http://127.0.0.1:{self.health_port}"

    @property
    def redirect_uri(self) -> str:
        """Where Xero sends a person back to, if this is the connector; over plain HTTP it allows only localhost."""
        return f"http://localhost:{self.port}/oauth/callback"


@dataclass(frozen=True)
class Surroundings:
    """What all services share."""

    kafka: str
    prefix: str
    partitions: int
    simulator_url: str
    platform_url: str
    keys: Keys


def service_environment(
    service: str, address: Address, dsn: str, around: Surroundings, settings: Mapping[str, str]
) -> dict[str, str]:
    """What the service finds in its environment; `settings` wins over everything."""
    return {
        **outer_environment(),
        "TIEOUT_KAFKA": around.kafka,
        "TIEOUT_KAFKA_PREFIX": around.prefix,
        "TIEOUT_PARTITIONS": str(around.partitions),
        "TIEOUT_DATABASE_URL": dsn,
        "TIEOUT_HTTP_HOST": "127.0.0.1",
        "TIEOUT_HTTP_PORT": str(address.port),
        "TIEOUT_HEALTH_PORT": str(address.health_port),
        "TIEOUT_JWKS_URL": around.keys.jwks_url,
        "TIEOUT_JWT_ISSUER": ISSUER,
        **(_connector_environment(address, around) if service == CONNECTOR else {}),
        **settings,
    }


def outer_environment() -> dict[str, str]:
    """Our own environment without settings of ours that were not meant for these processes."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("TIEOUT_") or n in FROM_THE_SHELL}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def _connector_environment(address: Address, around: Surroundings) -> dict[str, str]:
    return {
        "TIEOUT_XERO_API_URL": around.simulator_url,
        "TIEOUT_XERO_IDENTITY_URL": around.simulator_url,
        "TIEOUT_XERO_LOGIN_URL": around.simulator_url,
        "TIEOUT_XERO_CLIENT_ID": XERO_CLIENT_ID,
        "TIEOUT_XERO_CLIENT_SECRET": XERO_CLIENT_SECRET,
        "TIEOUT_XERO_REDIRECT_URI": address.redirect_uri,
        "TIEOUT_XERO_WEBHOOK_KEY": XERO_WEBHOOK_KEY,
        "TIEOUT_TOKEN_KEY": around.keys.token_key,
        "TIEOUT_PLATFORM_URL": around.platform_url,
    }
