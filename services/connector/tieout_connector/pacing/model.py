"""A tenant's organisation, and the part of its work that a process has in progress."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Org:
    """A tenant's organisation, as the gateway needs it."""

    tenant_id: UUID
    org_id: UUID
    token_set_id: UUID
    shard: int


@dataclass(slots=True)
class InProgress:
    """The work of a tenant that this process has begun and not finished. It is not begun twice."""

    intents: set[str] = field(default_factory=set)
    serial_batches: set[str] = field(default_factory=set)
    """Batch keys of kinds without a stamp in Xero. Their calls follow one another."""
    paused: set[str] = field(default_factory=set)
    """Batch keys that Xero does not permit for now. No call with such a key is sent."""
    known_pauses: set[str] = field(default_factory=set)
    """Batch keys that are paused or were, until a call with the key succeeds."""
    batches: set[str] = field(default_factory=set)
    """Batch keys of calls under way. Another call with the same key is sent only once it is full."""
    calls: set[UUID] = field(default_factory=set)
    reads: set[UUID] = field(default_factory=set)
    listings: set[str] = field(default_factory=set)
    history: set[UUID] = field(default_factory=set)
    """Historical imports of which a page is being read."""
    interactive_reads: set[UUID] = field(default_factory=set)
