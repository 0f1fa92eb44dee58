"""The routes by which a person links a record to Xero, unlinks or exports it, or resolves a conflict (CONT-13, SYS-3).

They are made by a function and not declared at module level, since the type of the record follows from the kind.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from tieout_kit.errors import Clash, NotFound
from tieout_kit.events import Cause
from tieout_kit.http import audit, edits
from tieout_kit.http.access import EDITORS, allow
from tieout_kit.http.auth import Caller, CurrentCaller
from tieout_kit.http.dependencies import InDatabase
from tieout_kit.http.openapi import refusals
from tieout_kit.postgres import Database, Tx
from tieout_kit.records import Reconciler
from tieout_kit.sync import Desk, Owner, View, Work, export, resolve
from tieout_schemas.payload import Origin, OriginKind, RecordRef
from tieout_schemas.platform import PlatformRecord

Action = Callable[[Desk[Any, Any], Work[Any, Any]], None]


class LinkIn(BaseModel):
    """The record of Xero to link to."""

    model_config = ConfigDict(extra="forbid")

    xero_id: UUID


class DecisionIn(BaseModel):
    """Which of two values is kept. Both are as in the problem's parameters: refused if one has changed since."""

    model_config = ConfigDict(extra="forbid")

    field: str
    keep: Literal[Owner.PLATFORM, Owner.XERO]
    ours: str
    theirs: str


def link_routes(reconciler: Reconciler[Any, Any]) -> APIRouter:
    """POST …/{id}/link, unlink and export of each view of a kind; resolve, if its fields can be in conflict."""
    router = APIRouter()
    for view in reconciler.kind.views:
        router.include_router(_routes_of_view(reconciler, view))
    return router


def _routes_of_view(reconciler: Reconciler[Any, Any], view: View[Any]) -> APIRouter:
    router = APIRouter(prefix=f"/tenants/{{tenant_id}}/{view.plural}/{{record_id}}", tags=[view.plural])
    name = view.model.kind
    # The roles of PUT, if there is one: to export a payment is to pay.
    editors = [allow(*view.put.roles, feature=view.put.feature) if view.put else allow(*EDITORS)]

    post = partial(router.post, response_model=view.model, dependencies=editors, responses=refusals(Clash))

    async def act(
        database: Database,
        tenant_id: UUID,
        view_id: UUID,
        caller: Caller,
        action: Action,
        xero_ids: Iterable[UUID] = (),
    ) -> PlatformRecord:
        async def work(tx: Tx) -> PlatformRecord:
            record_id = await edits.id_of(tx, reconciler, tenant_id, view, view_id)
            if record_id is None:
                raise NotFound(f"no such {name}")
            before, after, _ = await reconciler.act(tx, tenant_id, record_id, action, xero_ids)
            was, shown = view.of(before), view.of(after)
            if shown is None:
                raise NotFound(f"no such {name}")
            await audit.note(tx, caller, tenant_id, RecordRef(kind=name, id=view_id), was, shown)
            return shown

        return await database.run(work)

    @post("/link", summary=f"Link a {name} to a record of Xero")
    async def link_record(
        tenant_id: UUID, record_id: UUID, wanted: LinkIn, database: InDatabase, caller: CurrentCaller
    ) -> PlatformRecord:
        """Refused if either record is linked already, or if ours is just being made in Xero."""

        def do(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
            work.asked_origin = _origin(caller, "CONT-13")
            desk.link(work, wanted.xero_id, caller.sub, Cause.request())

        return await act(database, tenant_id, record_id, caller, do, [wanted.xero_id])

    @post("/unlink", summary=f"Undo the link of a {name}")
    async def unlink_record(
        tenant_id: UUID, record_id: UUID, database: InDatabase, caller: CurrentCaller
    ) -> PlatformRecord:
        """From then on only a person links or exports the record."""

        def do(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
            work.asked_origin = _origin(caller, "CONT-13")
            desk.unlink(work, Cause.request())

        return await act(database, tenant_id, record_id, caller, do)

    @post("/export", summary=f"Make an unlinked {name} in Xero")
    async def export_record(
        tenant_id: UUID, record_id: UUID, database: InDatabase, caller: CurrentCaller
    ) -> PlatformRecord:
        def do(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
            work.asked_origin = _origin(caller, "CONT-10")
            export(work)
            desk.check(work, Cause.request())

        return await act(database, tenant_id, record_id, caller, do)

    if not any(each.may_conflict for each in reconciler.kind.fields):
        return router

    @post("/resolve", summary="Decide which of two values is kept")
    async def resolve_conflict(
        tenant_id: UUID, record_id: UUID, wanted: DecisionIn, database: InDatabase, caller: CurrentCaller
    ) -> PlatformRecord:
        def do(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
            resolve(work, wanted.field, wanted.keep, wanted.ours, wanted.theirs, _origin(caller, "SYS-3"))
            desk.check(work, Cause.request())

        return await act(database, tenant_id, record_id, caller, do)

    return router


def _origin(caller: Caller, rule: str) -> Origin:
    return Origin(kind=OriginKind.USER, by=caller.sub, rule=rule)
