"""What a person does about a record's link to Xero: link, unlink, export, settle a conflict (CONT-13, SYS-3)."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from tieout_kit.cause import Cause
from tieout_kit.errors import Clash, NotFound
from tieout_kit.http import audit, edits
from tieout_kit.http.access import EDITORS, allow
from tieout_kit.http.auth import By, Caller
from tieout_kit.http.openapi import refusals
from tieout_kit.postgres import Database, Tx
from tieout_kit.records import Reconciler
from tieout_kit.sync import Desk, Owner, View, Work, export, resolve
from tieout_schemas.payload import Origin, OriginKind, RecordRef
from tieout_schemas.platform import PlatformRecord

Do = Callable[[Desk[Any, Any], Work[Any, Any]], None]


class LinkIn(BaseModel):
    """The record of Xero that it is."""

    model_config = ConfigDict(extra="forbid")

    xero_id: UUID


class DecisionIn(BaseModel):
    """Which of two values stands; both as the problem's parameters name them, so that neither changed unseen."""

    model_config = ConfigDict(extra="forbid")

    field: str
    keep: Owner
    ours: str
    theirs: str


def person_routes(database: Database, reconciler: Reconciler[Any, Any]) -> APIRouter:
    """POST …/{id}/link, unlink and export of each view of a kind, and resolve if a field of it may be in conflict."""
    router = APIRouter()
    for view in reconciler.kind.views:
        router.include_router(_of_view(database, reconciler, view))
    return router


def _of_view(database: Database, reconciler: Reconciler[Any, Any], view: View[Any]) -> APIRouter:
    router = APIRouter(prefix=f"/tenants/{{tenant_id}}/{view.plural}/{{record_id}}", tags=[view.plural])
    name = view.model.kind
    # Who may make one may link it: to export a payment is to pay.
    editors = [allow(*view.put.roles, feature=view.put.feature) if view.put else allow(*EDITORS)]

    async def act(
        tenant_id: UUID, view_id: UUID, caller: Caller, do: Do, xero_ids: Iterable[UUID] = ()
    ) -> PlatformRecord:
        async def work(tx: Tx) -> PlatformRecord:
            record_id = await edits.id_of(tx, reconciler, tenant_id, view, view_id)
            if record_id is None:
                raise NotFound(f"no such {name}")
            before, after, _ = await reconciler.act(tx, tenant_id, record_id, do, xero_ids)
            was, shown = view.of(before), view.of(after)
            if shown is None:
                raise NotFound(f"no such {name}")
            await audit.note(tx, caller, tenant_id, RecordRef(kind=name, id=view_id), was, shown)
            return shown

        return await database.run(work)

    @router.post(
        "/link",
        response_model=view.model,
        summary=f"Link a {name} to a record of Xero",
        dependencies=editors,
        responses=refusals(Clash),
    )
    async def link(tenant_id: UUID, record_id: UUID, wanted: LinkIn, caller: By) -> PlatformRecord:
        """Refused if either of the two is linked already, or the record is just being made in Xero."""

        def do(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
            work.asked_origin = _origin(caller, "CONT-13")
            desk.link(work, wanted.xero_id, caller.sub, Cause.request())

        return await act(tenant_id, record_id, caller, do, [wanted.xero_id])

    @router.post(
        "/unlink",
        response_model=view.model,
        summary=f"Undo the link of a {name}",
        dependencies=editors,
        responses=refusals(Clash),
    )
    async def unlink(tenant_id: UUID, record_id: UUID, caller: By) -> PlatformRecord:
        """Nothing creates or links it until a person links or exports it."""

        def do(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
            work.asked_origin = _origin(caller, "CONT-13")
            desk.unlink(work, Cause.request())

        return await act(tenant_id, record_id, caller, do)

    @router.post(
        "/export",
        response_model=view.model,
        summary=f"Make an unlinked {name} in Xero",
        dependencies=editors,
        responses=refusals(Clash),
    )
    async def export_now(tenant_id: UUID, record_id: UUID, caller: By) -> PlatformRecord:
        def do(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
            work.asked_origin = _origin(caller, "CONT-10")
            export(work)
            desk.check(work, Cause.request())

        return await act(tenant_id, record_id, caller, do)

    if not any(each.may_conflict for each in reconciler.kind.fields):
        return router

    @router.post(
        "/resolve",
        response_model=view.model,
        summary="Say which of two values stands",
        dependencies=editors,
        responses=refusals(Clash),
    )
    async def settle(tenant_id: UUID, record_id: UUID, wanted: DecisionIn, caller: By) -> PlatformRecord:
        def do(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
            resolve(work, wanted.field, wanted.keep, wanted.ours, wanted.theirs, _origin(caller, "SYS-3"))
            desk.check(work, Cause.request())

        return await act(tenant_id, record_id, caller, do)

    return router


def _origin(caller: Caller, rule: str) -> Origin:
    return Origin(kind=OriginKind.USER, by=caller.sub, rule=rule)
