"""A tenant's organisation, and what of its work a process is at."""

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
class InHand:
    """What of a tenant's work this process is at: nobody picks it twice."""

    intents: set[str] = field(default_factory=set)
    together: set[str] = field(default_factory=set)
    """Of kinds without a mark in Xero: one call at a time."""
    groups: set[str] = field(default_factory=set)
    """Of which a call is under way: another of the same goes when it is full."""
    calls: set[UUID] = field(default_factory=set)
    reads: set[UUID] = field(default_factory=set)
    feeds: set[str] = field(default_factory=set)
    person_reads: set[UUID] = field(default_factory=set)
