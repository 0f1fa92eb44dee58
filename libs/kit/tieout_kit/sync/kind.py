"""A kind of record, declared once; the kit does what is the same for all kinds (docs/way-of-a-change.md).

Who knows one kind knows all: its fields, its rules, what it depends on, what should be true in Xero because of it.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit.sync.answers import Rule
from tieout_kit.sync.arrival import Arrival, Wait, XeroOnly
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field
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
    """Another service's record that a record names: this one waits until that one is in Xero."""

    record: type[PlatformRecord]
    id_of: Callable[[R], UUID]
    xero_id_of: Callable[[Any], UUID | None] | None = None
    """Which record of Xero a snapshot names for it."""
    xero_kind: type[Snapshot] | None = None
    looks_at: Callable[[Any], object] = lambda record: (record.sync.xero_id, record.sync.gone)
    """What of it decides anything here; when this changes, the records that name it are checked again."""


@dataclass(frozen=True, slots=True)
class Match(Generic[R, S]):
    """The key that a record of ours and the record of Xero that it may be have in common: a name, a code. A kind with
    a match is serial."""

    ours: Callable[[R], str]
    theirs: Callable[[S], str]


@dataclass(frozen=True, slots=True)
class Effect:
    """Something besides the record itself that should be true in Xero because of it: a group, a file, a note."""

    name: str
    """`group:vendors`, `note:<revision>`; part of the intent's id."""
    body: Body
    undo: Body | None = None
    """What takes it back once it is wanted no more; None: nothing does."""
    absent: bool = False
    """It should not be there, also if somebody else has put it there."""
    lane: Lane = Lane.WRITE
    once: bool = False
    """It happens once and describes no state: a note."""
    after: str = ""
    """The effect of this record that must be there before; the record itself always must."""


@dataclass(frozen=True, slots=True)
class Written:
    """What Xero has taken of a record just now."""

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


def _as_it_is(record: Any, _: Any, __: Any) -> Any:
    return record


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind(Generic[R, S]):
    """A kind of record."""

    record: type[R]
    topic: Topic
    snapshot: type[S]
    ours: Callable[[S], bool]
    """Whether a snapshot of this type may be of this kind: a bill is an invoice of type ACCPAY."""
    gone: Callable[[S], bool]
    """Whether Xero's record is archived, voided or deleted."""
    fields: tuple[Field, ...]
    compose: Callable[[R, Facts, Mapping[str, Any]], Body]
    """The body that makes Xero's record look like this, by the fields that are wanted; what is left out is left as it
    is there. By `sync.xero_id` it tells whether there is one yet."""
    arrive: Callable[[XeroOnly[S], Sequence[R], Facts], Arrival]
    """What an unlinked record of Xero means; with it, our records that match it (`match`)."""
    restore: Callable[[UUID, S, Facts], R | Wait]
    """The record that a snapshot bears the id of, made again after it was lost here."""
    rules: tuple[Rule, ...] = ()
    depends_on: tuple[Dependency[R], ...] = ()
    effects: Callable[[R, Facts, UUID], Sequence[Effect]] = _no_effects
    """The other effects of a record that is linked to this record of Xero."""
    once: Callable[[R, Written], Sequence[Effect]] = _none_once
    """What happens once because Xero took something."""
    complete: Callable[[R, Facts], R] | None = None
    """Fills in defaults from the tenant's settings before every decision."""
    complete_rule: str | None = None
    """The rule by which it does."""
    learn: Callable[[R, R, S], R] = _as_it_is
    """What our record takes of Xero's that is no field of its own: ids of lines. Also with the record before."""
    becomes: Callable[[R, S, Facts], tuple[R, str] | None] = _nothing_else
    """What else a linked record is because of the facts, and by which rule: a bill makes a contact a vendor."""
    lane: Lane = Lane.WRITE
    rule: str = "SYS-3"
    """The rule by which a linked record follows Xero's."""
    settings: tuple[str, ...] = ()
    """The settings by which records of this kind are decided: when one changes, all are checked again."""
    reference: tuple[type[ReferenceData], ...] = ()
    """The reference data that its rules look at."""
    match: Match[R, S] | None = None
    """How unlinked records of both sides are found to be one."""
    serial: bool = False
    """Records of a tenant are checked against each other, so one transaction at a time changes them."""
    more_facts: Callable[[Any, Sequence[tuple[UUID, S]]], Awaitable[Mapping[UUID, Any]]] | None = None
    """Loads, in a transaction, what `arrive` and `becomes` look at beyond what the kit loads, for these snapshots: by
    tenant, for `Facts.more`."""
    views: tuple[View[R], ...] = ()
    """The records that others see of it, over HTTP and on its topic."""

    @property
    def name(self) -> str:
        """The kind as it travels: `bill`."""
        return self.record.kind

    def public(self, record: R) -> Iterable[PlatformRecord]:
        """The record in all its views."""
        return filter(None, (view.of(record) for view in self.views))

    def also_named(self, record: R) -> Iterable[Reference]:
        """By what else a record is found: the ids of views that have ids of their own."""
        return (to_record(type(view), view.id) for view in self.public(record) if type(view) is not self.record)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Its fields by their names."""
        return {each.name: each for each in self.fields}
