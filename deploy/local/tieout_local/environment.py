"""The environment variables that each service is started with."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from tieout_local.keys import ISSUER, SigningKeys
from tieout_local.logins import DatabaseUrls

CONNECTOR = "connector"
SERVICES = (CONNECTOR, "contacts", "bills", "payments")

# The app, as registered with the simulator.
XERO_CLIENT_ID = "tieout-local"
XERO_CLIENT_SECRET = "tieout-local-secret"  # noqa: S105  of the simulator, on this machine
XERO_WEBHOOK_KEY = "tieout-local-webhook-key"

PLATFORM_URL = "http://localhost:3000"

# Variables that a user may set in the shell of `make up`. All other variables of ours are removed.
FROM_THE_SHELL = ("TIEOUT_OTLP_ENDPOINT", "TIEOUT_TRACE_SAMPLE", "TIEOUT_TRACE_URL", "TIEOUT_LOG_FORMAT")


@dataclass(frozen=True)
class ServiceAddress:
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
        """The redirect URI of the connector. Over plain HTTP, Xero allows only localhost."""
        return f"http://localhost:{self.port}/oauth/callback"


@dataclass(frozen=True)
class SharedEnvironment:
    """The settings that all services share."""

    kafka: str
    prefix: str
    partitions: int
    simulator_url: str
    platform_url: str
    keys: SigningKeys


def service_environment(
    service: str, address: ServiceAddress, urls: DatabaseUrls, shared: SharedEnvironment, settings: Mapping[str, str]
) -> dict[str, str]:
    """The environment of a service; `settings` overrides everything else."""
    return {
        **inherited_environment(),
        "TIEOUT_KAFKA": shared.kafka,
        "TIEOUT_KAFKA_PREFIX": shared.prefix,
        "TIEOUT_PARTITIONS": str(shared.partitions),
        **urls.environment,
        "TIEOUT_HTTP_HOST": "127.0.0.1",
        "TIEOUT_HTTP_PORT": str(address.port),
        "TIEOUT_HEALTH_PORT": str(address.health_port),
        "TIEOUT_JWKS_URL": shared.keys.jwks_url,
        "TIEOUT_JWT_ISSUER": ISSUER,
        **(_connector_environment(address, shared) if service == CONNECTOR else {}),
        **settings,
    }


def inherited_environment() -> dict[str, str]:
    """This process's environment, without TIEOUT_ variables that were not meant for the services."""
    inherited = {n: v for n, v in os.environ.items() if not n.startswith("TIEOUT_") or n in FROM_THE_SHELL}
    return {**inherited, "PYTHONUNBUFFERED": "1"}


def _connector_environment(address: ServiceAddress, shared: SharedEnvironment) -> dict[str, str]:
    return {
        "TIEOUT_XERO_API_URL": shared.simulator_url,
        "TIEOUT_XERO_IDENTITY_URL": shared.simulator_url,
        "TIEOUT_XERO_LOGIN_URL": shared.simulator_url,
        "TIEOUT_XERO_CLIENT_ID": XERO_CLIENT_ID,
        "TIEOUT_XERO_CLIENT_SECRET": XERO_CLIENT_SECRET,
        "TIEOUT_XERO_REDIRECT_URI": address.redirect_uri,
        "TIEOUT_XERO_WEBHOOK_KEY": XERO_WEBHOOK_KEY,
        "TIEOUT_TOKEN_KEY": shared.keys.token_key,
        "TIEOUT_PLATFORM_URL": shared.platform_url,
    }
