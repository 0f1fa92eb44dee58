"""The base classes of all event values."""

from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):  # noqa: PLW1641  # pydantic adds __hash__
    """An immutable value, compared by content. Unknown fields of newer versions are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    # Records are compared several times for each event, and pydantic's own __eq__ takes four times as long.
    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def replace(self, **changes: Any) -> Self:
        """A validated copy with changes. Raises TypeError for an unknown field, ValidationError for a wrong value."""
        model = type(self)
        if unknown := changes.keys() - model.__pydantic_fields__.keys():
            raise TypeError(f"{model.__name__} has no field {', '.join(sorted(unknown))}")
        return model.model_validate({**self.__dict__, **changes})


class Payload(Frozen):
    """The full state of one record, as published. Each subclass names its CloudEvents type and record kind."""

    ce_type: ClassVar[str]
    kind: ClassVar[str]

    @property
    def key_id(self) -> str:
        """The id of the record within its tenant and kind; the last part of the Kafka key."""
        raise NotImplementedError


class OriginKind(StrEnum):
    """What caused a change."""

    USER = "user"
    RULE = "rule"
    EVENT = "event"
    IMPORT = "import"


class Origin(Frozen):
    """What caused a change of a record; stored with every change."""

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
    """The intent that a snapshot answers, and which of its differences the snapshot explains."""

    intent_id: str
    record: RecordRef
    effect: str
    revision: int
    done: bool
    """Whether Xero carried the intent out. False: a read that shows what a lost call did, before the call is sent
    again."""
    explains: tuple[str, ...] = ()
    """The fields of the intent's body that this snapshot shows as wanted, or that were sent."""
