"""The problems of a tenant over HTTP: list, group by cause, show with history, retry and dismiss (SYS-2)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from tieout_kit import problems
from tieout_kit.errors import Clash
from tieout_kit.events import Cause
from tieout_kit.http import audit
from tieout_kit.http.access import ADMINS, APPROVERS, READERS, allow, require
from tieout_kit.http.auth import Caller, CurrentCaller
from tieout_kit.http.dependencies import InDatabase, InTx, KnownTenant
from tieout_kit.http.inputs import Limit, Moment, Text
from tieout_kit.http.openapi import refusals
from tieout_kit.postgres import Tx
from tieout_kit.problems import Group, ProblemFilter, listing
from tieout_kit.records import Recheck, Rechecks, Sweep, SweepAction, SweepScope, locks, sweeps
from tieout_schemas.payload import RecordRef
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.roles import Role

_FIXERS = (Role.BOOKKEEPER, *APPROVERS)


def _rechecks(request: Request) -> Rechecks:
    rechecks: Rechecks = request.app.state.rechecks
    return rechecks


InRechecks = Annotated[Rechecks, Depends(_rechecks)]
"""How the service checks its records again, by kind."""


class ProblemPage(BaseModel):
    """A page of problems; `next` is the cursor of the next page."""

    items: list[Problem]
    next: UUID | None


class GroupPage(BaseModel):
    """A page of groups; `next` is the cursor of the next page."""

    items: list[Group]
    next: str | None


class CauseIn(BaseModel):
    """The cause that the problems of a group share."""

    model_config = ConfigDict(extra="forbid")

    cause: Text


router = APIRouter(prefix="/tenants/{tenant_id}/problems", tags=["problems"])
"""Lists of problems, and one problem. Every service has these routes."""
retry_router = APIRouter(prefix="/tenants/{tenant_id}/problems", tags=["problems"])
"""Retry and dismiss. Only the services that raise problems have these routes."""


@router.get(
    "",
    summary="Skipped, held and refused records, and what to do about each; the oldest first",
    dependencies=[allow(*READERS)],
)
async def list_problems(
    tenant_id: KnownTenant,
    tx: InTx,
    state: ProblemState | None = ProblemState.OPEN,
    service: Text | None = None,
    code: Text | None = None,
    cause: Text | None = None,
    record_id: UUID | None = None,
    since: Moment | None = None,
    before: Moment | None = None,
    after: UUID | None = None,
    limit: Limit = 100,
) -> ProblemPage:
    """A page of the tenant's problems."""
    wanted = ProblemFilter(state, service, code, cause, record_id, since, before)
    found = await listing.page(tx, tenant_id, wanted, after, limit)
    return ProblemPage(items=found, next=found[-1].id if len(found) == limit else None)


@router.get(
    "/groups",
    summary="Open problems by cause: forty bills that one account holds are one group",
    dependencies=[allow(*READERS)],
)
async def list_problem_groups(
    tenant_id: KnownTenant, tx: InTx, service: Text | None = None, after: Text | None = None, limit: Limit = 100
) -> GroupPage:
    """A page of the tenant's open problems, grouped by cause."""
    found = await listing.groups(tx, tenant_id, service, after, limit)
    return GroupPage(items=found, next=found[-1].cause if len(found) == limit else None)


@router.get("/{problem_id}", summary="One problem with its history", dependencies=[allow(*READERS)])
async def get_problem(tenant_id: KnownTenant, problem_id: UUID, tx: InTx) -> Problem:
    """One problem, open or closed."""
    return (await listing.one(tx, tenant_id, problem_id))[0]


