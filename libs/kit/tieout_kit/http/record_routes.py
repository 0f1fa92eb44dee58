"""The routes that every record has, in each of its views: PUT, one, a page of them, their story."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from tieout_kit.errors import Clash, NotFound
from tieout_kit.http import edits
from tieout_kit.http.access import READERS, allow, require
from tieout_kit.http.auth import By
from tieout_kit.http.edits import Request
from tieout_kit.http.inputs import IfMatch, Limit
from tieout_kit.http.openapi import refusals
from tieout_kit.postgres import Database
from tieout_kit.records import Reconciler, tenants
from tieout_kit.sync import StateUnknown, View, is_public_change
from tieout_schemas.platform import PlatformRecord


def record_routes(database: Database, reconciler: Reconciler[Any, Any]) -> APIRouter:
    """The routes of a kind: /tenants/{tenant_id}/<plural> of each view."""
    router = APIRouter()
    for view in reconciler.kind.views:
        router.include_router(_readers(database, reconciler, view))
        if view.put:
            _add_put(router, database, reconciler, view)
    return router


def _readers(database: Database, reconciler: Reconciler[Any, Any], view: View[Any]) -> APIRouter:
    router = APIRouter(prefix=f"/tenants/{{tenant_id}}/{view.plural}", tags=[view.plural])
    name, records = view.model.kind, reconciler.records
    readers = [allow(*READERS)]
    own = view.model is reconciler.kind.record

    @router.get("", summary=f"A page of {view.plural}, by id", dependencies=readers)
    async def page(tenant_id: UUID, after: UUID | None = None, limit: Limit = 100) -> dict[str, Any]:
        async with database.transaction() as tx:
            await tenants.get(tx, tenant_id)
            found = await records.page(tx, tenant_id, after, limit, None if own else name)
        return {
            "items": [shown.model_dump(mode="json") for each in found if (shown := view.of(each.record))],
            "next": found[-1].record.id if len(found) == limit else None,
        }

    @router.get("/{record_id}", response_model=view.model, summary=f"One {name}", dependencies=readers)
    async def one(tenant_id: UUID, record_id: UUID, response: Response) -> PlatformRecord:
        """The ETag is the state's sequence, as its event has it: PUT names it in If-Match."""
        async with database.transaction() as tx:
            found_id = await edits.id_of(tx, reconciler, tenant_id, view, record_id)
            found = await records.one(tx, tenant_id, found_id) if found_id else None
        shown = view.of(found.record) if found else None
        if found is None or shown is None:
            raise NotFound(f"no such {name}")
        response.headers["ETag"] = f'"{found.sequence}"'
        return shown

    @router.get("/{record_id}/changes", summary=f"Every state the {name} was in, and why", dependencies=readers)
    async def changes(tenant_id: UUID, record_id: UUID) -> list[dict[str, Any]]:
        async with database.transaction() as tx:
            found_id = await edits.id_of(tx, reconciler, tenant_id, view, record_id)
            found = await records.changes(tx, tenant_id, found_id) if found_id else []
        shown, before = [], None
        for row in found:
            state = view.of(records.model.model_validate(row["doc"]))
            if state and (row["lost"] or is_public_change(before, state)):
                shown.append({**row, "doc": state.model_dump(mode="json")})
            before = state
        if not shown:
            raise NotFound(f"no such {name}")
        return shown

    return router


def _add_put(router: APIRouter, database: Database, reconciler: Reconciler[Any, Any], view: View[Any]) -> None:
    rule = view.put
    assert rule

    async def put(
        tenant_id: UUID, record_id: UUID, wanted: Any, caller: By, response: Response, if_match: IfMatch = None
    ) -> PlatformRecord:
        """The caller chooses the id; the same request again changes nothing. A change names, in If-Match, the ETag of
        the state that was changed: what came from Xero meanwhile is never overwritten unseen."""
        if needed := rule.needs(wanted):
            roles, what = needed
            require(caller, roles, what)
        request = Request(tenant_id, view, record_id, wanted, caller, _sequence(if_match))
        shown, sequence = await database.run(lambda tx: edits.put(tx, reconciler, request))
        response.headers["ETag"] = f'"{sequence}"'
        return shown

    put.__annotations__["wanted"] = rule.body
    router.put(
        f"/tenants/{{tenant_id}}/{view.plural}/{{record_id}}",
        response_model=view.model,
        summary=rule.summary,
        dependencies=[allow(*rule.roles, feature=rule.feature)],
        responses=refusals(Clash, StateUnknown),
        tags=[view.plural],
    )(put)


def _sequence(if_match: str | None) -> int | None:
    """The sequence that an ETag names; None: none is given. Raises Clash."""
    if if_match is None:
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Clash(f"If-Match is {if_match}, which is no ETag of a record: read it again")
    return int(text)
