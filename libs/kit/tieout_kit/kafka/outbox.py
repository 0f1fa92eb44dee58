"""The outbox: messages are stored in the transaction that changes the state; the relay publishes them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import orjson

from tieout_kit.events import Cause
from tieout_kit.postgres import Tx, queries
from tieout_kit.telemetry import is_on
from tieout_schemas.envelope import PREFIX, Envelope
from tieout_schemas.payload import Payload
from tieout_schemas.topics import Topic, every_topic

_SQL = queries.load("tieout_kit", "outbox.sql")

MAX_BYTES = 900_000
"""The largest value of an event. Kafka refuses records over 1 MiB, and a row that the relay cannot send would block all
rows behind it."""
_MAX_RECORD_BYTES = {
    topic.name: int(topic.retention.value.get("max.message.bytes", 1 << 20)) for topic in every_topic()
}
"""The largest record that Kafka takes, by topic."""
_RECORD_OVERHEAD = 200
"""Bytes that Kafka adds to a record, at most; a header adds up to 10."""
LINK = "tieout_link"
"""Header: the `traceparent`s, separated by commas, of spans that the event's trace is linked to. Such is the span of a
batch, or that of the event before it was replayed."""
TRACEPARENT = f"{PREFIX}traceparent"


Headers = Sequence[tuple[str, bytes | None]]


class TooLarge(ValueError):
    """A message larger than Kafka takes."""


@dataclass(frozen=True, slots=True)
class Message:
    """A Kafka record to publish. Its partition follows from the tenant."""

    topic: str
    tenant_id: UUID | None
    key: bytes | None
    headers: Headers
    value: bytes | None

    @property
    def size(self) -> int:
        """Upper estimate of the record's bytes on Kafka. Headers count too: they carry callers' ids of any length."""
        headers = sum([len(name.encode()) + len(value or b"") for name, value in self.headers])
        return _RECORD_OVERHEAD + len(self.key or b"") + headers + 10 * len(self.headers) + len(self.value or b"")


def event(
    tx: Tx, topic: Topic, tenant_id: UUID, payload: Payload, sequence: int, cause: Cause, value: bytes | None = None
) -> Message:
    """The message that publishes `payload` on a topic. `value`: its JSON, if the caller has it. Raises TooLarge."""
    envelope = Envelope(
        id=str(uuid4()),
        source=f"tieout/{tx.service}",
        type=payload.ce_type,
        time=tx.now,
        tenantid=tenant_id,
        subject=payload.key_id,
        sequence=sequence,
        causationid=cause.causation_id,
        correlationid=cause.correlation_id,
        traceparent=cause.traceparent,
    )
    headers = envelope.to_headers()
    if cause.shared and cause.traceparent and is_on():
        # The relay begins a trace with this event.
        headers = [*(each for each in headers if each[0] != TRACEPARENT), (LINK, cause.traceparent.encode())]
    value = value or payload.model_dump_json().encode()
    if len(value) > MAX_BYTES:
        raise TooLarge(f"{payload.kind} {payload.key_id} takes {len(value)} bytes, more than {MAX_BYTES}")
    return Message(topic.name, tenant_id, topic.key_of(tenant_id, payload), headers, value)


async def add(tx: Tx, messages: Iterable[Message]) -> None:
    """Store messages. The caller has locked the records that they are about, so that a record's messages stay in order.

    Raises TooLarge, and ValueError for a row with neither key nor value, which aiokafka does not send.
    """
    rows = list(messages)
    if not rows:
        return
    for row in rows:
        if row.size > _MAX_RECORD_BYTES[row.topic]:
            raise TooLarge(f"a record for {row.topic} takes {row.size} bytes, more than {_MAX_RECORD_BYTES[row.topic]}")
        if row.key is None and row.value is None:
            raise ValueError(f"a record for {row.topic} with neither key nor value cannot be sent")
    await tx.db.execute(
        *_SQL["add"](
            topics=[row.topic for row in rows],
            tenant_ids=[row.tenant_id for row in rows],
            keys=[row.key for row in rows],
            headers=[to_json(row.headers) for row in rows],
            values=[row.value for row in rows],
        )
    )


def to_json(headers: Headers) -> bytes:
    """Headers for a json column, whatever their bytes are."""
    # latin-1 maps every byte there and back, so a dead letter keeps its headers. The result is bytes, not a list:
    # asyncpg would take lists within a list for further dimensions of the array.
    return orjson.dumps([(name, None if value is None else value.decode("latin-1")) for name, value in headers])


def from_json(headers: Iterable[tuple[str, str | None]]) -> list[tuple[str, bytes | None]]:
    """Headers as `to_json` got them."""
    return [(name, None if value is None else value.encode("latin-1")) for name, value in headers]
