"""What a person sees of a sync run: how far each list is, and the time left (CONN-4, CONN-8). Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from tieout_connector.inbound.listings_rules import Trouble
from tieout_connector.inbound.sync_runs_rules import SyncRunProgress
from tieout_connector.pacing.org_budget import PER_MINUTE, RESERVED_PER_MINUTE
from tieout_schemas.payload import Frozen
from tieout_schemas.runs import RunKind

PAGE = 1000
"""Rows on a page, as a rule."""
_A_PAGE = timedelta(minutes=1) / (PER_MINUTE - RESERVED_PER_MINUTE)
"""The least time for a page, by Xero's limit of calls a minute."""


class ListState(StrEnum):
    """How far a list is."""

    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


class JobState(StrEnum):
    """How far a sync is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """It has ended, and some lists could not be read."""
    CANCELLED = "cancelled"
    """A person has ended it. What was read stays."""


class JobList(Frozen):
    """One list of a sync."""

    listing: str
    """Contacts, Invoices …"""
    state: ListState
    done: int = 0
    """Records read."""
    total: int | None = None
    """Records to read; null: unknown."""
    why: str = ""
    """Why it failed."""


class SyncJob(Frozen):
    """A sync that a person watches, with the state of each list."""

    id: UUID
    run: RunKind
    state: JobState
    joined: bool
    """It was under way already when it was asked for."""
    started_at: datetime
    ended_at: datetime | None
    lists: tuple[JobList, ...]
    waits_until: datetime | None = None
    """Before this, Xero allows no call; null: it does."""
    waits_because: str = ""
    seconds_left: int | None = None
    """An estimate; null: it has ended."""


def lists(run: SyncRunProgress, feed: Sequence[Mapping[str, Any]]) -> tuple[JobList, ...]:
    """Each list of a run. `feed`: the lists as they are stored (listings.progress)."""
    return tuple(_list(run, row) for row in feed)


def state(found: Sequence[JobList], ended_at: datetime | None, *, cancelled: bool) -> JobState:
    """The state of a sync with these lists."""
    if ended_at is None:
        return JobState.RUNNING
    if cancelled:
        return JobState.CANCELLED
    return JobState.FAILED if any(one.state is ListState.FAILED for one in found) else JobState.DONE


def time_left(found: Sequence[JobList], taken: timedelta, wait: timedelta) -> timedelta:
    """How long the unfinished lists take: at the measured pace, and no less than Xero's limits allow.

    `taken`: since the sync began. `wait`: until Xero allows the next call.
    """
    unfinished = [one for one in found if one.state in (ListState.WAITING, ListState.READING)]
    if not unfinished:
        return timedelta()
    rows = [max(0, one.total - one.done) if one.total is not None else 0 for one in unfinished]
    pages = sum(max(1, -(-left // PAGE)) for left in rows)
    read = sum(one.done for one in found)
    at_this_pace = taken * sum(rows) / read if read else timedelta()
    return wait + max(pages * _A_PAGE, at_this_pace)


def _list(run: SyncRunProgress, row: Mapping[str, Any]) -> JobList:
    name, part = row["listing"], run.parts.get(row["listing"])
    if part and part.ended:
        ended = ListState.FAILED if part.failed else ListState.DONE
        return JobList(listing=name, state=ended, done=part.read, total=part.read, why=part.failed)
    if run.kind is RunKind.IMPORT:
        if row["trouble"] == Trouble.NOT_PERMITTED:
            return JobList(listing=name, state=ListState.FAILED, why="Xero does not permit it; its problem says more.")
        begun = ListState.READING if part else ListState.WAITING
        return JobList(listing=name, state=begun, done=row["done"], total=row["total"])
    if part:
        total = None if part.left is None else part.read + part.left
        return JobList(listing=name, state=ListState.READING, done=part.read, total=total)
    return JobList(listing=name, state=ListState.WAITING)
