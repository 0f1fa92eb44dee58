"""Why a record is skipped, held or refused (SYS-2): a problem opens once, counts up, closes when its cause is gone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from tieout_kit.clock import next_sequence
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.postgres import Tx, queries
from tieout_schemas.payload import RecordRef
from tieout_schemas.problem import Problem, ProblemKind, ProblemState, Step, StepKind
from tieout_schemas.reasons import ReasonCode
from tieout_schemas.references import SETTING, Reference
from tieout_schemas.topics import PROBLEM

_SQL = queries.load("tieout_kit", "problems.sql")

MOST_STEPS = 20
"""Steps of a history that a problem carries; of a longer one the first and the latest."""


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """One thing that is wrong with a record."""

    reason: ReasonCode
    params: dict[str, str]
    on: Reference | None = None
    """What it waits for."""

    @property
    def cause(self) -> str:
        """What groups it with others."""
        return self.reason.cause(self.params, self.on)

    @property
    def setting(self) -> str | None:
        """The setting that mends it."""
        return self.on.id if self.on and self.on.kind == SETTING else None


@dataclass(frozen=True, slots=True)
class Finding:
    """All that is wrong with a record now; what was open and is not found any more closes."""

    tenant_id: UUID
    record_id: UUID
    cause: Cause
    found: tuple[FoundProblem, ...] = ()
    undecided: frozenset[ProblemKind] = frozenset()
    """The kinds of problems that stay as they are: what was refused and is sent again, Xero's answer decides."""
    settings_version: int = 0
    retried_by: str | None = None
    """Who asked that the record be tried again."""


@dataclass(frozen=True, slots=True)
class ProblemChange:
    """A problem as it is to be saved and said."""

    tenant_id: UUID
    sequence: int
    problem: Problem
    cause: Cause


async def update(tx: Tx, kind: str, findings: Sequence[Finding]) -> None:
    """Open, count up and close the problems of these records, all of one kind, and say so."""
    if not findings:
        return
    rows = await tx.db.fetch(_SQL["open_of"], kind, [f.tenant_id for f in findings], [f.record_id for f in findings])
    known: dict[tuple[UUID, UUID], list[tuple[int, Problem]]] = {}
    for row in rows:
        stored = (row["sequence"], Problem.model_validate(row["doc"]))
        known.setdefault((row["tenant_id"], row["record_id"]), []).append(stored)
    await save(
        tx, [changes for f in findings for changes in _changes(tx, kind, f, known.get((f.tenant_id, f.record_id), ()))]
    )


def _changes(tx: Tx, kind: str, finding: Finding, known: Sequence[tuple[int, Problem]]) -> Iterable[ProblemChange]:
    """What becomes of a record's problems: closed ones first, since each is open only once."""
    found = {(one.reason.code, one.cause): one for one in finding.found}
    seen, opened = [], dict(found)
    for sequence, before in known:
        same = opened.pop((before.code, before.cause), None)
        problem = _retried(tx, before, finding)
        if same:
            problem = _seen_again(tx, problem, same, finding)
        elif before.what not in finding.undecided:
            problem = step(tx, problem, StepKind.CLOSED, finding.cause, state=ProblemState.CLOSED)
        if problem is not before:
            decided = problem.replace(settings_version=finding.settings_version)
            changes = ProblemChange(finding.tenant_id, next_sequence(sequence, tx.now), decided, finding.cause)
            if decided.state is ProblemState.CLOSED:
                yield changes
            else:
                seen.append(changes)
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
        what=reason.value.what,
        cause=found.cause,
        params=found.params,
        sentence=reason.sentence(found.params),
        mend=reason.value.mend,
        by=reason.value.by,
        setting=found.setting,
        state=ProblemState.OPEN,
        opened_at=tx.now,
        last_at=tx.now,
        settings_version=finding.settings_version,
        steps=(
            Step(at=tx.now, what=StepKind.OPENED, by=finding.cause.causation_id, traceparent=finding.cause.traceparent),
        ),
        traceparent=finding.cause.traceparent,
    )


def _retried(tx: Tx, problem: Problem, finding: Finding) -> Problem:
    if finding.retried_by is None:
        return problem
    return step(tx, problem, StepKind.RETRIED, finding.cause, by=finding.retried_by)


def _seen_again(tx: Tx, problem: Problem, found: FoundProblem, finding: Finding) -> Problem:
    sentence = found.reason.sentence(found.params)
    note = sentence if sentence != problem.sentence else ""
    told = problem.replace(count=problem.count + 1, params=found.params, sentence=sentence)
    return step(tx, told, StepKind.SEEN_AGAIN, finding.cause, note=note)


def step(
    tx: Tx,
    problem: Problem,
    what: StepKind,
    cause: Cause,
    *,
    state: ProblemState | None = None,
    by: str | None = None,
    note: str = "",
) -> Problem:
    """The problem after one more step of its history."""
    first, *later = (
        *problem.steps,
        Step(at=tx.now, what=what, by=by or cause.causation_id, note=note, traceparent=cause.traceparent),
    )
    steps = (first, *later[-(MOST_STEPS - 1) :])
    return problem.replace(state=state or problem.state, last_at=tx.now, steps=steps)


async def save(tx: Tx, changes: Sequence[ProblemChange]) -> None:
    """Store problems and say them."""
    changes = list(changes)
    if changes:
        await tx.db.execute(_SQL["save"], *columns(changes))
        await outbox.add(tx, [outbox.event(tx, PROBLEM, t.tenant_id, t.problem, t.sequence, t.cause) for t in changes])


def columns(changes: Sequence[ProblemChange]) -> list[list[object]]:
    """The columns of table problem, for `save` and `copy`."""
    problems = [t.problem for t in changes]
    return [
        [t.tenant_id for t in changes],
        [p.id for p in problems],
        [t.sequence for t in changes],
        [p.record.kind for p in problems],
        [p.record.id for p in problems],
        [p.service for p in problems],
        [p.code for p in problems],
        [p.what for p in problems],
        # One of an older writer has none.
        [p.cause or p.code for p in problems],
        [p.setting for p in problems],
        [p.state for p in problems],
        [p.opened_at for p in problems],
        [p.settings_version for p in problems],
        [p.model_dump_json().encode() for p in problems],
    ]


async def dismiss(tx: Tx, tenant_id: UUID, ids: Sequence[UUID], cause: Cause, by: str) -> int:
    """Somebody wants to hear no more of these; how many of them were open."""
    rows = await tx.db.fetch(_SQL["lock"], tenant_id, list(ids))
    changes = []
    for row in rows:
        problem = Problem.model_validate(row["doc"])
        dismissed = step(tx, problem, StepKind.DISMISSED, cause, by=by, state=ProblemState.DISMISSED)
        changes.append(ProblemChange(tenant_id, next_sequence(row["sequence"], tx.now), dismissed, cause))
    await save(tx, changes)
    return len(changes)
