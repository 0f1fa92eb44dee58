"""SYS-4: how far a historical import is, and what it says at its end.

It reads the list of one kind after another: contacts before documents, documents before payments.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from tieout_connector.inbound.history_words import NOT_FOLLOWED, UNREADABLE, next_steps, summary
from tieout_connector.inbound.listings_rules import ListingCursor
from tieout_schemas.history import HistoryDirection, HistoryKindResult, HistoryRun, HistoryState, SkippedRecords
from tieout_schemas.payload import Frozen

MAX_TRIES = 3
"""Times in a row that a page is asked for in vain. Then the list ends, and the next one begins."""


@dataclass(frozen=True, slots=True)
class PageCounts:
    """The records of a page: how many this import had not read before, and which are left in Xero."""

    new: int = 0
    changed: int = 0
    known: int = 0
    unreadable: Collection[str] = ()
    """Xero's ids. Pages overlap, so one of these may have been on an earlier page, too."""
    not_followed: Collection[str] = ()


class KindProgress(Frozen):
    """How far the list of one kind has been read."""

    kind: str
    """In a bookkeeper's words: bills."""
    cursor: ListingCursor
    ended: bool = False
    new: int = 0
    changed: int = 0
    known: int = 0
    skipped: Mapping[str, tuple[str, ...]] = {}
    """By reason, Xero's ids of the records that are left there."""
    tries: int = 0
    """Times in a row that the next page was asked for in vain."""
    why: str = ""
    """Why the list cannot be read, or was not read to its end; empty: it can, and it was."""


class HistoryImport(Frozen):
    """A historical import."""

    id: UUID
    tenant_id: UUID
    asked_by: str
    """The person's `sub`."""
    state: HistoryState = HistoryState.RUNNING
    from_date: date
    to_date: date | None = None
    """The last day; None: there is no end."""
    started_at: datetime
    ended_at: datetime | None = None
    kinds: tuple[KindProgress, ...]

    @property
    def current(self) -> KindProgress | None:
        """The kind that is being read; None: all were."""
        return next((each for each in self.kinds if not each.ended), None)

    def is_same(self, other: "HistoryImport") -> bool:
        """Whether both were asked to import the same."""
        asked = (self.from_date, self.to_date, [each.kind for each in self.kinds])
        return asked == (other.from_date, other.to_date, [each.kind for each in other.kinds])


def after_page(
    job: HistoryImport, cursor: ListingCursor, counts: PageCounts, now: datetime, *, last: bool
) -> HistoryImport:
    """The import after a page of the current kind. `last`: it was the list's last page."""
    part = _current(job)
    left = {UNREADABLE: counts.unreadable, NOT_FOLLOWED: counts.not_followed}
    skipped = {reason: tuple(sorted({*part.skipped.get(reason, ()), *ids})) for reason, ids in left.items()}
    read = part.replace(
        cursor=cursor,
        ended=last,
        new=part.new + counts.new,
        changed=part.changed + counts.changed,
        known=part.known + counts.known,
        skipped={reason: ids for reason, ids in skipped.items() if ids},
        tries=0,
        why="",
    )
    return _with(job, read, now)


def after_failure(job: HistoryImport, why: str, now: datetime, *, lasts: bool) -> HistoryImport:
    """The import after a page that could not be read. `lasts`: asking again would not help."""
    part = _current(job)
    tries = part.tries + 1
    return _with(job, part.replace(tries=tries, why=why, ended=lasts or tries >= MAX_TRIES), now)


def with_cursor(job: HistoryImport, cursor: ListingCursor) -> HistoryImport:
    """The import that reads on from here."""
    return _put(job, _current(job).replace(cursor=cursor))


def cancelled(job: HistoryImport, now: datetime) -> HistoryImport:
    """The import after a person has cancelled it. What came stays."""
    return job.replace(state=HistoryState.CANCELLED, ended_at=now)


def time_left(job: HistoryImport, now: datetime, waits_until: datetime | None) -> timedelta | None:
    """An estimate of the time that a running import takes from now; None: there is nothing yet to estimate it by.

    By the speed so far, all waiting included. A list that was not begun counts as much as the longest of the others.
    """
    totals = [each.cursor.total for each in job.kinds if each.cursor.total is not None]
    done = sum(each.cursor.done for each in job.kinds)
    if job.ended_at or not done:
        return None
    unknown = max(totals, default=0)
    left = sum(
        (unknown if each.cursor.total is None else each.cursor.total) - each.cursor.done
        for each in job.kinds
        if not each.ended
    )
    waits = max(waits_until - now, timedelta()) if waits_until else timedelta()
    return max((now - job.started_at) * left / done, waits)


def result(job: HistoryImport) -> HistoryRun:
    """The event at the end of an import."""
    assert job.ended_at
    kinds = tuple(_result(each) for each in job.kinds)
    return HistoryRun(
        tenant_id=job.tenant_id,
        id=job.id,
        direction=HistoryDirection.IMPORT,
        state=job.state,
        from_date=job.from_date,
        to_date=job.to_date,
        started_at=job.started_at,
        ended_at=job.ended_at,
        kinds=kinds,
        summary=summary(kinds, job.from_date, job.to_date, cancelled=job.state is HistoryState.CANCELLED),
        next_steps=next_steps(kinds, cancelled=job.state is HistoryState.CANCELLED),
    )


def _current(job: HistoryImport) -> KindProgress:
    assert job.current
    return job.current


def _with(job: HistoryImport, part: KindProgress, now: datetime) -> HistoryImport:
    moved = _put(job, part)
    return moved if moved.current else moved.replace(state=HistoryState.DONE, ended_at=now)


def _put(job: HistoryImport, part: KindProgress) -> HistoryImport:
    return job.replace(kinds=tuple(part if each.kind == part.kind else each for each in job.kinds))


def _result(part: KindProgress) -> HistoryKindResult:
    return HistoryKindResult(
        kind=part.kind,
        read=part.new + part.changed + part.known + sum(map(len, part.skipped.values())),
        new=part.new,
        changed=part.changed,
        known=part.known,
        skipped=tuple(SkippedRecords(reason=reason, count=len(ids)) for reason, ids in sorted(part.skipped.items())),
        why=part.why,
    )
