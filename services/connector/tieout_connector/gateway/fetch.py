"""Reads records by their ids: many in one call where Xero has a filter for ids, else one by one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tieout_connector.gateway.caller import NoCallLeft, XeroCaller
from tieout_connector.gateway.paging import all_pages
from tieout_connector.gateway.session import TenantSession
from tieout_connector.inbound import DueRead, IncompleteList
from tieout_connector.kinds import FOLLOWED
from tieout_connector.xero.errors import MalformedRequest, RefusedRequest
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import DEFAULT_PAGE_SIZE
from tieout_schemas.writes import Lane


async def fetch(
    caller: XeroCaller, session: TenantSession, due: Sequence[DueRead]
) -> tuple[list[dict[str, Any]], datetime, Sequence[DueRead]]:
    """The rows, when the first call was sent, and the records that were asked for before a limit was reached.

    Raises XeroError.
    """
    if FOLLOWED[due[0].kind].listed_by_ids:
        try:
            return *await _together(caller, session, due), due
        except (RefusedRequest, MalformedRequest, IncompleteList):
            # Such a list says nothing about its records. So each is read alone, and an unknown one is skipped.
            pass
    return await _one_by_one(caller, session, due)


async def _together(
    caller: XeroCaller, session: TenantSession, due: Sequence[DueRead]
) -> tuple[list[dict[str, Any]], datetime]:
    resource = FOLLOWED[due[0].kind].resource
    params = {"page": "1", "pageSize": str(DEFAULT_PAGE_SIZE), "unitdp": "4", "includeArchived": "true"}
    params["IDs"] = ",".join(str(one.xero_id) for one in due)
    sent: list[datetime] = []

    async def read(page: XeroRequest) -> Json:
        parent = due[0].cause.traceparent
        answer, left_at = await caller.read(session, Lane.WEBHOOK, page, parent, more=bool(sent))
        sent.append(left_at)
        content: Json = answer.json
        return content

    contents = await all_pages(read, XeroRequest("GET", resource.name, params))
    return [raw for content in contents for raw in resource.raws(content)], sent[0]


async def _one_by_one(
    caller: XeroCaller, session: TenantSession, due: Sequence[DueRead]
) -> tuple[list[dict[str, Any]], datetime, Sequence[DueRead]]:
    rows: list[dict[str, Any]] = []
    first: datetime | None = None
    for read, one in enumerate(due):
        resource = FOLLOWED[one.kind].resource
        request = XeroRequest("GET", f"{resource.name}/{one.xero_id}", {"unitdp": "4"})
        try:
            parent = one.cause.traceparent
            answer, left_at = await caller.read(session, Lane.WEBHOOK, request, parent, more=read > 0)
        except RefusedRequest:
            continue
        except NoCallLeft:
            if not read:
                raise
            return rows, first or datetime.min.replace(tzinfo=UTC), due[:read]
        first = first or left_at
        rows += resource.raws(answer.json)
    return rows, first or datetime.min.replace(tzinfo=UTC), due
