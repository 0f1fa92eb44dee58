"""The end of a historical import or export (SYS-4): what came, what did not and why, and what to do next."""

import datetime as dt
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from tieout_schemas.payload import Frozen, Payload


class HistoryDirection(StrEnum):
    """Where the records go."""

    IMPORT = "import"
    """From Xero to the platform."""
    EXPORT = "export"
    """From the platform to Xero."""


class HistoryState(StrEnum):
    """How far a historical import or export is."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class SkippedRecords(Frozen):
    """Records that were left where they are."""

    reason: str
    """In a bookkeeper's words."""
    count: int


class HistoryKindResult(Frozen):
    """What became of the records of one kind."""

    kind: str
    """contacts, bills, payments …"""
    read: int
    """The records of the range."""
    new: int
    """Those that the other side did not have: they came in, or are on their way."""
    changed: int
    """Those that differed. An export counts none: what changes here is sent at once."""
    known: int
    """Those that the other side had already, with the same content."""
    skipped: tuple[SkippedRecords, ...] = ()
    why: str = ""
    """Why not all were read; empty: all were."""


class HistoryRun(Payload):
    """A historical import or export that has ended."""

    ce_type: ClassVar = "tieout.history-run.v1"
    kind: ClassVar = "history_run"

    tenant_id: UUID
    id: UUID
    direction: HistoryDirection
    state: HistoryState
    from_date: dt.date
    to_date: dt.date | None
    """The last day; None: there was no end."""
    started_at: dt.datetime
    ended_at: dt.datetime
    kinds: tuple[HistoryKindResult, ...]
    summary: str
    """What came, in a bookkeeper's words."""
    next_steps: tuple[str, ...]
    """What to do next, in a bookkeeper's words."""

    @property
    def key_id(self) -> str:
        return str(self.id)
