"""What to do with an unlinked record of Xero."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid5

from tieout_schemas.platform import PlatformRecord
from tieout_schemas.reasons import ReasonCode
from tieout_schemas.references import Reference
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


@dataclass(frozen=True, slots=True)
class Import(Generic[R]):
    """Create this record, linked to Xero's."""

    record: R
    rule: str


@dataclass(frozen=True, slots=True)
class LinkTo:
    """Link it to this record of ours."""

    record_id: UUID
    rule: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Decide again when `on` changes. Without a reason no problem is opened, since nothing is wrong."""

    on: Reference | None = None
    reason: ReasonCode | None = None
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave it in Xero only."""

    reason: ReasonCode
    params: dict[str, str]


Arrival = Import[Any] | LinkTo | Wait | Skip


@dataclass(frozen=True, slots=True)
class XeroOnly(Generic[S]):
    """An unlinked record of Xero, as last seen."""

    tenant_id: UUID
    sequence: int
    snapshot: S
    former: UUID | None = None
    """The record of ours that was linked to it before."""
    text: bytes | None = field(default=None, repr=False, compare=False)
    """The JSON that the snapshot was parsed from, if it has just arrived."""


# Asked for when a batch is loaded, and again when the record is made.
@lru_cache(maxsize=1024)
def imported_id(tenant_id: UUID, xero_id: UUID) -> UUID:
    """The id of a record that is imported. It follows from Xero's id, so that a record is never imported twice."""
    return uuid5(tenant_id, str(xero_id))
