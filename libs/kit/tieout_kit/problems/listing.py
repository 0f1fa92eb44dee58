"""A tenant's problems: pages, groups by cause, counts. The connector also has copies of other services' problems."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tieout_kit.errors import NotFound
from tieout_kit.events import ReceivedEvent, latest_per_record
from tieout_kit.postgres import Tx, of_tenant, queries
from tieout_kit.problems.store import ProblemChange, columns
from tieout_schemas.payload import Frozen
from tieout_schemas.problem import Problem, ProblemState

_SQL = queries.load("tieout_kit", "problems.sql")


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """Which problems to list; None: any. `since` and `before`: when they were opened."""

    state: ProblemState | None = ProblemState.OPEN
    service: str | None = None
    code: str | None = None
    cause: str | None = None
    record_id: UUID | None = None
    since: datetime | None = None
    before: datetime | None = None


class Group(Frozen):
    """Open problems of one cause; `example` is the oldest of them."""

    cause: str
    service: str
    count: int
    first_at: datetime
    last_at: datetime
    example: Problem


async def page(tx: Tx, tenant_id: UUID, wanted: ProblemFilter, after: UUID | None, limit: int) -> list[Problem]:
    """A tenant's problems, oldest first, after a cursor (the id of the last one seen)."""
    rows = await tx.db.fetch(
        *_SQL["page"](
            tenant_id=tenant_id,
            state=wanted.state,
            service=wanted.service,
            code=wanted.code,
            cause=wanted.cause,
            record_id=wanted.record_id,
            since=wanted.since,
            before=wanted.before,
            after=after,
            limit=limit,
        )
    )
    return [Problem.model_validate(row["doc"]) for row in of_tenant(rows, tenant_id)]


async def groups(tx: Tx, tenant_id: UUID, service: str | None, after: str | None, limit: int) -> list[Group]:
    """A tenant's open problems by cause, after a cursor (the last cause seen)."""
    rows = await tx.db.fetch(*_SQL["groups"](tenant_id=tenant_id, service=service, after=after, limit=limit))
    return [Group.model_validate(dict(row)) for row in of_tenant(rows, tenant_id)]


async def one(tx: Tx, tenant_id: UUID, problem_id: UUID) -> tuple[Problem, bool]:
    """A problem, and whether another service raised it. Raises NotFound."""
    row = await tx.db.fetchrow(*_SQL["one"](tenant_id=tenant_id, id=problem_id))
    if row is None:
        raise NotFound("no such problem")
    return Problem.model_validate(row["doc"]), row["copied"]


async def copy(tx: Tx, events: Sequence[ReceivedEvent[Problem]]) -> None:
    """tieout.problem.v1 → the list across services."""
    latest = latest_per_record(events)
    changes = [ProblemChange(e.tenant_id, e.sequence, e.data, e.cause) for e in latest]
    await tx.db.execute(*_SQL["copy"](**columns(changes)))


async def open_count(tx: Tx, tenant_id: UUID) -> int:
    """How many problems a tenant has open."""
    return int(await tx.db.fetchval(*_SQL["open_count"](tenant_id=tenant_id)))


async def open_by_setting(tx: Tx, tenant_id: UUID) -> dict[str, dict[str, int]]:
    """How many records wait for a setting to be changed, by setting and service."""
    counts: dict[str, dict[str, int]] = {}
    for row in await tx.db.fetch(*_SQL["open_by_setting"](tenant_id=tenant_id)):
        counts.setdefault(row["setting"], {})[row["service"]] = row["count"]
    return counts


async def closed_with(tx: Tx, tenant_id: UUID, versions: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many problems about a setting were closed with each of these settings versions, by version and setting."""
    counts: dict[int, dict[str, int]] = {version: {} for version in versions}
    for row in await tx.db.fetch(*_SQL["closed_with"](tenant_id=tenant_id, versions=versions)):
        counts[row["settings_version"]][row["setting"]] = row["count"]
    return counts
