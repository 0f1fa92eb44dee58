"""Reads requested records: many in one call where Xero has a filter for ids, else from the list of what has changed
since the first of them did, else one by one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tieout_connector.gateway.caller import NoCallLeft, XeroCaller
from tieout_connector.gateway.paging import all_pages
from tieout_connector.gateway.session import TenantSession
from tieout_connector.inbound import OVERLAP, DueRead, IncompleteList
from tieout_connector.kinds import FOLLOWED
from tieout_connector.xero.errors import MalformedRequest, RefusedRequest, XeroError
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import BY_CHANGE
from tieout_schemas.writes import Lane

FEW = 2
"""Fewer records are read alone where Xero has no filter for ids."""
ALONE_AT_ONCE = 40
"""Records that are read one by one before other work may go first."""


async def fetch(
    caller: XeroCaller, session: TenantSession, due: Sequence[DueRead]
) -> tuple[list[dict[str, Any]], datetime, Sequence[DueRead]]:
    """The rows, when the first call was sent, and the records that were asked for before a limit was reached.

    Raises XeroError.
    """
    record = FOLLOWED[due[0].kind]
    # Records that were not found before are read alone.
    announced = [one.changed_by for one in due if one.changed_by and not one.not_found]
    try:
        if record.listed_by_ids:
            return *await _together(caller, session, due), due
        if record.resource.paged and len(announced) >= FEW:
            return await _among_changed(caller, session, due, min(announced))
    except (RefusedRequest, MalformedRequest, IncompleteList):
        # Such a list says nothing about its records. So each is read alone, and an unknown one is skipped.
        pass
    return await _one_by_one(caller, session, due[:ALONE_AT_ONCE])


async def _together(
    caller: XeroCaller, session: TenantSession, due: Sequence[DueRead]
) -> tuple[list[dict[str, Any]], datetime]:
    resource = FOLLOWED[due[0].kind].resource
    sent: list[datetime] = []

    async def read(page: XeroRequest) -> Json:
        parents = [one.cause.traceparent for one in due]
        answer, left_at = await caller.read(session, Lane.WEBHOOK, page, parents, more=bool(sent))
        sent.append(left_at)
        content: Json = answer.json
        return content

    contents = await all_pages(read, resource.by_ids([one.xero_id for one in due]))
    return [raw for content in contents for raw in resource.raws(content)], sent[0]


async def _among_changed(
    caller: XeroCaller, session: TenantSession, due: Sequence[DueRead], since: datetime
) -> tuple[list[dict[str, Any]], datetime, Sequence[DueRead]]:
    """One page of the records that changed since a moment of Xero's clock; what it does not show is read alone.

    Many payments are made or deleted at one time, so a page mostly shows them all. Further pages might show no more.
    """
    resource = FOLLOWED[due[0].kind].resource
    request = resource.listing(page=1, since=since - OVERLAP, order=BY_CHANGE)
    answer, left_at = await caller.read(session, Lane.WEBHOOK, request, [one.cause.traceparent for one in due])
    wanted = {str(one.xero_id): one for one in due}
    rows = {
        key: raw for raw in resource.raws(answer.json) if (key := str(raw.get(resource.id_field)).lower()) in wanted
    }
    found = [one for key, one in wanted.items() if key in rows]
    left = [one for key, one in wanted.items() if key not in rows][:ALONE_AT_ONCE]
    if left:
        try:
            more, _, alone = await _one_by_one(caller, session, left, more=True)
        except XeroError:
            if not found:
                raise
        else:
            return [*rows.values(), *more], left_at, [*found, *alone]
    return [*rows.values()], left_at, found


async def _one_by_one(
    caller: XeroCaller, session: TenantSession, due: Sequence[DueRead], *, more: bool = False
) -> tuple[list[dict[str, Any]], datetime, Sequence[DueRead]]:
    rows: list[dict[str, Any]] = []
    first: datetime | None = None
    for read, one in enumerate(due):
        resource = FOLLOWED[one.kind].resource
        request = XeroRequest("GET", f"{resource.name}/{one.xero_id}", {"unitdp": "4"})
        try:
            parents = [one.cause.traceparent]
            answer, left_at = await caller.read(session, Lane.WEBHOOK, request, parents, more=more or read > 0)
        except RefusedRequest:
            continue
        except NoCallLeft:
            if not read:
                raise
            return rows, first or datetime.min.replace(tzinfo=UTC), due[:read]
        first = first or left_at
        rows += resource.raws(answer.json)
    return rows, first or datetime.min.replace(tzinfo=UTC), due
