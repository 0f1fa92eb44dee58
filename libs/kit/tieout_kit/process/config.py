"""The configuration of a process, from `TIEOUT_*` environment variables."""

from pydantic import Field

from tieout_kit.kafka import KafkaSettings
from tieout_kit.limits import MAX_BODY, RATE
from tieout_kit.process.server import LOOPBACK


class ServiceConfig(KafkaSettings):
    """What every service needs; a service adds its own variables in a subclass."""

    database_url: str
    """The service's own database, postgresql://…, with the login of consumers, relay and periodic work."""
    api_database_url: str
    """The same database with the login of requests, which sees one tenant at a time."""
    http_host: str = "127.0.0.1"
    """The address the API listens on."""
    http_port: int = 8000
    """The port the API listens on."""
    http_proxies: str = LOOPBACK
    """The proxies in front of the API, such as the ingress: addresses and networks, comma-separated. The address of a
    caller that they name (X-Forwarded-For) is believed, for limits and the audit trail."""
    http_max_body: int = Field(MAX_BODY, ge=1024)
    """Bytes of a request's body; a larger one is refused with 413."""
    http_rate: int = Field(RATE, ge=1)
    """Requests a minute of each caller to each replica, as many at once; more are refused with 429."""
    health_port: int = 9000
    """The port of /livez, /readyz and /metrics."""
    jwks_url: str
    """The keys that sign tokens (JWKS): https://… or file://…"""
    jwt_issuer: str
    """The issuer that a token must name."""
    otlp_endpoint: str | None = None
    """Where traces are sent, OTLP over HTTP: http://host:4318. None: traces are not sent."""
    trace_sample: float = Field(1.0, ge=0, le=1)
    """The share of the traces that is sent. Traces in which something fails are sent in any case."""
    trace_url: str | None = None
    """The address of a trace in the viewer, with `{trace_id}`: http://host:16686/trace/{trace_id}. None: histories give
    no links."""
    log_format: str = "json"
    """`json`, or `text` for people."""
