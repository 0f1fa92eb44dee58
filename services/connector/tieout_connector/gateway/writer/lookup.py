"""Finds in Xero what a call without an answer has done (docs/design.md, To Xero)."""

from collections.abc import Mapping, Set
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.paging import all_pages
from tieout_connector.gateway.session import TenantSession
from tieout_connector.inbound import snapshots
from tieout_connector.kinds import WriteKind
from tieout_connector.outbound import StoredCall, intents
from tieout_connector.xero import wire
from tieout_connector.xero.errors import MalformedRequest, NoSuchRecord, RefusedRequest
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_kit.postgres import Tx
from tieout_schemas.writes import Lane


class LookupResult(NamedTuple):
    """What a look-up found."""

    elements: Mapping[str, Json]
    """Xero's element of each intent that is done there, by intent id."""
    doubts: Mapping[str, tuple[str, ...]]
    """By intent id, why a person must look before an intent that was not found is sent again."""
    read_at: datetime | None
    """When its first read was sent; None: nothing had to be read."""


async def look_up(caller: XeroCaller, session: TenantSession, kind: WriteKind, call: StoredCall) -> LookupResult:
    """Find which intents of a call Xero has done. Raises XeroError."""
    wanted = [q.intent for q in call.intents]
    contents: list[Json] = []
    read_at: list[datetime] = []
    for request in kind.lookup_requests(wanted, call.first_sent_at):
        contents += await _read_all(caller, session, request, call, read_at)
    async with caller.storing(session) as tx:
        claimed = await _claimed(tx, session.org.tenant_id, kind, [*kind.listed_ids(contents)])
    found = kind.match_results(wanted, contents, wire.loads(call.before), call.first_sent_at, claimed)
    doubts: Mapping[str, tuple[str, ...]] = {}
    if len(found) < len(wanted):
        async with caller.storing(session) as tx:
            others = await intents.unfinished(tx, session.org.tenant_id, kind.name, [i.intent_id for i in wanted])
        doubts = kind.doubts(wanted, contents, found, call.first_sent_at, others, claimed)
    return LookupResult(found, doubts, min(read_at, default=None))


async def _read_all(
    caller: XeroCaller, session: TenantSession, request: XeroRequest, call: StoredCall, read_at: list[datetime]
) -> list[Json]:
    """The answers; none for records that Xero does not know. Appends to `read_at` when each read was sent.

    Raises MalformedRequest if Xero refuses a list: the records in it must not be created again.
    """

    async def read(page: XeroRequest) -> Json:
        parents = [q.cause.traceparent for q in call.intents]
        answer, sent_at = await caller.read(session, Lane.PERSON, page, parents)
        read_at.append(sent_at)
        content: Json = answer.json
        return content

    try:
        return await all_pages(read, request)
    except NoSuchRecord:
        return []
    except (RefusedRequest, MalformedRequest) as error:
        alone = request.one_by_one()
        if not alone:
            raise MalformedRequest(f"a look-up of {request.resource} is refused: {error}") from error
    # A refused list says nothing about its records (F14), so each is read alone.
    return [content for one in alone for content in await _read_all(caller, session, one, call, read_at)]


async def _claimed(tx: Tx, tenant_id: UUID, kind: WriteKind, xero_ids: list[UUID]) -> Set[UUID]:
    """Xero records that an earlier answer named, such as a former bill of the record, or another payment like this."""
    if kind.snapshot_kind is not None:
        return await snapshots.linked_ids(tx, tenant_id, kind.snapshot_kind, xero_ids)
    return await intents.ids_created_by(tx, tenant_id, kind.name, xero_ids)
