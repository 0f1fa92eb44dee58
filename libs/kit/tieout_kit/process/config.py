"""The settings every service has, from `TIEOUT_*` environment variables."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceConfig(BaseSettings):
    """One sentence each; a service adds its own in a subclass."""

    model_config = SettingsConfigDict(env_prefix="TIEOUT_", frozen=True, extra="ignore")

    kafka: str
    """Bootstrap servers, host:port, comma-separated."""
    kafka_prefix: str = ""
    """Put before every topic, group and transactional id, so that several installations share a cluster."""
    partitions: int = Field(48, ge=1)
    """Partitions of every topic, fixed for good: a tenant's partition follows from it."""
    database_url: str
    """The service's own database, postgresql://…"""
    http_host: str = "127.0.0.1"
    """The address the API listens on."""
    http_port: int = 8000
    """The port the API listens on."""
    health_port: int = 9000
    """The port of /livez, /readyz and /metrics."""
    jwks_url: str
    """Where the keys are that sign tokens: https://… or file://…"""
    jwt_issuer: str
    """The issuer a token must name."""
    otlp_endpoint: str | None = None
    """Where traces go, OTLP over HTTP: http://host:4318. None: nowhere."""
    log_format: str = "json"
    """`json`, or `text` for people."""
