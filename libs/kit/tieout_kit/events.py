"""What a change followed from, carried from event to event."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID, uuid4

from tieout_kit.telemetry import current_traceparent
from tieout_schemas.envelope import Envelope
from tieout_schemas.payload import Payload

P_co = TypeVar("P_co", bound=Payload, covariant=True)


@dataclass(frozen=True, slots=True)
class Cause:
    """The direct cause, the first cause, and the span to be a child of."""

    causation_id: str
    correlation_id: str
    traceparent: str | None

    @classmethod
    def request(cls) -> "Cause":
        """A request or a job: a first cause, in the span we are in."""
        first = str(uuid4())
        return cls(first, first, current_traceparent())


@dataclass(frozen=True, slots=True)
class ReceivedEvent(Generic[P_co]):
    """An event as a handler gets it; `cause` is what follows from it."""

    envelope: Envelope
    data: P_co
    cause: Cause
    value: bytes | None = None
    """The bytes that `data` was read from; None: it did not come over Kafka."""

    @property
    def tenant_id(self) -> UUID:
        assert self.envelope.tenantid is not None
        return self.envelope.tenantid

    @property
    def sequence(self) -> int:
        return self.envelope.sequence


def latest_per_record(events: Sequence[ReceivedEvent[P_co]]) -> list[ReceivedEvent[P_co]]:
    """Of each record only its newest event, since every event carries the full state."""
    last = {(e.tenant_id, e.envelope.subject): e for e in sorted(events, key=lambda e: e.sequence)}
    return list(last.values())
