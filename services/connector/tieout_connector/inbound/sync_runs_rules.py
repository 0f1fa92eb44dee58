"""A sync run: what it has read, and when it has ended (CONN-8, CONN-10). Pure.

An import and the polls end once every list that Xero permits was read to its end. A run that a person asked for tries
every list, and ends once each was read or has failed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tieout_connector.inbound import sync_run_words
from tieout_schemas.payload import Frozen
from tieout_schemas.runs import ResourceRead, RunKind, SyncRun

PATIENCE = timedelta(minutes=10)
"""A run that a person asked for ends when it has read nothing for so long. What is left is read as usual."""


class ResourceProgress(Frozen):
    """What a run has read of one list so far."""

    read: int = 0
    changed: int = 0
    left: int | None = None
    """Rows that Xero counts behind those read; None: unknown."""
    ended: bool = False
    failed: str = ""
    """Why it ended before its end, for a bookkeeper."""


class SyncRunProgress(Frozen):
    """A run under way."""

    kind: RunKind
    started_at: datetime
    parts: Mapping[str, ResourceProgress] = {}
    """By list."""
    id: UUID | None = None
    """By which people watch it; None: nobody does."""
    moved_at: datetime | None = None
    """When something was last read; None: nothing was."""
    before: Mapping[str, ResourceProgress] = {}
    """What the polls under way had read when a person asked: it counts in the event at the end."""
    cancelled: bool = False
    """A person has ended it."""


def requested(polls: SyncRunProgress | None, job_id: UUID, now: datetime) -> SyncRunProgress:
    """The run that a person asks for now. The polls under way become part of it."""
    before = polls.parts if polls else {}
    return SyncRunProgress(kind=RunKind.REQUESTED, started_at=now, id=job_id, before=before)


def after_page(
    run: SyncRunProgress,
    name: str,
    read: int,
    changed: int,
    *,
    last: bool,
    left: int | None = None,
    sent_at: datetime | None = None,
    now: datetime | None = None,
) -> SyncRunProgress:
    """The run after a page of a list; `last`: the page was the list's last one. `sent_at`: when it was asked for: a
    page that was on its way when a person asked may miss what the person expects."""
    part = run.parts.get(name, ResourceProgress())
    in_time = run.kind is not RunKind.REQUESTED or sent_at is None or sent_at >= run.started_at
    # A list may be polled again while others are unfinished. Its pages are then added to the same run.
    counted = ResourceProgress(
        read=part.read + read, changed=part.changed + changed, left=left, ended=part.ended or (last and in_time)
    )
    return run.replace(parts={**run.parts, name: counted}, moved_at=now)


def after_failure(run: SyncRunProgress, names: Sequence[str], why: str) -> SyncRunProgress:
    """The run after these lists could not be read. Lists that were read to their end stay so."""
    unfinished = {name: part for name in names if not (part := run.parts.get(name, ResourceProgress())).ended}
    failed = {name: part.replace(ended=True, failed=why) for name, part in unfinished.items()}
    return run.replace(parts={**run.parts, **failed})


def awaits(run: SyncRunProgress | None, name: str) -> bool:
    """Whether a person waits for this list: it is read on at once."""
    return run is not None and run.kind is RunKind.REQUESTED and not run.parts.get(name, ResourceProgress()).ended


def is_overdue(run: SyncRunProgress, now: datetime) -> bool:
    """Whether a run that a person asked for has read nothing for so long that it ends as it is."""
    return run.kind is RunKind.REQUESTED and now - (run.moved_at or run.started_at) >= PATIENCE


def finished(run: SyncRunProgress, names: Sequence[str], tenant_id: UUID, now: datetime) -> SyncRun | None:
    """The finished run, to be published; None until every one of these lists has ended."""
    if not all(name in run.parts and run.parts[name].ended for name in names):
        return None
    lists, polls = tuple(_read(name, run) for name in names), run.kind is RunKind.POLL
    return SyncRun(
        tenant_id=tenant_id,
        run=run.kind,
        started_at=run.started_at,
        ended_at=now,
        resources=lists,
        job_id=run.id,
        cancelled=run.cancelled,
        summary="" if polls else sync_run_words.summary(run.kind, lists, cancelled=run.cancelled),
        next_steps=() if polls else sync_run_words.next_steps(run.kind, lists, cancelled=run.cancelled),
    )


def _read(name: str, run: SyncRunProgress) -> ResourceRead:
    part, before = run.parts[name], run.before.get(name, ResourceProgress())
    return ResourceRead(
        resource=name, read=before.read + part.read, changed=before.changed + part.changed, failed=part.failed
    )
