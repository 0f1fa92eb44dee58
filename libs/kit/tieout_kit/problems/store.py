"""Problems: why a record is skipped, held or refused (SYS-2).

A problem is opened once, counts how often it is seen again, and is closed when its cause is gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from tieout_kit.clock import next_sequence
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.payload import RecordRef
from tieout_schemas.problem import HistoryEntry, HistoryKind, Problem, ProblemKind, ProblemState
from tieout_schemas.reasons import ReasonCode
from tieout_schemas.references import SETTING, Reference
from tieout_schemas.topics import PROBLEM

_SQL = queries.load("tieout_kit", "problems.sql")

MOST_STEPS = 20
"""Steps that the history of a problem keeps: the first and the latest."""


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """One thing that is wrong with a record."""

    reason: ReasonCode
    params: dict[str, str]
    on: Reference | None = None
    """What the record waits for."""

    @property
    def cause(self) -> str:
        """The key that groups it with problems of the same cause."""
        return self.reason.cause(self.params, self.on)

    @property
    def setting(self) -> str | None:
        """The setting that fixes it, if it waits for one."""
        return self.on.id if self.on and self.on.kind == SETTING else None


@dataclass(frozen=True, slots=True)
class Finding:
    """Everything that is wrong with a record now. Its open problems that are not in `found` are closed."""

    tenant_id: UUID
    record_id: UUID
    cause: Cause
    found: tuple[FoundProblem, ...] = ()
    undecided: frozenset[ProblemKind] = frozenset()
    """Problems of these kinds stay as they are: after a resend, only Xero's answer tells whether a refusal stands."""
    settings_version: int = 0
    retried_by: str | None = None
    """The person who retried the record."""


@dataclass(frozen=True, slots=True)
class ProblemChange:
    """A problem to be stored and published."""

    tenant_id: UUID
    sequence: int
    problem: Problem
    cause: Cause


async def update(tx: Tx, kind: str, findings: Sequence[Finding]) -> None:
    """Open, count and close the problems of these records, all of one kind, and publish them."""
    if not findings:
        return
    rows = await tx.db.fetch(
        *_SQL["open_of"](
            kind=kind, tenant_ids=[f.tenant_id for f in findings], record_ids=[f.record_id for f in findings]
        )
    )
    known: dict[tuple[UUID, UUID], list[tuple[int, Problem]]] = {}
    for row in rows:
        stored = (row["sequence"], Problem.model_validate(row["doc"]))
        known.setdefault((row["tenant_id"], row["record_id"]), []).append(stored)
    await save(
        tx, [change for f in findings for change in _changes(tx, kind, f, known.get((f.tenant_id, f.record_id), ()))]
    )


def _changes(tx: Tx, kind: str, finding: Finding, known: Sequence[tuple[int, Problem]]) -> Iterable[ProblemChange]:
    """The changes of a record's problems. Closed ones come first, since each problem may be open only once."""
    found = {(one.reason.code, one.cause): one for one in finding.found}
    seen, opened = [], dict(found)
    for sequence, before in known:
        same = opened.pop((before.code, before.cause), None)
        problem = _retried(tx, before, finding)
        if same:
            problem = _seen_again(tx, problem, same, finding)
        elif before.problem_kind not in finding.undecided:
            problem = step(tx, problem, HistoryKind.CLOSED, finding.cause, state=ProblemState.CLOSED)
        if problem is not before:
            decided = problem.replace(settings_version=finding.settings_version)
            change = ProblemChange(finding.tenant_id, next_sequence(sequence, tx.now), decided, finding.cause)
            if decided.state is ProblemState.CLOSED:
                yield change
            else:
                seen.append(change)
    yield from seen
    for one in opened.values():
        yield ProblemChange(finding.tenant_id, next_sequence(0, tx.now), _opened(tx, kind, finding, one), finding.cause)


def _opened(tx: Tx, kind: str, finding: Finding, found: FoundProblem) -> Problem:
    reason = found.reason
    return Problem(
        id=uuid4(),
        service=tx.service,
        record=RecordRef(kind=kind, id=finding.record_id),
        code=reason.code,
        problem_kind=reason.value.problem_kind,
        cause=found.cause,
        params=found.params,
        sentence=reason.sentence(found.params),
        how_to_fix=reason.value.how_to_fix,
        who_can_fix=reason.value.who_can_fix,
        setting=found.setting,
        state=ProblemState.OPEN,
        opened_at=tx.now,
        last_at=tx.now,
        settings_version=finding.settings_version,
        history=(
            HistoryEntry(
                at=tx.now, kind=HistoryKind.OPENED, by=finding.cause.causation_id, traceparent=finding.cause.traceparent
            ),
        ),
        traceparent=finding.cause.traceparent,
    )


