"""Dead letters: a record that could not be handled, as it came, with the reason."""

from dataclasses import dataclass
from uuid import UUID

from aiokafka.structs import ConsumerRecord

from tieout_kit.kafka.outbox import Message
from tieout_schemas.envelope import BadEnvelope, Envelope
from tieout_schemas.topics import dead_letter_topic

REASON = "tieout_reason"
ORIGIN = "tieout_from"
_MAX_REASON_LENGTH = 2000
"""Characters of a reason that are kept: an error may quote the whole record."""


@dataclass(frozen=True, slots=True)
class DeadLetterRecord:
    """A record that could not be handled. `place`: where it came from, as topic:partition:offset."""

    tenant_id: UUID | None
    place: str
    reason: str
    record: ConsumerRecord

    def message(self, service: str) -> Message:
        """The record with all its headers, and two more: the reason, and where it came from."""
        headers = [*self.record.headers, (REASON, self.reason.encode()), (ORIGIN, self.place.encode())]
        # aiokafka sends no record that has neither key nor value.
        value = b"" if self.record.key is None and self.record.value is None else self.record.value
        return Message(dead_letter_topic(service).name, self.tenant_id, self.record.key, headers, value)


def dead_letter(topic: str, record: ConsumerRecord, reason: str) -> DeadLetterRecord:
    """The dead letter of a record, whatever its bytes are."""
    try:
        tenant_id = Envelope.from_headers(record.headers).owner
    except BadEnvelope:
        tenant_id = None
    # Postgres stores neither lone surrogates nor NUL.
    text = reason[:_MAX_REASON_LENGTH].encode(errors="backslashreplace").decode().replace("\x00", "\\x00")
    return DeadLetterRecord(tenant_id, f"{topic}:{record.partition}:{record.offset}", text, record)
