"""What a record of Xero that none of ours is linked to may mean here."""

from dataclasses import dataclass, field
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
    """It comes in as this record, linked to it."""

    record: R
    rule: str


@dataclass(frozen=True, slots=True)
class LinkTo:
    """It is this record of ours."""

    record_id: UUID
    rule: str


@dataclass(frozen=True, slots=True)
class Wait:
    """It comes in once `on` changes; without a reason nobody is told, since nothing is wrong."""

    on: Reference | None = None
    reason: ReasonCode | None = None
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skip:
    """It stays in Xero only."""

    reason: ReasonCode
    params: dict[str, str]


Arrival = Import[Any] | LinkTo | Wait | Skip


@dataclass(frozen=True, slots=True)
class XeroOnly(Generic[S]):
    """A record of Xero that none of ours is linked to, as last seen."""

    tenant_id: UUID
    sequence: int
    snapshot: S
    former: UUID | None = None
    """The record of ours that was linked to it before."""


def imported_id(tenant_id: UUID, xero_id: UUID) -> UUID:
    """The id of the record that one of Xero becomes here. It follows from Xero's, so that one never becomes two."""
    return uuid5(tenant_id, str(xero_id))
