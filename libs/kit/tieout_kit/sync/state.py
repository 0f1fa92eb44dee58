"""The internal state of a record's sync: links with their bases, effects, conflicts. Only this package changes it.

Source of every field: docs/sync-semantics.md, section 1.
"""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, PlainSerializer

from tieout_kit.sync.values import Mark
from tieout_schemas.bodies import Body
from tieout_schemas.writes import WriteIntent

_WHOLE = PlainSerializer(lambda value: value and value.model_dump(mode="json"))
"""A stored state leaves out defaults; intents and bodies are stored whole."""
StoredIntent = Annotated[WriteIntent, _WHOLE]
StoredBody = Annotated[Body | None, _WHOLE]
Pair = tuple[Mark, Mark]
"""Our value and the value that Xero showed for it, when a field was last in step."""
CREATED = "created"
"""`Link.by` of a link that Xero's answer to our own create opened."""
MOST_REVISIONS = 20
"""Revisions that an effect remembers. A result with another revision answers an intent from before a restore."""


class _Mutable(BaseModel):  # noqa: PLW1641  # it changes, so it has no hash
    if not TYPE_CHECKING:
        # Assignments are not validated; pydantic's own way to store them takes ten times as long.
        __setattr__ = object.__setattr__

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__


class Link(_Mutable):
    """The record of Xero that ours is or was linked to."""

    xero_id: UUID
    since: int
    """In milliseconds, as is `until`."""
    until: int | None = None
    by: str
    """The rule's id, or the `sub` of the person."""
    base: dict[str, Pair] = Field(default_factory=dict)
    updated_at: int = 0
    """The UpdatedDateUTC of the newest snapshot, in milliseconds; 0: there was none."""
    changed_there: int = 0
    """When Xero's record last changed: its UpdatedDateUTC, or the time of the reading if that did not change."""


class Flight(_Mutable):
    """An intent without its answer."""

    intent: StoredIntent
    left_at: int = 0
    """Milliseconds."""
    seen: int = 0
    """The sequence of the newest snapshot when the intent was sent."""
    xero_id: UUID | None = None
    """The record of Xero that the intent is about; for a create, set by its result."""
    sent: dict[str, Any] = Field(default_factory=dict)
    """The values of the pending fields that were sent, as JSON."""
    pending: tuple[str, ...] = ()
    """The fields that differed from what Xero showed."""
    wanted: dict[str, Mark] = Field(default_factory=dict)
    """Marks of everything that was wanted: a refusal stands as long as the same is wanted."""
    done_at: int = 0
    """Set once the result came: the sequence of the snapshot that is awaited."""


class Objection(BaseModel):
    """A reason for which Xero refuses one field."""

    code: str
    """The reason's code."""
    params: dict[str, str] = Field(default_factory=dict)
    """The parameters of the reason's sentence."""


class LeftOut(BaseModel):
    """A field that Xero refuses, while the others go without it. It stands until the value changes, Xero shows it, or a
    person retries."""

    mark: Mark
    objection: Objection


class Refusal(BaseModel):
    """A refusal by Xero, or a cancellation by a person. It stands until something else is wanted or seen."""

    wanted: dict[str, Mark]
    sequence: int = 0
    """The snapshot that the gateway saw; at least the one that was seen here when the intent was sent."""
    messages: tuple[str, ...] = ()
    objections: tuple[Objection, ...] = ()
    """The reasons that the messages give, if all of them are known."""
    cancelled_by: str | None = None


class EffectState(_Mutable):
    """One effect of a record. The record itself shows in snapshots, other effects only in results."""

    last: int = 0
    """The newest revision."""
    revisions: tuple[int, ...] = ()
    flight: Flight | None = None
    refused: Refusal | None = None
    awaits: int = 0
    """Nothing is sent before the snapshot of this sequence was merged (STALE)."""
    stale: Flight | None = None
    """The stale flight, until that snapshot comes, which may show what an earlier attempt did."""

    def note_revision(self, revision: int) -> None:
        """Note a revision that an intent gets, or that a result names."""
        self.last = max(self.last, revision)
        self.revisions = (*self.revisions, revision)[-MOST_REVISIONS:]


class OtherEffect(EffectState):
    """An effect that no snapshot shows. `agreed`: () not known, (None,) absent, (body,) there."""

    wanted: StoredBody = None
    undo: StoredBody = None
    agreed: tuple[StoredBody, ...] = (None,)
    acknowledged: int = 0
    lane: str = "write"
    once: bool = False
    after: str = ""
    attempt: int = 1


class Lost(BaseModel):
    """A value that lost a conflict, or that the owner of the field overruled (SYS-3)."""

    field: str
    value: Any
    side: str
    """The side that had it: platform, xero."""
    why: str


class State(_Mutable):
    """The sync state of one record."""

    changed_at: dict[str, int] = Field(default_factory=dict)
    """When each field was last edited here, in milliseconds."""
    conflict: dict[str, tuple[str, str]] = Field(default_factory=dict)
    """Fields that a person must decide: our value and Xero's, as JSON."""
    link: Link | None = None
    closed: list[Link] = Field(default_factory=list)
    by_hand: bool = False
    """Unlinked by hand: nothing creates or links it until a person does."""
    created_xero_id: UUID | None = None
    """The last record of Xero that was created for it."""
    duplicate: UUID | None = None
    """Another record of Xero that bears our id."""
    ask: bool = False
    """Rebuilt without knowing which side changed: until it is in step, a person decides every difference."""
    main: EffectState = Field(default_factory=EffectState)
    others: dict[str, OtherEffect] = Field(default_factory=dict)
    left_out: dict[str, LeftOut] = Field(default_factory=dict)
    """The fields that Xero refuses, by name."""
    lost: list[Lost] = Field(default_factory=list)
    """Values that lost since the last published change."""
    reported: tuple[str, ...] = ()
    """Fingerprints of the problems that were reported last (problems/findings.py)."""
    names: tuple[str, ...] = ()
    """The references that it names, as stored in table `refers`."""

    @property
    def closed_ids(self) -> set[UUID]:
        """Xero's records that it was linked to before."""
        return {link.xero_id for link in self.closed}
