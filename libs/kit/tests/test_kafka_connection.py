"""How a process logs in to Kafka: the settings, and a real broker that takes only a login over TLS."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from tieout_kit.kafka import KafkaSettings, create_topics
from tieout_local.kafka import Kafka
from tieout_local.ports import remembered_port
from tieout_local.processes import Children
from tieout_schemas.topics import SETTINGS

LOGIN = {"kafka_username": "tieout", "kafka_password": "the password"}


def test_a_login_without_a_user_is_refused_and_names_the_variables() -> None:
    with pytest.raises(ValidationError, match="set TIEOUT_KAFKA_USERNAME and TIEOUT_KAFKA_PASSWORD"):
        KafkaSettings(kafka="broker:9092", kafka_security="SASL_SSL")


def test_a_certificate_without_its_key_is_refused_and_names_the_variables() -> None:
    with pytest.raises(ValidationError, match="TIEOUT_KAFKA_CERT_FILE and TIEOUT_KAFKA_KEY_FILE"):
        KafkaSettings(kafka="broker:9092", kafka_security="SSL", kafka_cert_file=Path("client.pem"))


def test_the_password_is_in_no_text_of_the_settings() -> None:
    settings = KafkaSettings(kafka="broker:9092", kafka_security="SASL_PLAINTEXT", **LOGIN)  # type: ignore[arg-type]

    assert "the password" not in f"{settings} {settings!r} {settings.model_dump_json()}"
    assert settings.kafka_connection.options["sasl_plain_password"] == "the password"


class SecureKafka:
    """A broker whose only listener for clients wants TLS and a login, and the certificate of its authority."""

    def __init__(self, folder: Path) -> None:
        self.children = Children()
        self.ca_file, keystore = _certificates(folder)
        broker = f"127.0.0.1:{remembered_port(folder / 'secure-port')}"
        controller = f"127.0.0.1:{remembered_port(folder / 'kafka' / 'controller-port')}"
        plain = f"127.0.0.1:{remembered_port(folder / 'kafka' / 'port')}"
        module = "org.apache.kafka.common.security.plain.PlainLoginModule"
        self.server = Kafka(
            folder / "kafka",
            self.children,
            {
                "listeners": f"PLAINTEXT://{plain},CONTROLLER://{controller},SASL_SSL://{broker}",
                "advertised.listeners": f"PLAINTEXT://{plain},SASL_SSL://{broker}",
                "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
                "sasl.enabled.mechanisms": "PLAIN",
                "listener.name.sasl_ssl.plain.sasl.jaas.config": f'{module} required user_tieout="the password";',
                "ssl.keystore.type": "PEM",
                "ssl.keystore.location": keystore,
            },
        )
        self.broker = broker

    def settings(self, **changed: Any) -> KafkaSettings:
        login = {"kafka_security": "SASL_SSL", "kafka_sasl_mechanism": "PLAIN", "kafka_ca_file": self.ca_file, **LOGIN}
        return KafkaSettings(kafka=self.broker, **{**login, **changed})


@pytest.fixture(scope="module")
def secure_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    secure = SecureKafka(tmp_path_factory.mktemp("secure"))
    try:
        secure.server.start()
        yield secure
    finally:
        secure.children.stop()


@pytest.mark.real
@pytest.mark.timeout(120)
async def test_topics_are_made_and_events_travel_over_tls_with_a_login(secure_kafka: SecureKafka) -> None:
    kafka = secure_kafka.settings().kafka_connection

    await create_topics(kafka, "", 1)

    producer = AIOKafkaProducer(**kafka.options)
    consumer = AIOKafkaConsumer(SETTINGS.name, **kafka.options, auto_offset_reset="earliest")
    await producer.start()
    await producer.send_and_wait(SETTINGS.name, b"{}", key=b"a tenant")
    await producer.stop()
    await consumer.start()
    assert (await consumer.getone()).value == b"{}"
    await consumer.stop()


@pytest.mark.real
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"kafka_password": "another password"}, "Invalid username or password"),
        ({"kafka_ca_file": None}, "certificate verify failed"),
        ({"kafka_security": "SASL_PLAINTEXT"}, "Unable connect"),
    ],
    ids=["wrong password", "unknown authority", "without TLS"],
)
async def test_whoever_is_not_who_the_broker_wants_gets_no_connection(
    secure_kafka: SecureKafka, changed: dict[str, Any], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    kafka = secure_kafka.settings(**changed).kafka_connection
    producer = AIOKafkaProducer(**kafka.options, request_timeout_ms=3000)

    try:
        with pytest.raises(KafkaConnectionError):
            await producer.start()
    finally:
        await producer.stop()

    assert why in caplog.text


def _certificates(folder: Path) -> tuple[Path, Path]:
    """The certificate of an authority, and a key store with the broker's key and certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("Tieout test authority", authority.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    own = _certificate("broker", key.public_key()).add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    ca_file, keystore = folder / "ca.pem", folder / "broker.pem"
    ca_file.write_bytes(ca.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM))
    own_pem = own.sign(authority, hashes.SHA256()).public_bytes(Encoding.PEM)
    keystore.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + own_pem)
    return ca_file, keystore


def _certificate(name: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tieout test authority")]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
    )