@retry_router.post(
    "/{problem_id}/retry",
    summary="Try the record again, now",
    dependencies=[allow(*_FIXERS)],
    responses=refusals(Clash),
)
async def retry_problem(
    tenant_id: UUID, problem_id: UUID, database: InDatabase, rechecks: InRechecks, caller: CurrentCaller
) -> Problem:
    """Returns the problem as it is afterwards. What goes to Xero stays open until Xero has answered."""

    async def work(tx: Tx) -> Problem:
        await locks.tenants(tx, [tenant_id], alone=[tenant_id] if rechecks.serial else ())
        problem = await _open_problem(tx, tenant_id, problem_id)
        _require_fixer(caller, problem.who_can_fix)
        again = Recheck(tenant_id, problem.record.id, Cause.request(), caller.sub)
        await rechecks.by_kind[problem.record.kind](tx, [again])
        return await _changed_problem(tx, caller, tenant_id, problem)

    return await database.run(work)


@retry_router.post(
    "/{problem_id}/dismiss",
    summary="Dismiss a problem: it is not shown any more",
    dependencies=[allow(*_FIXERS)],
    responses=refusals(Clash),
)
async def dismiss_problem(tenant_id: UUID, problem_id: UUID, database: InDatabase, caller: CurrentCaller) -> Problem:
    """The record stays as it is: a held record still goes to Xero once its reason is gone."""

    async def work(tx: Tx) -> Problem:
        problem = await _open_problem(tx, tenant_id, problem_id)
        await problems.dismiss(tx, tenant_id, [problem_id], Cause.request(), caller.sub)
        return await _changed_problem(tx, caller, tenant_id, problem)

    return await database.run(work)


@retry_router.post(
    "/retry",
    status_code=202,
    summary="Try every record of a cause again",
    dependencies=[allow(*_FIXERS)],
    responses=refusals(Clash),
)
async def retry_group(tenant_id: KnownTenant, wanted: CauseIn, tx: InTx, caller: CurrentCaller) -> None:
    """The records are checked in the background, a page at a time."""
    _require_fixer(caller, _fixing_role(wanted.cause))
    await _add_sweep(tx, tenant_id, wanted.cause, SweepAction.CHECK, caller)


@retry_router.post(
    "/dismiss", status_code=202, summary="Dismiss every problem of a cause", dependencies=[allow(*_FIXERS)]
)
async def dismiss_group(tenant_id: KnownTenant, wanted: CauseIn, tx: InTx, caller: CurrentCaller) -> None:
    """The problems are dismissed in the background, a page at a time."""
    await _add_sweep(tx, tenant_id, wanted.cause, SweepAction.DISMISS, caller)


async def _add_sweep(tx: Tx, tenant_id: UUID, cause: str, action: SweepAction, caller: Caller) -> None:
    await sweeps.add(tx, [Sweep(tenant_id, SweepScope.CAUSE, cause, Cause.request(), action, caller.sub)])
    # The entry is about the group; each of its problems notes in its own history who asked.
    group, asked = RecordRef(kind="problem_group", id=tenant_id), {"cause": cause, "asked": action}
    await audit.note(tx, caller, tenant_id, group, {"cause": cause}, asked)


async def _changed_problem(tx: Tx, caller: Caller, tenant_id: UUID, before: Problem) -> Problem:
    after, _ = await listing.one(tx, tenant_id, before.id)
    await audit.note(tx, caller, tenant_id, RecordRef(kind=Problem.kind, id=before.id), before, after)
    return after


async def _open_problem(tx: Tx, tenant_id: UUID, problem_id: UUID) -> Problem:
    problem, copied = await listing.one(tx, tenant_id, problem_id)
    if copied:
        raise Clash(f"this problem is the {problem.service} service's: ask there")
    if problem.state is ProblemState.CLOSED:
        raise Clash("this problem is closed already")
    return problem


def _fixing_role(cause: str) -> Role:
    try:
        return Reason.of(cause.partition(":")[0]).value.who_can_fix
    except KeyError:
        raise Clash(f"no problem has the cause {cause}") from None


def _require_fixer(caller: Caller, role: Role) -> None:
    """Only who may fix a problem may retry it: the retry of a payment moves money."""
    require(caller, (role, *(other for other in ADMINS if other is not role)), "retrying this")
