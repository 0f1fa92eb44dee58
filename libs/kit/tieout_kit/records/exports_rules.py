"""SYS-4: how far a historical export is, and what it says at its end. Pure.

What is here is sent to Xero by itself. So an export checks the records of a range again that are not in Xero, sends
what may be sent, and says of the others why they stay. What Xero refused is not sent again: only a person who looks at
it can tell whether a payment would then be made twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from tieout_schemas.history import HistoryDirection, HistoryKindResult, HistoryRun, HistoryState, SkippedRecords
from tieout_schemas.payload import Frozen
from tieout_schemas.platform import SyncState

REASONS = {
    SyncState.WAITING: "it waits, and its problem says for what",
    SyncState.REFUSED: "Xero refused it, and its problem says why",
    SyncState.CONFLICT: "it differs from Xero, and a person must decide",
    SyncState.NOT_FOR_XERO: "it is a draft, or was unlinked by hand",
}
"""Why a record is not sent, by its state."""


class ExportedKind(Frozen):
    """How far the records of one kind are."""

    kind: str
    """The kind's name: bill."""
    total: int
    """The records that were not in Xero at the start."""
    known: int
    """Those that were."""
    done: int = 0
    sent: int = 0
    skipped: Mapping[str, int] = {}
    """By reason, the records that stay here."""
    ended: bool = False


class HistoryExport(Frozen):
    """A historical export."""

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
    kinds: tuple[ExportedKind, ...]

    def is_same(self, other: "HistoryExport") -> bool:
        """Whether both were asked to export the same."""
        asked = (self.from_date, self.to_date, [each.kind for each in self.kinds])
        return asked == (other.from_date, other.to_date, [each.kind for each in other.kinds])


def after_page(
    job: HistoryExport, kind: str, states: Sequence[SyncState], now: datetime, *, last: bool
) -> HistoryExport:
    """The export after a page of a kind. `states`: how its records stand to Xero now. `last`: no page follows."""
    kinds = tuple(_after(each, states, last=last) if each.kind == kind else each for each in job.kinds)
    over = all(each.ended for each in kinds)
    ended = {"state": HistoryState.DONE, "ended_at": now} if over else {}
    return job.replace(kinds=kinds, **ended)


def cancelled(job: HistoryExport, now: datetime) -> HistoryExport:
    """The export after a person has cancelled it. What was sent stays."""
    return job.replace(state=HistoryState.CANCELLED, ended_at=now)


def time_left(job: HistoryExport, now: datetime) -> timedelta | None:
    """An estimate by the speed so far; None: there is nothing yet to estimate it by, or the export has ended."""
    done, left = sum(each.done for each in job.kinds), sum(each.total - each.done for each in job.kinds)
    return None if job.ended_at or not done else (now - job.started_at) * left / done


def result(job: HistoryExport) -> HistoryRun:
    """The event at the end of an export."""
    assert job.ended_at
    kinds = tuple(
        HistoryKindResult(
            kind=f"{each.kind}s",
            read=each.known + each.done,
            new=each.sent,
            changed=0,
            known=each.known,
            skipped=tuple(SkippedRecords(reason=why, count=count) for why, count in sorted(each.skipped.items())),
        )
        for each in job.kinds
    )
    return HistoryRun(
        tenant_id=job.tenant_id,
        id=job.id,
        direction=HistoryDirection.EXPORT,
        state=job.state,
        from_date=job.from_date,
        to_date=job.to_date,
        started_at=job.started_at,
        ended_at=job.ended_at,
        kinds=kinds,
        summary=" ".join([_begin(job), *(_words(each) for each in kinds)]),
        next_steps=_next_steps(job, kinds),
    )


def _after(part: ExportedKind, states: Sequence[SyncState], *, last: bool) -> ExportedKind:
    sent = sum(state in (SyncState.ON_ITS_WAY, SyncState.IN_STEP) for state in states)
    skipped = Counter(part.skipped) + Counter(REASONS[state] for state in states if state in REASONS)
    done = part.done + len(states)
    # Records may have come and gone since the start.
    total = done if last else max(part.total, done)
    return part.replace(done=done, total=total, sent=part.sent + sent, skipped=dict(skipped), ended=last)


def _begin(job: HistoryExport) -> str:
    until = f" to {job.to_date.isoformat()}" if job.to_date else ""
    how = "was cancelled" if job.state is HistoryState.CANCELLED else "has ended"
    return f"The export {how} ({job.from_date.isoformat()}{until})."


def _words(one: HistoryKindResult) -> str:
    skipped = [f"{each.count} not sent because {each.reason}" for each in one.skipped]
    return f"{one.kind.capitalize()}: {', '.join([f'{one.new} sent', f'{one.known} in Xero already', *skipped])}."


def _next_steps(job: HistoryExport, kinds: Sequence[HistoryKindResult]) -> tuple[str, ...]:
    steps = []
    if job.state is HistoryState.CANCELLED:
        steps.append("What was sent stays. To send the rest, start the same export again: nothing is sent twice.")
    problems = {REASONS[state] for state in (SyncState.WAITING, SyncState.REFUSED, SyncState.CONFLICT)}
    if any(one.reason in problems for each in kinds for one in each.skipped):
        steps.append("Look at the problems: each record that waits, was refused or differs says there what helps.")
    if any(one.reason == REASONS[SyncState.NOT_FOR_XERO] for each in kinds for one in each.skipped):
        steps.append(
            "Approve the drafts that belong in Xero. Export a record that was unlinked by hand on its own page."
        )
    if any(each.new for each in kinds):
        steps.append("Look at the problems in a few minutes: if Xero refuses a record that was sent, it says so there.")
    return tuple(steps)
