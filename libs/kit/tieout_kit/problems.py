"""Why a record is skipped, held or refused (SYS-2): a problem opens once, counts up, closes when its cause is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from tieout_kit import outbox, queries
from tieout_kit.cause import Cause
from tieout_kit.clock import next_sequence
from tieout_kit.postgres import Tx
from tieout_schemas.payload import RecordRef
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.topics import PROBLEM

_SQL = queries.load("tieout_kit", "problems.sql")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a record now; `reason` None: nothing, so what was open closes."""

    tenant_id: UUID
    record_id: UUID
    reason: Reason | None
    params: dict[str, str]
    cause: Cause


async def settle(tx: Tx, kind: str, findings: Sequence[Finding]) -> None:
    """Open, count up and close the problems of these records, all of one kind, and say so."""
    if not findings:
        return
    rows = await tx.db.fetch(_SQL["open_of"], kind, [f.tenant_id for f in findings], [f.record_id for f in findings])
    known = {(r["tenant_id"], r["record_id"]): (r["sequence"], Problem.model_validate(r["doc"])) for r in rows}
    changed: list[tuple[Finding, int, Problem]] = []
    for finding in findings:
        sequence, problem = known.get((finding.tenant_id, finding.record_id), (0, None))
        same = problem is not None and finding.reason is not None and problem.code == finding.reason.code
        if problem and not same:
            closed = problem.model_copy(update={"state": ProblemState.CLOSED, "last_at": tx.now})
            changed.append((finding, next_sequence(sequence, tx.now), closed))
        if problem and same:
            again = problem.model_copy(update={"count": problem.count + 1, "last_at": tx.now})
            changed.append((finding, next_sequence(sequence, tx.now), again))
        elif finding.reason:
            changed.append((finding, next_sequence(0, tx.now), _opened(tx, kind, finding, finding.reason)))
    if not changed:
        return
    # Closed ones first: a record has one open problem at most, and the index says so.
    changed.sort(key=lambda item: item[2].state is ProblemState.OPEN)
    for state in (ProblemState.CLOSED, ProblemState.OPEN):
        await _save(tx, [item for item in changed if item[2].state is state])
    await outbox.add(tx, [outbox.event(tx, PROBLEM, f.tenant_id, p, sequence, f.cause) for f, sequence, p in changed])


def _opened(tx: Tx, kind: str, finding: Finding, reason: Reason) -> Problem:
    return Problem(
        id=uuid4(),
        service=tx.service,
        record=RecordRef(kind=kind, id=finding.record_id),
        code=reason.code,
        params=finding.params,
        sentence=reason.sentence(finding.params),
        mend=reason.value.mend,
        state=ProblemState.OPEN,
        opened_at=tx.now,
        last_at=tx.now,
        traceparent=finding.cause.traceparent,
    )


async def _save(tx: Tx, changed: Sequence[tuple[Finding, int, Problem]]) -> None:
    if changed:
        await tx.db.execute(
            _SQL["save"],
            [f.tenant_id for f, _, _ in changed],
            [p.id for _, _, p in changed],
            [sequence for _, sequence, _ in changed],
            [p.record.kind for _, _, p in changed],
            [p.record.id for _, _, p in changed],
            [p.code for _, _, p in changed],
            [p.state for _, _, p in changed],
            [p.model_dump_json().encode() for _, _, p in changed],
        )


async def page(tx: Tx, tenant_id: UUID, state: ProblemState, after: UUID | None, limit: int) -> list[Problem]:
    """A tenant's problems in one state, by id."""
    rows = await tx.db.fetch(_SQL["page"], tenant_id, state, after, limit)
    return [Problem.model_validate(row["doc"]) for row in rows]
