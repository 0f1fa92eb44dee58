"""The list of problems across services, from tieout.problem.v1."""

from collections.abc import Sequence
from uuid import UUID

from tieout_kit import queries
from tieout_kit.cause import Incoming, newest
from tieout_kit.postgres import Tx
from tieout_schemas.problem import Problem, ProblemState

_SQL = queries.load("tieout_connector", "problems.sql")


async def copy(tx: Tx, events: Sequence[Incoming[Problem]]) -> None:
    """tieout.problem.v1 → the list."""
    latest = newest(events)
    await tx.db.execute(
        _SQL["copy"],
        [e.tenant_id for e in latest],
        [e.data.id for e in latest],
        [e.sequence for e in latest],
        [e.data.state for e in latest],
        [e.data.model_dump_json().encode() for e in latest],
    )


async def page(tx: Tx, tenant_id: UUID, state: ProblemState, after: UUID | None, limit: int) -> list[Problem]:
    """A tenant's problems, whichever service raised them, by id."""
    rows = await tx.db.fetch(_SQL["page"], tenant_id, state, after, limit)
    return [Problem.model_validate(row["doc"]) for row in rows]


async def open_count(tx: Tx, tenant_id: UUID) -> int:
    """How many problems a tenant has open."""
    return int(await tx.db.fetchval(_SQL["open_count"], tenant_id))
