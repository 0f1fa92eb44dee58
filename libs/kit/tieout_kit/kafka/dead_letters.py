"""What could not be handled is put aside as it came, with the reason (design, Trouble)."""

from dataclasses import dataclass
from uuid import UUID

from aiokafka.structs import ConsumerRecord

from tieout_kit.kafka.outbox import Message
from tieout_schemas.envelope import BadEnvelope, Envelope
from tieout_schemas.topics import dead_letter_topic

REASON = "tieout_reason"
ORIGIN = "tieout_from"
_LONGEST = 2000
"""Characters of a reason: an error may quote the whole record."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A record that could not be handled; `place` is where it came from: topic:partition:offset."""

    tenant_id: UUID | None
    place: str
    reason: str
    record: ConsumerRecord

    def message(self, service: str) -> Message:
        """The record as it was, headers and all, with two more: why, and where it came from."""
        headers = [*self.record.headers, (REASON, self.reason.encode()), (ORIGIN, self.place.encode())]
        # aiokafka sends no record that has neither key nor value.
        value = b"" if self.record.key is None and self.record.value is None else self.record.value
        return Message(dead_letter_topic(service).name, self.tenant_id, self.record.key, headers, value)


def dead_letter(topic: str, record: ConsumerRecord, reason: str) -> Letter:
    """The letter of a record, whatever its bytes are."""
    try:
        tenant_id = Envelope.from_headers(record.headers).owner
    except BadEnvelope:
        tenant_id = None
    # Any text, but what is no Unicode and what Postgres cannot store.
    told = reason[:_LONGEST].encode(errors="backslashreplace").decode().replace("\x00", "\\x00")
    return Letter(tenant_id, f"{topic}:{record.partition}:{record.offset}", told, record)
