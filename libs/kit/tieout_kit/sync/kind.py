"""A kind of record, declared once; the kit does what is the same for all kinds (docs/way-of-a-change.md).

Who knows one kind knows all: its fields, its rules, what it depends on, what should be true in Xero because of it.
"""

import operator
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid5

from pydantic import BaseModel

from tieout_kit.sync.facts import Facts
from tieout_kit.sync.values import Mark, mark
from tieout_schemas.bodies import Body
from tieout_schemas.payload import Frozen
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.reasons import ReasonCode
from tieout_schemas.references import Reference
from tieout_schemas.references import record as to_record
from tieout_schemas.roles import Feature, Role
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import Topic
from tieout_schemas.writes import Lane
from tieout_schemas.xero import ReferenceData, Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


# --------------------------------------------------------------------------------------------- what a rule may answer
@dataclass(frozen=True, slots=True)
class Stay:
    """The record has no place in Xero now: a draft, say."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The record waits, and goes by itself when `on` changes."""

    reason: ReasonCode
    params: dict[str, str]
    on: Reference


@dataclass(frozen=True, slots=True)
class Notice:
    """The record goes through, and somebody should look at it."""

    reason: ReasonCode
    params: dict[str, str]


Answer = Stay | Hold | Notice | None
Rule = Callable[[Any, Facts], Answer | Sequence[Hold | Notice]]
"""One sync rule: a pure function of a record and the facts; its docstring begins with the rule's id."""


# ---------------------------------------------------------------------------- what an unlinked record of Xero may mean
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


# ------------------------------------------------------------------------------------------------ the parts of a kind
class Owner(StrEnum):
    """Whose value of a field counts."""

    LATEST = "latest"
    """Both sides': what one changed is taken by the other; what both changed is a conflict (SYS-3)."""
    PLATFORM = "platform"
    XERO = "xero"
    XERO_ALONE = "xero_alone"
    """Nobody changes it here: a total, a status that only Xero has."""


def _always(_: TenantSettings) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that both sides show. It has the same name in our record and in the body that is sent, unless `sent_as`
    says otherwise."""

    name: str
    theirs: Callable[[Any, Facts], Any]
    """The value in a snapshot, in the platform's terms; UNKNOWN if it cannot be told."""
    same: Callable[[Any, Any], bool] = operator.eq
    """Whether two values, ours first, are one: Xero trims, rounds, upper-cases."""
    counts: Callable[[Any], Any] = lambda value: value
    """What of a value says whether it changed: of lines not Xero's ids."""
    owner: Owner | Callable[[TenantSettings], Owner] = Owner.LATEST
    synced: Callable[[TenantSettings], bool] = _always
    """Whether the tenant wants it to sync."""
    sent_as: str = ""

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


@dataclass(frozen=True, kw_only=True)
class Put(Generic[R]):
    """How a person or the platform makes and changes a record: PUT, with the id that the caller chose."""

    body: type[BaseModel]
    summary: str
    roles: tuple[Role, ...]
    rule: str
    content: Callable[[Any, R | None, UUID], Mapping[str, Any]]
    """The fields that a body asks for, given the state of the record that the request was made on, and the id in the
    path."""
    feature: Feature | None = None
    check: Callable[[R | None, R, Sequence[R], Facts], None] = lambda before, after, others, facts: None
    """Raises Clash for a change that breaks a rule; with it, the other records that match it."""
    joins: Callable[[Sequence[R]], R | None] = lambda others: None
    """Which of the records that match a new one it is a part of: a vendor of a customer's name is one contact."""
    needs: Callable[[Any], tuple[tuple[Role, ...], str] | None] = lambda body: None
    """The roles that this very body needs beyond those of the route, and for what."""


@dataclass(frozen=True, kw_only=True)
class View(Generic[R]):
    """A record as others see it: usually itself; of a contact its roles."""

    model: type[PlatformRecord]
    plural: str
    of: Callable[[R], PlatformRecord | None] = lambda record: record
    """The record in this view; None: it has none."""
    put: Put[R] | None = None


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


def imported_id(tenant_id: UUID, xero_id: UUID) -> UUID:
    """The id of the record that one of Xero becomes here. It follows from Xero's, so that one never becomes two."""
    return uuid5(tenant_id, str(xero_id))


def content(record: Frozen, fields: Iterable[Field]) -> dict[str, Any]:
    """The values that a record has of these fields."""
    return {each.name: getattr(record, each.name) for each in fields}
