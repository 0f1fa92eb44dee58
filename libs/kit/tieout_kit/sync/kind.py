"""A kind of record is declared once; the kit does what is the same for all kinds (docs/way-of-a-change.md).

A declaration has the kind's fields, its rules, its dependencies, and its effects in Xero.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit.sync.answers import Rule
from tieout_kit.sync.arrival import Arrival, Wait, XeroOnly
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field, Owner
from tieout_kit.sync.state import Objection
from tieout_kit.sync.views import View
from tieout_schemas.bodies import Body
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.references import Reference
from tieout_schemas.references import record as to_record
from tieout_schemas.topics import Topic
from tieout_schemas.writes import Lane
from tieout_schemas.xero import ReferenceData, Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


@dataclass(frozen=True, slots=True)
class Dependency(Generic[R]):
    """Another service's record that a record names. The record waits until that one is in Xero."""

    record: type[PlatformRecord]
    id_of: Callable[[R], UUID]
    xero_id_of: Callable[[Any], UUID | None] | None = None
    """The record of Xero that a snapshot names for it."""
    xero_kind: type[Snapshot] | None = None
    looks_at: Callable[[Any], object] = lambda record: (record.sync.xero_id, record.sync.gone_in_xero)
    """The part of it that rules use. When that changes, the records that name it are checked again."""


@dataclass(frozen=True, slots=True)
class Match(Generic[R, S]):
    """The key, such as a name, by which unlinked records of both sides are matched. A kind with a match is serial."""

    ours: Callable[[R], str]
    theirs: Callable[[S], str]


@dataclass(frozen=True, slots=True)
class Effect:
    """Something besides the record itself that should be true in Xero because of it: a group, a file, a note."""

    name: str
    """`group:vendors`, `note:<revision>`; part of the intent's id."""
    body: Body
    undo: Body | None = None
    """What undoes it when it is no longer wanted; None: it cannot be undone."""
    absent: bool = False
    """It should not be in Xero, even if somebody else has added it."""
    lane: Lane = Lane.WRITE
    once: bool = False
    """It happens once and describes no state, for example a note."""
    after: str = ""
    """Another effect of this record that must be in Xero first. The record itself always must."""


@dataclass(frozen=True, slots=True)
class Written:
    """What Xero has just accepted of a record."""

    xero_id: UUID
    revision: int
    fields: tuple[str, ...]
    created: bool


def _no_effects(_: Any, __: Facts, ___: UUID) -> Sequence[Effect]:
    return ()


def _none_once(_: Any, __: Written) -> Sequence[Effect]:
    return ()


def _nothing_else(_: Any, __: Any, ___: Facts) -> None:
    return None


def _never_merged(_: Any) -> None:
    return None


def _as_it_is(record: Any, _: Any, __: Any) -> Any:
    return record


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind(Generic[R, S]):
    """A kind of record."""

    record: type[R]
    topic: Topic
    snapshot: type[S]
    ours: Callable[[S], bool]
    """Whether a snapshot of this type belongs to this kind: a bill is an invoice of type ACCPAY."""
    gone: Callable[[S], bool]
    """Whether Xero's record is archived, voided or deleted."""
    fields: tuple[Field, ...]
    compose: Callable[[R, Facts, Mapping[str, Any]], Body]
    """The body of an intent, from the wanted fields; Xero keeps the fields that are left out. `sync.xero_id` is None
    for a create."""
    arrive: Callable[[XeroOnly[S], Sequence[R], Facts], Arrival]
    """Decides about an unlinked record of Xero, given our records that match it (`match`)."""
    restore: Callable[[UUID, S, Facts], R | Wait]
    """Creates the record again whose id a snapshot bears, after it was lost here."""
    rules: tuple[Rule, ...] = ()
    depends_on: tuple[Dependency[R], ...] = ()
    effects: Callable[[R, Facts, UUID], Sequence[Effect]] = _no_effects
    """The other effects of a record that is linked to this Xero id."""
    once: Callable[[R, Written], Sequence[Effect]] = _none_once
    """The effects that happen once because Xero accepted something."""
    complete: Callable[[R, Facts], R] | None = None
    """Fills in defaults from the tenant's settings before every decision."""
    complete_rule: str | None = None
    """The rule of `complete`."""
    learn: Callable[[R, R, S], R] = _as_it_is
    """Takes from a snapshot what is no field, such as ids of lines. Called with the record, the record before the
    merge, and the snapshot."""
    becomes: Callable[[R, S, Facts], tuple[R, str] | None] = _nothing_else
    """What else the facts change in a linked record, and by which rule: a bill makes a contact a vendor."""
    merged_into: Callable[[S], UUID | None] = _never_merged
    """The record of Xero that a snapshot's was merged into there. The link moves to that one (CONT-14)."""
    objections: Callable[[Any, UUID, R, Sequence[str]], Awaitable[Sequence[Objection]]] | None = None
    """Finds out, for the codes of the reasons for which Xero refused a record, what a person should know: the
    parameters of their sentences, or more exact reasons."""
    lane: Lane = Lane.WRITE
    rule: str = "SYS-3"
    """The rule by which a linked record follows Xero's."""
    settings: tuple[str, ...] = ()
    """The settings that its rules use. When one changes, all records of the kind are checked again."""
    reference: tuple[type[ReferenceData], ...] = ()
    """The reference data that its rules use."""
    match: Match[R, S] | None = None
    """How unlinked records of both sides are matched."""
    serial: bool = False
    """Records of a tenant are checked against each other, so only one transaction at a time may change them."""
    more_facts: Callable[[Any, Sequence[tuple[UUID, S]]], Awaitable[Mapping[UUID, Any]]] | None = None
    """Loads, for snapshots, what `arrive` and `becomes` need beyond the kit's facts. Returns `Facts.more` by tenant."""
    views: tuple[View[R], ...] = ()
    """The records that others see over HTTP and on its topic."""

    @property
    def follows_merges(self) -> bool:
        """Whether records of Xero of this kind may be merged there."""
        return self.merged_into is not _never_merged

    @property
    def name(self) -> str:
        """The name of the kind in events: `bill`."""
        return self.record.kind

    def public(self, record: R) -> Iterable[PlatformRecord]:
        """The record in all its views."""
        return filter(None, (view.of(record) for view in self.views))

    def also_named(self, record: R) -> Iterable[Reference]:
        """The other references that find a record: its views' own ids."""
        return (to_record(type(view), view.id) for view in self.public(record) if type(view) is not self.record)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Its fields by their names."""
        return {each.name: each for each in self.fields}

    @cached_property
    def sendable(self) -> Sequence[tuple[Field, bool]]:
        """The fields that may be sent to Xero, each with whether it always is, whatever the settings are."""
        ours = (Owner.LATEST, Owner.PLATFORM)
        fields = [each for each in self.fields if each.owner is not Owner.XERO_ALONE]
        return [(each, each.owner in ours and not each.is_switched) for each in fields]
