"""The problems of a tenant over HTTP: pages, groups by cause, one with its history; retry and dismiss (SYS-2)."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from tieout_kit import problems
from tieout_kit.cause import Cause
from tieout_kit.errors import Clash
from tieout_kit.http import audit
from tieout_kit.http.access import ADMINS, APPROVERS, READERS, allow, require
from tieout_kit.http.auth import By, Caller
from tieout_kit.http.inputs import Limit, Moment, Text
from tieout_kit.http.openapi import refusals
from tieout_kit.postgres import Database, Tx
from tieout_kit.problems import Group, Wanted, listing
from tieout_kit.records import Action, Recheck, Rechecks, Scope, Sweep, locks, sweeps, tenants
from tieout_schemas.payload import RecordRef
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.roles import Role

_MENDERS = (Role.BOOKKEEPER, *APPROVERS)


class ProblemPage(BaseModel):
    """A page of problems; `next` is the cursor of the next one."""

    items: list[Problem]
    next: UUID | None


class GroupPage(BaseModel):
    """A page of groups; `next` is the cursor of the next one."""

    items: list[Group]
    next: str | None


class CauseIn(BaseModel):
    """The cause that the problems of a group share."""

    model_config = ConfigDict(extra="forbid")

    cause: Text


def list_routes(database: Database, known: Callable[[Tx, UUID], Awaitable[object]]) -> APIRouter:
    """GET /tenants/{tenant_id}/problems, …/groups and …/{id}. `known` raises NotFound for a tenant that is not."""
    router = APIRouter(prefix="/tenants/{tenant_id}/problems", tags=["problems"])
    readers = [allow(*READERS)]

    @router.get(
        "",
        summary="Skipped, held and refused records, and what to do about each; the oldest first",
        dependencies=readers,
    )
    async def page(
        tenant_id: UUID,
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
        wanted = Wanted(state, service, code, cause, record_id, since, before)
        async with database.transaction() as tx:
            await known(tx, tenant_id)
            found = await listing.page(tx, tenant_id, wanted, after, limit)
        return ProblemPage(items=found, next=found[-1].id if len(found) == limit else None)

    @router.get(
        "/groups",
        summary="Open problems by what caused them: forty bills held by one account are one",
        dependencies=readers,
    )
    async def groups(
        tenant_id: UUID, service: Text | None = None, after: Text | None = None, limit: Limit = 100
    ) -> GroupPage:
        async with database.transaction() as tx:
            await known(tx, tenant_id)
            found = await listing.groups(tx, tenant_id, service, after, limit)
        return GroupPage(items=found, next=found[-1].cause if len(found) == limit else None)

    @router.get("/{problem_id}", summary="One problem with its history", dependencies=readers)
    async def one(tenant_id: UUID, problem_id: UUID) -> Problem:
        async with database.transaction() as tx:
            await known(tx, tenant_id)
            return (await listing.one(tx, tenant_id, problem_id))[0]

    return router


def problem_routes(database: Database, rechecks: Rechecks) -> APIRouter:
    """The lists, and POST …/{id}/retry, …/{id}/dismiss, …/retry and …/dismiss for a whole group."""
    router = APIRouter(tags=["problems"])
    prefix = "/tenants/{tenant_id}/problems"
    menders = [allow(*_MENDERS)]

    @router.post(
        f"{prefix}/{{problem_id}}/retry",
        summary="Try the record again, now",
        dependencies=menders,
        responses=refusals(Clash),
    )
    async def retry(tenant_id: UUID, problem_id: UUID, caller: By) -> Problem:
        """Answers with the problem as it is then. What has to go to Xero is answered there first."""

        async def work(tx: Tx) -> Problem:
            await locks.tenants(tx, [tenant_id], alone=[tenant_id] if rechecks.serial else ())
            problem = await _open(tx, tenant_id, problem_id)
            _may(caller, problem.by)
            again = Recheck(tenant_id, problem.record.id, Cause.request(), caller.sub)
            await rechecks.by_kind[problem.record.kind](tx, [again])
            return await _changed(tx, caller, tenant_id, problem)

        return await database.run(work)

    @router.post(
        f"{prefix}/{{problem_id}}/dismiss",
        summary="Hear no more of it",
        dependencies=menders,
        responses=refusals(Clash),
    )
    async def dismiss(tenant_id: UUID, problem_id: UUID, caller: By) -> Problem:
        """The record stays as it is: what is held still goes when its reason is gone."""

        async def work(tx: Tx) -> Problem:
            problem = await _open(tx, tenant_id, problem_id)
            await problems.dismiss(tx, tenant_id, [problem_id], Cause.request(), caller.sub)
            return await _changed(tx, caller, tenant_id, problem)

        return await database.run(work)

    @router.post(
        f"{prefix}/retry",
        status_code=202,
        summary="Try every record of a cause again",
        dependencies=menders,
        responses=refusals(Clash),
    )
    async def retry_all(tenant_id: UUID, wanted: CauseIn, caller: By) -> None:
        _may(caller, _mender(wanted.cause))
        await _sweep(tenant_id, wanted.cause, Action.CHECK, caller)

    @router.post(f"{prefix}/dismiss", status_code=202, summary="Hear no more of a whole cause", dependencies=menders)
    async def dismiss_all(tenant_id: UUID, wanted: CauseIn, caller: By) -> None:
        await _sweep(tenant_id, wanted.cause, Action.DISMISS, caller)

    async def _sweep(tenant_id: UUID, cause: str, action: Action, caller: Caller) -> None:
        async with database.transaction() as tx:
            await tenants.get(tx, tenant_id)
            await sweeps.add(tx, [Sweep(tenant_id, Scope.CAUSE, cause, Cause.request(), action, caller.sub)])
            # Of the group; each of its problems remembers who asked in its own history.
            group, asked = RecordRef(kind="problem_group", id=tenant_id), {"cause": cause, "asked": action}
            await audit.note(tx, caller, tenant_id, group, {"cause": cause}, asked)

    # After the routes above, or `retry` would be taken for an id.
    router.include_router(list_routes(database, tenants.get))
    return router


async def _changed(tx: Tx, caller: Caller, tenant_id: UUID, before: Problem) -> Problem:
    after, _ = await listing.one(tx, tenant_id, before.id)
    await audit.note(tx, caller, tenant_id, RecordRef(kind=Problem.kind, id=before.id), before, after)
    return after


async def _open(tx: Tx, tenant_id: UUID, problem_id: UUID) -> Problem:
    problem, copied = await listing.one(tx, tenant_id, problem_id)
    if copied:
        raise Clash(f"this problem is the {problem.service} service's: ask there")
    if problem.state is ProblemState.CLOSED:
        raise Clash("this problem is closed already")
    return problem


def _mender(cause: str) -> Role:
    try:
        return Reason.of(cause.partition(":")[0]).value.by
    except KeyError:
        raise Clash(f"no problem has the cause {cause}") from None


def _may(caller: Caller, mender: Role) -> None:
    """Who may mend it may retry it: a payment's retry moves money."""
    require(caller, (mender, *(role for role in ADMINS if role is not mender)), "retrying this")
