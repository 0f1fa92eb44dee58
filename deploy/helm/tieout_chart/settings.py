"""The settings of the services, and how each is reached through the chart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tieout_connector.config import ConnectorSettings
from tieout_kit.process import ServiceConfig

VALUE_OF = {
    "database_url": "databases.*.url",
    "api_database_url": "databases.*.apiUrl",
    "kafka": "kafka.bootstrapServers",
    "kafka_prefix": "kafka.prefix",
    "kafka_security": "kafka.security",
    "kafka_sasl_mechanism": "kafka.sasl.mechanism",
    "kafka_username": "kafka.sasl.username",
    "kafka_password": "kafka.sasl.password",
    "kafka_ca_file": "kafka.tls.ca",
    "kafka_cert_file": "kafka.tls.client",
    "kafka_key_file": "kafka.tls.client",
    "partitions": "kafka.partitions",
    "role": "services.*.role",
    "xero_client_secret": "connector.xeroClientSecret",
    "xero_webhook_key": "connector.xeroWebhookKey",
    "token_key": "connector.tokenKey",
    "attachments_folder": "connector.attachments",
}
"""Settings that a value of its own sets: secrets, files, and what jobs need too."""

FIXED = {"http_host": "0.0.0.0", "http_port": "8000", "health_port": "9000"}  # noqa: S104  in a pod
"""Settings that are the same in every pod."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `schema`: its JSON Schema, with description and default."""

    field: str
    schema: dict[str, Any]
    of_connector: bool

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"TIEOUT_{self.field.upper()}"

    @property
    def name(self) -> str:
        """The key in the chart's `settings`: xero_api_url → xeroApiUrl."""
        return re.sub(r"_(\w)", lambda found: found[1].upper(), self.field)

    @property
    def is_plain(self) -> bool:
        """Whether it is set in `settings` or `connector.settings`."""
        return self.field not in VALUE_OF and self.field not in FIXED


def every_setting() -> Iterator[Setting]:
    """The settings of all services, then those of the connector alone."""
    of_all = ServiceConfig.model_json_schema()["properties"]
    of_connector = ConnectorSettings.model_json_schema()["properties"]
    for field, schema in of_connector.items():
        if field in of_all:
            yield Setting(field, _without_null(schema), of_connector=False)
    for field, schema in of_connector.items():
        if field not in of_all:
            yield Setting(field, _without_null(schema), of_connector=True)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    # What is not set has its default, so nobody sets it to null.
    kept = {name: value for name, value in schema.items() if name not in ("title", "format", "anyOf")}
    for one in schema.get("anyOf", ()):
        if one != {"type": "null"}:
            kept |= {name: value for name, value in one.items() if name != "format"}
    return {name: value for name, value in kept.items() if value is not None}
