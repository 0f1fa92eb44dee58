"""The internal state of a record's sync: links with their bases, effects, conflicts. Only this package changes it.

Source of every field: docs/sync-semantics.md, section 1.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, PlainSerializer

from tieout_kit.sync.values import Mark
from tieout_schemas.bodies import Body
from tieout_schemas.writes import WriteIntent

_WHOLE = PlainSerializer(lambda value: value and value.model_dump(mode="json"))
"""A state leaves out what is as by default; what is sent is kept word for word, its kind included."""
StoredIntent = Annotated[WriteIntent, _WHOLE]
StoredBody = Annotated[Body | None, _WHOLE]
Pair = tuple[Mark, Mark]
"""What we had, and what Xero showed for it, when a field was last in step."""
CREATED = "created"
"""By whom a link was opened: by Xero's answer to our own create."""
MOST_REVISIONS = 20
"""Revisions of an effect that are remembered: an answer to none of them came from before a restore."""


class Link(BaseModel):
    """Which record of Xero's ours is or was."""

    xero_id: UUID
    since: int
    """Milliseconds; so is `until`."""
    until: int | None = None
    by: str
    """The rule's id, or the `sub` of the person."""
    base: dict[str, Pair] = Field(default_factory=dict)
    updated_at: int = 0
    """The UpdatedDateUTC of the newest snapshot, in milliseconds; 0: there was none."""
    changed_there: int = 0
    """When Xero's record last changed: its UpdatedDateUTC, or the reading's moment where that did not move."""


class Flight(BaseModel):
    """An intent without its answer."""

    intent: StoredIntent
    left_at: int = 0
    """Milliseconds."""
    seen: int = 0
    """The sequence of Xero's record as it was seen when this left."""
    xero_id: UUID | None = None
    """The record of Xero that it is about; of a create once its result came."""
    sent: dict[str, Any] = Field(default_factory=dict)
    """What was sent of the pending fields, as JSON."""
    pending: tuple[str, ...] = ()
    """The fields that differed from what Xero showed."""
    wanted: dict[str, Mark] = Field(default_factory=dict)
    """All that was wanted with it: a refusal stands as long as this is wanted."""
    done_at: int = 0
    """The result came, and the snapshot of this sequence is awaited."""


class Refusal(BaseModel):
    """What Xero, or a person, did not let through; it stands until something else is wanted or seen."""

    wanted: dict[str, Mark]
    sequence: int = 0
    """What the gateway saw of Xero's record; at least what was seen here when the refused one left."""
    messages: tuple[str, ...] = ()
    cancelled_by: str | None = None


class EffectState(BaseModel):
    """One effect of a record; the record's own shows in snapshots, all others only in results."""

    last: int = 0
    """The revision drawn last."""
    revisions: tuple[int, ...] = ()
    flight: Flight | None = None
    refused: Refusal | None = None
    awaits: int = 0
    """Nothing leaves before the snapshot of this sequence was merged (STALE)."""
    stale: Flight | None = None
    """What was found stale, until that snapshot: it may tell what an earlier try of it did."""

    def note_revision(self, revision: int) -> None:
        """A revision was given to an intent, or an answer names it."""
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
    """A value that lost a conflict, or was overruled by whom the field belongs to: kept on record (SYS-3)."""

    field: str
    value: Any
    side: str
    """Whose it was: platform, xero."""
    why: str


class State(BaseModel):
    """The sync state of one record."""

    changed_at: dict[str, int] = Field(default_factory=dict)
    """When each field was last edited here, in milliseconds."""
    conflict: dict[str, tuple[str, str]] = Field(default_factory=dict)
    """Fields that a person is asked about: our value and Xero's, as JSON."""
    link: Link | None = None
    closed: list[Link] = Field(default_factory=list)
    by_hand: bool = False
    """Unlinked by hand: nothing creates or links it until a person does."""
    made: UUID | None = None
    """The last record of Xero that was made for it."""
    duplicate: UUID | None = None
    """Another record of Xero that bears our mark."""
    ask: bool = False
    """Rebuilt without knowing which side changed: every difference is asked about until it is in step."""
    main: EffectState = Field(default_factory=EffectState)
    others: dict[str, OtherEffect] = Field(default_factory=dict)
    lost: list[Lost] = Field(default_factory=list)
    """Since the last change that was published."""
    told: tuple[str, ...] = ()
    """The problems it has open, by their causes."""
    names: tuple[str, ...] = ()
    """The references it is checked again for, as stored."""

    @property
    def closed_ids(self) -> set[UUID]:
        """Xero's records that it was linked to before."""
        return {link.xero_id for link in self.closed}
