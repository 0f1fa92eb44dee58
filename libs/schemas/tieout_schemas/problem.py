"""A problem: why a record is skipped, held, refused, in conflict, or needs a look (SYS-2)."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from pydantic import model_validator

from tieout_schemas.payload import Frozen, Payload, RecordRef
from tieout_schemas.roles import Role


class ProblemKind(StrEnum):
    """What became of the record."""

    SKIPPED = "skipped"
    """It stays on the side where it is, for good."""
    HELD = "held"
    """It waits, and continues by itself once the reason is gone."""
    REFUSED = "refused"
    """Xero refused it, or would refuse it; somebody must change something."""
    CONFLICT = "conflict"
    """Both sides changed the same field."""
    NOTICE = "notice"
    """It was synced, but somebody should look at it."""


class ProblemState(StrEnum):
    """Whether a problem still needs attention (SYS-2)."""

    OPEN = "open"
    DISMISSED = "dismissed"
    """A person took it off the list; it still closes once its reason is gone."""
    CLOSED = "closed"


_EARLIER_NAMES = {"what": "problem_kind", "mend": "how_to_fix", "by": "who_can_fix", "steps": "history"}
"""Field names in stored problems and events that an earlier version wrote."""


def _renamed(stored: Any, names: Mapping[str, str]) -> Any:
    return {names.get(name, name): value for name, value in stored.items()} if isinstance(stored, dict) else stored


class HistoryKind(StrEnum):
    """What happened to a problem."""

    OPENED = "opened"
    SEEN_AGAIN = "seen_again"
    RETRIED = "retried"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class HistoryEntry(Frozen):
    """One entry in a problem's history."""

    at: dt.datetime
    kind: HistoryKind
    by: str
    """A user's `sub`, or the id of the event."""
    note: str = ""
    """The new sentence, if it changed when the problem was seen again."""
    traceparent: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, stored: Any) -> Any:
        return _renamed(stored, {"what": "kind"})


class Problem(Payload):
    """A problem of one record. It opens once, counts how often it is seen, and closes once its reason is gone."""

    ce_type: ClassVar = "tieout.problem.v1"
    kind: ClassVar = "problem"

    id: UUID
    service: str
    """The service that raised it. Retry and dismiss requests go to this service."""
    record: RecordRef
    code: str
    """The reason code, see docs/problems.md."""
    problem_kind: ProblemKind = ProblemKind.HELD
    cause: str = ""
    """The code and its cause. Problems of the same cause are listed as a group."""
    params: dict[str, str]
    sentence: str
    """What happened, in a bookkeeper's words."""
    how_to_fix: str
    """What to do about it."""
    who_can_fix: Role = Role.BOOKKEEPER
    """The role that is needed for it."""
    setting: str | None = None
    """The setting to choose, if the record waits for one."""
    state: ProblemState
    opened_at: dt.datetime
    last_at: dt.datetime
    """When it was last seen or, once closed, when it closed."""
    count: int = 1
    """How often it was seen."""
    settings_version: int = 0
    """The version of the tenant's settings that the last decision used."""
    history: tuple[HistoryEntry, ...] = ()
    """The first entry and the latest ones; those between are left out of a long history."""
    traceparent: str | None = None
    """The trace that raised it."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, stored: Any) -> Any:
        return _renamed(stored, _EARLIER_NAMES)

    @property
    def key_id(self) -> str:
        return str(self.id)
