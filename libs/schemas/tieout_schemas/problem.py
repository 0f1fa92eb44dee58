"""A problem: a record that is skipped, held, refused, in conflict or to be looked at, and why (SYS-2)."""

import datetime as dt
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.payload import Frozen, Payload, RecordRef
from tieout_schemas.roles import Role


class ProblemKind(StrEnum):
    """What became of the record."""

    SKIPPED = "skipped"
    """It stays on its side, for good."""
    HELD = "held"
    """It waits, and goes by itself when the reason is gone."""
    REFUSED = "refused"
    """It was tried, or would have been in vain, and somebody must change something."""
    CONFLICT = "conflict"
    """Both sides changed it."""
    NOTICE = "notice"
    """It came through, and somebody should look at it."""


class ProblemState(StrEnum):
    """SYS-2."""

    OPEN = "open"
    DISMISSED = "dismissed"
    """Somebody has seen it and wants to hear no more of it; it still closes when its reason is gone."""
    CLOSED = "closed"


class StepKind(StrEnum):
    """What happened to a problem."""

    OPENED = "opened"
    SEEN_AGAIN = "seen_again"
    RETRIED = "retried"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class Step(Frozen):
    """One step of a problem's history."""

    at: dt.datetime
    what: StepKind
    by: str
    """A user's `sub`, or the id of the event."""
    note: str = ""
    """Why it was seen again, if it is told differently now."""
    traceparent: str | None = None


class Problem(Payload):
    """A problem of one record. It opens once, counts up, and closes by itself when its reason is gone."""

    ce_type: ClassVar = "tieout.problem.v1"
    kind: ClassVar = "problem"

    id: UUID
    service: str
    """The service that raised it; retry and dismiss go there."""
    record: RecordRef
    code: str
    """The reason code, see docs/problems.md."""
    what: ProblemKind = ProblemKind.HELD
    cause: str = ""
    """The code and what caused it, the same for every record held by it: problems of one cause are one group."""
    params: dict[str, str]
    sentence: str
    """What happened, in a bookkeeper's words."""
    mend: str
    """What to do about it."""
    by: Role = Role.BOOKKEEPER
    """Who can do it."""
    setting: str | None = None
    """The setting that mends it, if one does."""
    state: ProblemState
    opened_at: dt.datetime
    last_at: dt.datetime
    """When it was last seen; of a closed one, when it closed."""
    count: int = 1
    """How often it was seen."""
    settings_version: int = 0
    """The version of the tenant's settings it was last decided with."""
    steps: tuple[Step, ...] = ()
    """Its history: the first step, and the latest ones."""
    traceparent: str | None = None
    """The trace of what raised it."""

    @property
    def key_id(self) -> str:
        return str(self.id)