def _retried(tx: Tx, problem: Problem, finding: Finding) -> Problem:
    if finding.retried_by is None:
        return problem
    return step(tx, problem, HistoryKind.RETRIED, finding.cause, by=finding.retried_by)


def _seen_again(tx: Tx, problem: Problem, found: FoundProblem, finding: Finding) -> Problem:
    sentence = found.reason.sentence(found.params)
    note = sentence if sentence != problem.sentence else ""
    seen = problem.replace(count=problem.count + 1, params=found.params, sentence=sentence)
    return step(tx, seen, HistoryKind.SEEN_AGAIN, finding.cause, note=note)


def step(
    tx: Tx,
    problem: Problem,
    kind: HistoryKind,
    cause: Cause,
    *,
    state: ProblemState | None = None,
    by: str | None = None,
    note: str = "",
) -> Problem:
    """The problem with one more step in its history."""
    first, *later = (
        *problem.history,
        HistoryEntry(at=tx.now, kind=kind, by=by or cause.causation_id, note=note, traceparent=cause.traceparent),
    )
    steps = (first, *later[-(MOST_STEPS - 1) :])
    return problem.replace(state=state or problem.state, last_at=tx.now, history=steps)


async def save(tx: Tx, changes: Sequence[ProblemChange]) -> None:
    """Store and publish problems."""
    changes = list(changes)
    if changes:
        await tx.db.execute(*_SQL["save"](**columns(changes)))
        await outbox.add(tx, [outbox.event(tx, PROBLEM, t.tenant_id, t.problem, t.sequence, t.cause) for t in changes])


def columns(changes: Sequence[ProblemChange]) -> dict[str, list[object]]:
    """The columns of table `problem`, for the queries `save` and `copy`."""
    problems = [change.problem for change in changes]
    return {
        "tenant_ids": [change.tenant_id for change in changes],
        "ids": [p.id for p in problems],
        "sequences": [change.sequence for change in changes],
        "record_kinds": [p.record.kind for p in problems],
        "record_ids": [p.record.id for p in problems],
        "services": [p.service for p in problems],
        "codes": [p.code for p in problems],
        "kinds": [p.problem_kind for p in problems],
        # Problems of an older version have no cause.
        "causes": [p.cause or p.code for p in problems],
        "settings": [p.setting for p in problems],
        "states": [p.state for p in problems],
        "opened_at": [p.opened_at for p in problems],
        "settings_versions": [p.settings_version for p in problems],
        "docs": [p.model_dump_json().encode() for p in problems],
    }


async def with_open_problems(tx: Tx, kind: str, tenant_id: UUID) -> list[UUID]:
    """The ids of a tenant's records of this kind that have problems of this service, dismissed ones too."""
    rows = await tx.db.fetch(*_SQL["with_open_problems"](kind=kind, tenant_id=tenant_id))
    return [row["record_id"] for row in rows]


async def note_retry(tx: Tx, kind: str, tenant_id: UUID, record_id: UUID, cause: Cause, by: str) -> None:
    """Note at the open problems of a record that a person tries again what they are about."""
    rows = await tx.db.fetch(*_SQL["open_of"](kind=kind, tenant_ids=[tenant_id], record_ids=[record_id]))
    changes = []
    for row in rows:
        retried = step(tx, Problem.model_validate(row["doc"]), HistoryKind.RETRIED, cause, by=by)
        changes.append(ProblemChange(tenant_id, next_sequence(row["sequence"], tx.now), retried, cause))
    await save(tx, changes)


async def dismiss(tx: Tx, tenant_id: UUID, ids: Sequence[UUID], cause: Cause, by: str) -> int:
    """A person dismisses problems; returns how many of them were open."""
    rows = await tx.db.fetch(*_SQL["lock"](tenant_id=tenant_id, ids=list(ids)))
    changes = []
    for row in rows:
        problem = Problem.model_validate(row["doc"])
        dismissed = step(tx, problem, HistoryKind.DISMISSED, cause, by=by, state=ProblemState.DISMISSED)
        changes.append(ProblemChange(tenant_id, next_sequence(row["sequence"], tx.now), dismissed, cause))
    await save(tx, changes)
    return len(changes)
