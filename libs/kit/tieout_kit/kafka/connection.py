"""How a process reaches Kafka: address, encryption and login."""

import ssl
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


@dataclass(frozen=True)
class KafkaConnection:
    """The arguments that every client of aiokafka gets."""

    bootstrap: str
    security: dict[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments for a consumer, a producer or an admin client."""
        return {"bootstrap_servers": self.bootstrap, **self.security}


class KafkaSettings(BaseSettings):
    """Where Kafka is and how to log in, from `TIEOUT_KAFKA*` environment variables."""

    model_config = SettingsConfigDict(env_prefix="TIEOUT_", frozen=True, extra="ignore", use_attribute_docstrings=True)

    kafka: str
    """Bootstrap servers, host:port, comma-separated."""
    kafka_prefix: str = ""
    """Put before every topic, group and transactional id, so that several installations share a cluster."""
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """Whether Kafka is reached over TLS (`SSL`), with a login (`SASL_PLAINTEXT`), both (`SASL_SSL`) or neither."""
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """How the login is proven, if there is a login."""
    kafka_username: str | None = None
    """The user of the login."""
    kafka_password: SecretStr | None = None
    """The password of the login."""
    kafka_ca_file: Path | None = None
    """The certificate of the authority that signed Kafka's own, PEM. None: the system's authorities are trusted."""
    kafka_cert_file: Path | None = None
    """The certificate that this process shows to Kafka, PEM. None: it shows none."""
    kafka_key_file: Path | None = None
    """The key of that certificate, PEM."""
    partitions: int = Field(48, ge=1)
    """Partitions of every topic. Never changed, since a tenant's partition follows from it."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kafka_security.startswith("SASL") and not (self.kafka_username and self.kafka_password):
            raise ValueError(
                f"TIEOUT_KAFKA_SECURITY is {self.kafka_security}: set TIEOUT_KAFKA_USERNAME and TIEOUT_KAFKA_PASSWORD"
            )
        if (self.kafka_cert_file is None) != (self.kafka_key_file is None):
            raise ValueError("set both TIEOUT_KAFKA_CERT_FILE and TIEOUT_KAFKA_KEY_FILE, or neither")
        return self

    @cached_property
    def kafka_connection(self) -> KafkaConnection:
        """For every client of this process. Raises OSError if a file is missing, SSLError if a file holds no PEM."""
        security: dict[str, Any] = {"security_protocol": self.kafka_security}
        if self.kafka_security.endswith("SSL"):
            security["ssl_context"] = self._tls()
        if self.kafka_security.startswith("SASL"):
            assert self.kafka_password is not None
            security |= {
                "sasl_mechanism": self.kafka_sasl_mechanism,
                "sasl_plain_username": self.kafka_username,
                "sasl_plain_password": self.kafka_password.get_secret_value(),
            }
        return KafkaConnection(self.kafka, security)

    def _tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.kafka_ca_file)
        if self.kafka_cert_file and self.kafka_key_file:
            context.load_cert_chain(self.kafka_cert_file, self.kafka_key_file)
        return context
