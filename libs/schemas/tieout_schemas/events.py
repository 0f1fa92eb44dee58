"""An event: an envelope and its payload, from and to the bytes of a Kafka record."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError

from tieout_schemas.envelope import BadEnvelope, Envelope
from tieout_schemas.payload import Payload
from tieout_schemas.topics import Topic

P_co = TypeVar("P_co", bound=Payload, covariant=True)


class BadEvent(ValueError):
    """A record that is not a valid event of its topic. The message names the wrong header or field."""


class UnknownType(BadEvent):
    """An event of a type that this version does not know."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A record that was erased with its tenant (a tombstone): forget it."""

    tenant_id: UUID
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Event(Generic[P_co]):
    """An event: its payload (`data`) and the metadata about it (`envelope`)."""

    envelope: Envelope
    data: P_co
    value: bytes | None = None
    """The bytes that `data` was read from."""


def erased(key: bytes | None) -> Erased:
    """Read the key of a record without a value. Raises BadEvent, whatever the bytes are."""
    try:
        tenant_id, kind, record_id = (key or b"").decode().split(":", 2)
        return Erased(UUID(tenant_id), kind, record_id)
    except ValueError as error:
        raise BadEvent(f"the key {key!r} names no record: {error}") from error


def decode(topic: Topic, headers: Iterable[tuple[str, bytes]], value: bytes | None) -> Event[Payload]:
    """Read a record of a topic. Raises BadEvent, whatever the bytes are."""
    try:
        envelope = Envelope.from_headers(headers)
    except BadEnvelope as error:
        raise BadEvent(str(error)) from error
    payload_type = next((p for p in topic.payloads if p.ce_type == envelope.type), None)
    if payload_type is None:
        raise UnknownType(f"header ce_type is {envelope.type!r}, which {topic.name} does not carry")
    if value is None:
        raise BadEvent("the record has no value")
    try:
        return Event(envelope, payload_type.model_validate_json(value), value)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'value'}: {e['msg']}" for e in error.errors())
        raise BadEvent(wrong) from error
