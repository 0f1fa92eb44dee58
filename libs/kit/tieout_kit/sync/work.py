"""A record within one transaction: messages change it in memory, and it is saved once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from tieout_kit.events import Cause
from tieout_kit.sync.answers import Hold, Notice
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.state import Link, Lost, State
from tieout_kit.sync.values import NEVER, UNKNOWN, Mark
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import PlatformRecord
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Snapshot

R = TypeVar("R", bound=PlatformRecord)
S = TypeVar("S", bound=Snapshot)


class Seen(Generic[S]):
    """Xero's record as last read, and the sequence of that snapshot.

    A stored snapshot is text that is parsed only when it is needed: never, if a newer snapshot replaces it.
    """

    __slots__ = ("_model", "_snapshot", "_text", "sequence")

    def __init__(self, sequence: int, snapshot: S, text: bytes | None = None) -> None:
        """`text`: the JSON that the snapshot was parsed from, if the caller has it."""
        self.sequence = sequence
        self._snapshot: S | None = snapshot
        self._text: bytes | str | None = text
        self._model: type[S] | None = None

    @classmethod
    def stored(cls, sequence: int, text: str, model: type[S]) -> "Seen[S]":
        """A stored snapshot, not parsed yet."""
        seen = cls.__new__(cls)
        seen.sequence, seen._snapshot, seen._text, seen._model = sequence, None, text, model
        return seen

    @property
    def snapshot(self) -> S:
        """Xero's record."""
        if self._snapshot is None:
            assert self._model is not None
            assert self._text is not None
            self._snapshot = self._model.model_validate_json(self._text)
        return self._snapshot

    @property
    def text(self) -> bytes:
        """The snapshot as JSON."""
        if self._text is None:
            self._text = self.snapshot.model_dump_json().encode()
        return self._text if isinstance(self._text, bytes) else self._text.encode()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and (self.sequence, self.snapshot) == (other.sequence, other.snapshot)

    def __hash__(self) -> int:
        return hash(self.sequence)

    def __repr__(self) -> str:
        return f"Seen({self.sequence}, {self.snapshot!r})"


@dataclass(slots=True, eq=False)
class Work(Generic[R, S]):
    """A record as it will be saved."""

    kind: Kind[R, S]
    tenant_id: UUID
    record: R
    state: State
    facts: Facts
    cause: Cause
    """The cause of the next change."""
    seen: Seen[S] | None = None
    sequence: int = 0
    """The sequence of the last published state; 0: none."""
    published: R | None = None
    retried_by: str | None = None
    """The person who retried it."""
    intents: list[WriteIntent] = field(default_factory=list)
    """The intents to publish with this state."""
    holds: Sequence[Hold] = ()
    notices: Sequence[Notice] = ()
    stays: bool = False
    lost: Sequence[Lost] = ()
    """The values that lost since the last published state."""
    awaits_merge: UUID | None = None
    """The record of Xero that the linked one was merged into, until the link has moved there."""
    completed: bool = False
    """Whether defaults from the tenant's settings were filled in."""
    asked_origin: Origin | None = None
    """The origin of the change; None: it follows from the cause."""

    _marks: dict[str, tuple[Any, Mark]] = field(default_factory=dict)
    _shown: tuple[Any, dict[str, tuple[Any, Mark]]] = (None, {})
    _gone: tuple[Any, bool] = (None, False)
    _doc: tuple[Any, bytes] = (None, b"")

    def mark(self, name: str) -> Mark:
        """The mark of our value of a field; computed once per value."""
        value, known = getattr(self.record, name), self._marks.get(name)
        if known is None or known[0] is not value:
            known = self._marks[name] = (value, self.kind.by_name[name].mark(value))
        return known[1]

    def took(self, name: str) -> None:
        """Our value of a field was taken from Xero, so its mark is the one that `shown` computed."""
        if known := self._shown[1].get(name):
            self._marks[name] = (getattr(self.record, name), known[1])

    def shown(self, each: Field, snapshot: S) -> tuple[Any, Mark]:
        """Xero's value of a field and its mark; computed once per snapshot."""
        if self._shown[0] is not snapshot:
            self._shown = (snapshot, {})
        known = self._shown[1].get(each.name)
        if known is None:
            value = each.theirs(snapshot, self.facts)
            known = self._shown[1][each.name] = (value, NEVER if value is UNKNOWN else each.mark(value))
        return known

    @property
    def doc(self) -> bytes:
        """The record as JSON, for the record, its history and its event."""
        if self._doc[0] is not self.record:
            self._doc = (self.record, self.record.model_dump_json().encode())
        return self._doc[1]

    @property
    def key(self) -> tuple[UUID, UUID]:
        """Tenant and id."""
        return self.tenant_id, self.record.id

    @property
    def link(self) -> Link | None:
        """The open link."""
        return self.state.link

    @property
    def seen_sequence(self) -> int:
        """The sequence of the newest snapshot; 0: none."""
        return self.seen.sequence if self.seen else 0

    @property
    def gone(self) -> bool:
        """Whether Xero's record is archived, voided or deleted."""
        if self._gone[0] is not self.seen:
            self._gone = (self.seen, self.seen is not None and self.kind.gone(self.seen.snapshot))
        return self._gone[1]

    def made_by(self, rule: str, cause: Cause) -> None:
        """Set the origin of a change that a rule made: the event, or the person's request that is being handled."""
        asked = self.asked_origin
        if asked and asked.kind is OriginKind.USER:
            self.asked_origin = asked.replace(rule=rule)
        else:
            self.asked_origin = Origin(kind=OriginKind.EVENT, by=cause.causation_id, rule=rule)
