"""What a rule sees besides its record. Facts are loaded before, and do not change during the transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from tieout_schemas.platform import Connection, PlatformRecord
from tieout_schemas.settings import TenantSettings
from tieout_schemas.xero import ReferenceData

P = TypeVar("P", bound=PlatformRecord)
D = TypeVar("D", bound=ReferenceData)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def ms(moment: datetime) -> int:
    """A moment in milliseconds. Integers only: with a float, a millisecond would sometimes be lost."""
    return (moment - _EPOCH) // _MILLISECOND


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one tenant."""

    tenant_id: UUID
    connection: Connection
    settings: TenantSettings
    now: datetime
    """UTC."""
    copies: Mapping[tuple[str, UUID], PlatformRecord] = field(default_factory=dict)
    """Other services' records, as last received, by kind and id."""
    copies_by_xero_id: Mapping[tuple[str, UUID], PlatformRecord] = field(default_factory=dict)
    reference: Mapping[str, Sequence[ReferenceData]] = field(default_factory=dict)
    """The organisation's accounts, tax rates and so on, by kind: those that the kind of record declares."""
    more: Any = None
    """What `Kind.more_facts` loaded."""

    def copy_of(self, kind: type[P], record_id: UUID) -> P | None:
        """Another service's record as last received; None: no event about it was received."""
        found = self.copies.get((kind.kind, record_id))
        return found if isinstance(found, kind) else None

    def copy_behind(self, kind: type[P], xero_id: UUID) -> P | None:
        """The record of another service that is linked to this record of Xero."""
        found = self.copies_by_xero_id.get((kind.kind, xero_id))
        return found if isinstance(found, kind) else None

    def reference_data(self, kind: type[D]) -> Sequence[D]:
        """The organisation's reference data of a kind, such as its accounts."""
        return [each for each in self.reference.get(kind.kind, ()) if isinstance(each, kind)]

    @property
    def now_ms(self) -> int:
        """The time in milliseconds, as in sequences and revisions."""
        return ms(self.now)
