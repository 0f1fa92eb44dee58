"""What a transaction wants said on Kafka: written with the state, sent by the relay (design, Out)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import orjson

from tieout_kit.events import Cause
from tieout_kit.postgres import Tx, queries
from tieout_schemas.envelope import Envelope
from tieout_schemas.payload import Payload
from tieout_schemas.topics import Topic, every_topic

_SQL = queries.load("tieout_kit", "outbox.sql")

MAX_BYTES = 900_000
"""Of an event's value. Kafka refuses a record of 1 MB and a bit; a row the relay cannot send would block all behind."""
_TAKES = {topic.name: int(topic.kept.value.get("max.message.bytes", 1 << 20)) for topic in every_topic()}
"""Bytes of a whole record, by topic."""
_FRAME = 200
"""Bytes that Kafka writes around a record; around a header a few."""


Headers = Sequence[tuple[str, bytes | None]]


class TooLarge(ValueError):
    """A message larger than Kafka takes."""


@dataclass(frozen=True, slots=True)
class Message:
    """A record to be: its partition follows from the tenant."""

    topic: str
    tenant_id: UUID | None
    key: bytes | None
    headers: Headers
    value: bytes | None

    @property
    def size(self) -> int:
        """Bytes on Kafka, a little more than less: an event copies ids that others have chosen into its headers."""
        headers = sum(len(name.encode()) + len(value or b"") + 10 for name, value in self.headers)
        return _FRAME + len(self.key or b"") + headers + len(self.value or b"")


def event(
    tx: Tx, topic: Topic, tenant_id: UUID, payload: Payload, sequence: int, cause: Cause, value: bytes | None = None
) -> Message:
    """The message that says `payload` on a topic; `value` is its JSON, if it was made already. Raises TooLarge."""
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
    value = value or payload.model_dump_json().encode()
    if len(value) > MAX_BYTES:
        raise TooLarge(f"{payload.kind} {payload.key_id} takes {len(value)} bytes, more than {MAX_BYTES}")
    return Message(topic.name, tenant_id, topic.key_of(tenant_id, payload), envelope.to_headers(), value)


async def add(tx: Tx, messages: Iterable[Message]) -> None:
    """Write the rows. Only after the records they tell of are locked, so that a record's rows stay in order.

    Raises TooLarge, and ValueError for a row with neither key nor value, which aiokafka does not send.
    """
    rows = list(messages)
    if not rows:
        return
    for row in rows:
        if row.size > _TAKES[row.topic]:
            raise TooLarge(f"a record for {row.topic} takes {row.size} bytes, more than {_TAKES[row.topic]}")
        if row.key is None and row.value is None:
            raise ValueError(f"a record for {row.topic} with neither key nor value cannot be sent")
    await tx.db.execute(
        _SQL["add"],
        [row.topic for row in rows],
        [row.tenant_id for row in rows],
        [row.key for row in rows],
        [to_json(row.headers) for row in rows],
        [row.value for row in rows],
    )


def to_json(headers: Headers) -> bytes:
    """Headers as a json column holds them, any byte of them."""
    # latin-1 carries any byte there and back: a dead letter keeps the headers it came with. Bytes and not a list,
    # since asyncpg takes lists within a list for further dimensions of the array.
    return orjson.dumps([(name, None if value is None else value.decode("latin-1")) for name, value in headers])


def from_json(headers: Iterable[tuple[str, str | None]]) -> list[tuple[str, bytes | None]]:
    """Headers as they were."""
    return [(name, None if value is None else value.encode("latin-1")) for name, value in headers]
