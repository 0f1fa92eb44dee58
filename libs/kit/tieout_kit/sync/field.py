"""A field that both sides of a record show, and the side whose value counts."""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from tieout_kit.sync.facts import Facts
from tieout_kit.sync.values import Mark, mark
from tieout_schemas.payload import Frozen
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.settings import TenantSettings
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


class Owner(StrEnum):
    """Whose value of a field counts."""

    LATEST = "latest"
    """Both: a change on one side is taken by the other; a change on both sides is a conflict (SYS-3)."""
    PLATFORM = "platform"
    XERO = "xero"
    XERO_ALONE = "xero_alone"
    """It is never changed here: a total, or a status that only Xero has."""


def _always(_: TenantSettings) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that both sides show. It has the same name in our record and in the body that is sent, unless `sent_as`
    says otherwise."""

    name: str
    theirs: Callable[[Any, Facts], Any]
    """The value in a snapshot, in the platform's terms; UNKNOWN if it cannot be determined."""
    same: Callable[[Any, Any], bool] = operator.eq
    """Whether two values, ours first, count as the same: Xero trims, rounds and changes case."""
    counts: Callable[[Any], Any] = lambda value: value
    """The part of a value that is compared: of lines, all but Xero's ids."""
    owner: Owner | Callable[[TenantSettings], Owner] = Owner.LATEST
    synced: Callable[[TenantSettings], bool] = _always
    """Whether the tenant wants it to sync."""
    sent_as: str = ""
    needed: bool = False
    """Xero creates no record without it."""

    def mark(self, value: Any) -> Mark:
        """What a base remembers of a value."""
        return mark(self.counts(value))

    @property
    def body_name(self) -> str:
        """Its name in the body of an intent."""
        return self.sent_as or self.name

    @property
    def is_switched(self) -> bool:
        """Whether a setting decides if it syncs."""
        return self.synced is not _always

    @property
    def may_conflict(self) -> bool:
        """Whether a person may ever be asked which of two values stands."""
        return self.owner is Owner.LATEST or not isinstance(self.owner, Owner)

    def owner_for(self, settings: TenantSettings) -> Owner:
        """Whose value counts, by the tenant's settings."""
        return self.owner if isinstance(self.owner, Owner) else self.owner(settings)


def content(record: Frozen, fields: Iterable[Field]) -> dict[str, Any]:
    """The values that a record has of these fields."""
    return {each.name: getattr(record, each.name) for each in fields}
