"""What every event's value has in common."""

from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: never changed, compared by content; unknown fields of newer writers are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def replace(self, **changes: Any) -> Self:
        """A copy with other values, checked as a new one is. Raises TypeError for a name that is no field, and
        ValidationError for a value of another type."""
        if unknown := changes.keys() - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        return type(self).model_validate({**self.__dict__, **changes})


class Payload(Frozen):
    """The full state of one record, as it travels. Each subclass names its CloudEvents type and record kind."""

    ce_type: ClassVar[str]
    kind: ClassVar[str]

    @property
    def key_id(self) -> str:
        """The id of the record within its tenant and kind; the last part of the Kafka key."""
        raise NotImplementedError


class OriginKind(StrEnum):
    """Who or what made a change."""

    USER = "user"
    RULE = "rule"
    EVENT = "event"
    IMPORT = "import"


class Origin(Frozen):
    """Why a record is as it is: stored with every change, so that "why" is read and never guessed (design, Why)."""

    kind: OriginKind
    by: str
    """The user's `sub`, or the id of the event that caused the change."""
    rule: str | None = None
    """The sync rule that decided, by its id."""
    settings_version: int = 0
    """The version of the tenant's settings the decision was made with."""


class RecordRef(Frozen):
    """One record of the platform."""

    kind: str
    id: UUID


class Answers(Frozen):
    """What a snapshot tells of the intent whose answer it was made from."""

    intent_id: str
    record: RecordRef
    effect: str
    revision: int
    done: bool
    """Xero has done it. False: a reading before a lost call goes again, which tells what that call did."""
    explains: tuple[str, ...] = ()
    """Fields of the intent's body that show in this snapshot because of it: those sent, and those shown as wanted."""
