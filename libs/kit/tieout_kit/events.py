"""An event as a handler receives it, and the cause that is carried from event to event."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from uuid import UUID, uuid4

from tieout_kit.telemetry import current_traceparent
from tieout_schemas.envelope import Envelope
from tieout_schemas.payload import Payload

P_co = TypeVar("P_co", bound=Payload, covariant=True)


@dataclass(frozen=True, slots=True)
class Cause:
    """What a change follows from: the direct cause, the first cause, and the parent span."""

    causation_id: str
    correlation_id: str
    traceparent: str | None
    shared: bool = False
    """Many records follow from it, such as from a page of a list. Each of them begins a trace of its own, linked to
    this one."""

    def under(self, traceparent: str | None) -> "Cause":
        """The same cause, in the span of one record."""
        return replace(self, traceparent=traceparent, shared=False)

    @classmethod
    def request(cls) -> "Cause":
        """A first cause: a request or a job, in the current span."""
        first = str(uuid4())
        return cls(first, first, current_traceparent())


@dataclass(frozen=True, slots=True)
class ReceivedEvent(Generic[P_co]):
    """An event as a handler receives it. `cause`: the cause of everything that follows from this event."""

    envelope: Envelope
    data: P_co
    cause: Cause
    value: bytes | None = None
    """The bytes that `data` was parsed from; None: it did not come from Kafka."""

    @property
    def tenant_id(self) -> UUID:
        assert self.envelope.tenantid is not None
        return self.envelope.tenantid

    @property
    def sequence(self) -> int:
        return self.envelope.sequence


def latest_per_record(events: Sequence[ReceivedEvent[P_co]]) -> list[ReceivedEvent[P_co]]:
    """Only the newest event of each record: every event carries the full state."""
    last = {(e.tenant_id, e.envelope.subject): e for e in sorted(events, key=lambda e: e.sequence)}
    return list(last.values())
