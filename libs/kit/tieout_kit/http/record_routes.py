"""The routes of a kind's records, in each of their views: PUT, one record, a page, the changes of one record.

They are made by a function and not declared at module level, since the types of body and answer follow from the kind.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from tieout_kit.errors import Clash, NotFound
from tieout_kit.http import edits
from tieout_kit.http.access import READERS, allow, require
from tieout_kit.http.auth import CurrentCaller
from tieout_kit.http.dependencies import InDatabase, InTx, KnownTenant
from tieout_kit.http.edits import PutRequest
from tieout_kit.http.inputs import IfMatch, Limit
from tieout_kit.http.openapi import refusals
from tieout_kit.records import Reconciler
from tieout_kit.sync import StateUnknown, View, is_public_change
from tieout_kit.telemetry import trace_url
from tieout_schemas.platform import PlatformRecord


def record_routes(reconciler: Reconciler[Any, Any]) -> APIRouter:
    """The routes of a kind: /tenants/{tenant_id}/<plural> of each view."""
    router = APIRouter()
    for view in reconciler.kind.views:
        router.include_router(_readers(reconciler, view))
        if view.put:
            _add_put(router, reconciler, view)
    return router


def _readers(reconciler: Reconciler[Any, Any], view: View[Any]) -> APIRouter:
    router = APIRouter(prefix=f"/tenants/{{tenant_id}}/{view.plural}", tags=[view.plural])
    name, records = view.model.kind, reconciler.records
    readers = [allow(*READERS)]
    own = view.model is reconciler.kind.record

    @router.get("", summary=f"A page of {view.plural}, by id", dependencies=readers)
    async def list_records(
        tenant_id: KnownTenant, tx: InTx, after: UUID | None = None, limit: Limit = 100
    ) -> dict[str, Any]:
        found = await records.page(tx, tenant_id, after, limit, None if own else name)
        return {
            "items": [shown.model_dump(mode="json") for each in found if (shown := view.of(each.record))],
            "next": found[-1].record.id if len(found) == limit else None,
        }

    @router.get("/{record_id}", response_model=view.model, summary=f"One {name}", dependencies=readers)
    async def get_record(tenant_id: UUID, record_id: UUID, tx: InTx, response: Response) -> PlatformRecord:
        """The ETag is the sequence of the state, as in its event. PUT names it in If-Match."""
        found_id = await edits.id_of(tx, reconciler, tenant_id, view, record_id)
        found = await records.one(tx, tenant_id, found_id) if found_id else None
        shown = view.of(found.record) if found else None
        if found is None or shown is None:
            raise NotFound(f"no such {name}")
        response.headers["ETag"] = f'"{found.sequence}"'
        return shown

    @router.get("/{record_id}/changes", summary=f"Every state that the {name} was in, and why", dependencies=readers)
    async def list_changes(tenant_id: UUID, record_id: UUID, tx: InTx, request: Request) -> list[dict[str, Any]]:
        """`trace_url` leads to the trace of each change, if the service knows the viewer (TIEOUT_TRACE_URL)."""
        found_id = await edits.id_of(tx, reconciler, tenant_id, view, record_id)
        found = await records.changes(tx, tenant_id, found_id) if found_id else []
        shown, before = [], None
        for row in found:
            state = view.of(records.model.model_validate(row["doc"]))
            if state and (row["lost"] or is_public_change(before, state)):
                url = trace_url(request.app.state.trace_url, row["traceparent"])
                shown.append({**row, "trace_url": url, "doc": state.model_dump(mode="json")})
            before = state
        if not shown:
            raise NotFound(f"no such {name}")
        return shown

    return router


def _add_put(router: APIRouter, reconciler: Reconciler[Any, Any], view: View[Any]) -> None:
    rule = view.put
    assert rule

    async def put_record(
        tenant_id: UUID,
        record_id: UUID,
        wanted: Any,
        caller: CurrentCaller,
        database: InDatabase,
        response: Response,
        if_match: IfMatch = None,
    ) -> PlatformRecord:
        """The caller chooses the id; a repeated request changes nothing. A change names in If-Match the ETag of the
        state that the caller saw, so that a change that came from Xero since is never overwritten."""
        if needed := rule.needs(wanted):
            roles, what = needed
            require(caller, roles, what)
        request = PutRequest(tenant_id, view, record_id, wanted, caller, _sequence(if_match))
        shown, sequence = await database.run(lambda tx: edits.put(tx, reconciler, request))
        response.headers["ETag"] = f'"{sequence}"'
        return shown

    put_record.__annotations__["wanted"] = rule.body
    router.put(
        f"/tenants/{{tenant_id}}/{view.plural}/{{record_id}}",
        response_model=view.model,
        summary=rule.summary,
        dependencies=[allow(*rule.roles, feature=rule.feature)],
        responses=refusals(Clash, StateUnknown),
        tags=[view.plural],
    )(put_record)


def _sequence(if_match: str | None) -> int | None:
    """The sequence that an ETag names; None without an ETag. Raises Clash."""
    if if_match is None:
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Clash(f"If-Match is {if_match}, which is not the ETag of a record: read the record again")
    return int(text)
