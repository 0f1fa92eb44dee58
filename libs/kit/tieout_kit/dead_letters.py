"""What could not be handled is put aside as it came, with the reason (design, Trouble)."""

from aiokafka.structs import ConsumerRecord

from tieout_kit.outbox import Message
from tieout_schemas.envelope import BadEnvelope, Envelope
from tieout_schemas.topics import dead_letter_topic

REASON = "tieout_reason"
ORIGIN = "tieout_from"
_LONGEST = 2000
"""Characters of a reason: an error may quote the whole record."""


def dead_letter(service: str, topic: str, record: ConsumerRecord, reason: str) -> Message:
    """The record as it was, headers and all, with two more: why, and where it came from (topic:partition:offset)."""
    try:
        tenant_id = Envelope.from_headers(record.headers).tenantid
    except BadEnvelope:
        tenant_id = None
    headers = [
        *record.headers,
        (REASON, reason[:_LONGEST].encode(errors="backslashreplace")),
        (ORIGIN, f"{topic}:{record.partition}:{record.offset}".encode()),
    ]
    # aiokafka sends no record that has neither key nor value.
    value = b"" if record.key is None and record.value is None else record.value
    return Message(dead_letter_topic(service).name, tenant_id, record.key, headers, value)
