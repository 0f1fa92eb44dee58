"""Finds in Xero what a call without answer may have done (design, To Xero)."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tieout_connector.gateway.caller import Caller
from tieout_connector.gateway.paging import all_pages
from tieout_connector.gateway.session import AtWork
from tieout_connector.inbound import snapshots
from tieout_connector.kinds import Kind
from tieout_connector.outbound import StoredCall, intents
from tieout_connector.xero import wire
from tieout_connector.xero.errors import OurBug, RefusedRequest
from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json
from tieout_kit.postgres import Tx
from tieout_schemas.writes import Lane


class Found(NamedTuple):
    """What a look-up found."""

    elements: Mapping[str, Json]
    """Xero's element of each intent whose work is done there, by intent id."""
    left_at: datetime | None
    """When its first reading left; None: there was nothing to ask."""


async def find(caller: Caller, at: AtWork, kind: Kind, call: StoredCall) -> Found:
    """Which intents of a call Xero has done. Raises XeroError."""
    wanted = [q.intent for q in call.intents]
    contents: list[Json] = []
    left: list[datetime] = []
    for question in kind.lookup_requests(wanted, call.first_sent_at):
        contents += await _all(caller, at, question, call, left)
    async with caller.storing(at) as tx:
        taken = await _taken(tx, at.org.tenant_id, kind, [*kind.listed_ids(contents)])
    found = kind.match_results(wanted, contents, wire.loads(call.before), call.first_sent_at, taken)
    return Found(found, min(left, default=None))


async def _all(caller: Caller, at: AtWork, question: Request, call: StoredCall, left: list[datetime]) -> list[Json]:
    """The answers; none about records that Xero does not know. Raises OurBug: it refuses to list, and what it would
    have shown must not be made again. `left` is told when each left."""

    async def ask(page: Request) -> Json:
        answer, left_at = await caller.read(at, Lane.PERSON, page, call.intents[0].cause.traceparent)
        left.append(left_at)
        content: Json = answer.json
        return content

    try:
        return await all_pages(ask, question)
    except RefusedRequest as error:
        if "/" in question.resource or "IDs" in question.params:
            return []
        raise OurBug(f"a look-up of {question.resource} is refused: {error}") from error


async def _taken(tx: Tx, tenant_id: UUID, kind: Kind, xero_ids: list[UUID]) -> Set[UUID]:
    """Those that an earlier answer told of: a record's former bill, another payment just like this one."""
    if kind.snapshot_kind is not None:
        return await snapshots.links(tx, tenant_id, kind.snapshot_kind, xero_ids)
    return await intents.made(tx, tenant_id, kind.name, xero_ids)
