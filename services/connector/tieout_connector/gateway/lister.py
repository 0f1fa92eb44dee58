"""Reads lists page by page, for imports and polls, and publishes the records that really changed."""

from dataclasses import replace
from datetime import timedelta

import structlog

from tieout_connector.choices import chart_of_accounts, settings_store
from tieout_connector.connecting import connection_store, end_import, sync_status
from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.history_reader import HistoryReader
from tieout_connector.gateway.paging import page_of
from tieout_connector.gateway.parsed import parse_rows
from tieout_connector.gateway.permission import not_permitted
from tieout_connector.gateway.record_spans import reading_many
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.take_in import take_in
from tieout_connector.inbound import (
    IncompleteList,
    ListingCursor,
    ReadRequest,
    RunStep,
    Trouble,
    after_page,
    listings,
    poll_schedule,
    read_requests,
    resource_problems,
    rows_left,
    sync_runs,
    unreadable,
    webhook_health,
    whole_lists,
    with_smaller_pages,
)
from tieout_connector.kinds import LISTED, FollowedRecord, Listing, Record, spoken
from tieout_connector.xero import wire
from tieout_connector.xero.errors import MalformedRequest, NoSuchRecord, NotPermitted, RefusedRequest, TimedOut
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import BY_CHANGE
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import traceparent_of
from tieout_schemas.writes import Lane
from tieout_schemas.xero import XeroAccount

_IN_FULL = {"includeArchived": "true", "unitdp": "4"}
"""Without it, an archived record would vanish from a list, and prices would be rounded. Other lists ignore it."""

log = structlog.get_logger(__name__)


class Lister:
    """The part of the gateway that reads lists."""

    def __init__(self, caller: XeroCaller, platform_url: str, page_size: int) -> None:
        self._caller = caller
        self._platform_url = platform_url
        self._page_size = page_size
        self.past = HistoryReader(caller, platform_url, page_size)
        """Reads the lists of historical imports."""

    async def read(self, session: TenantSession, cursor: ListingCursor) -> None:
        """Read the next page of a list."""
        tenant_id, listed = session.org.tenant_id, LISTED[cursor.listing]
        with reading_many(f"read list {cursor.listing}", tenant_id) as current:
            cause = Cause(str(tenant_id), str(tenant_id), traceparent_of(current), shared=True)
            try:
                if isinstance(listed.record, FollowedRecord):
                    await self._changes(session, cursor, listed.record, listed.listing, cause)
                else:
                    await self._whole(session, cursor, *listed, cause)
            except NotPermitted as error:
                async with self._caller.storing(session) as tx:
                    await not_permitted(tx, tenant_id, error, cause, self._caller.timing)
            except (RefusedRequest, MalformedRequest, IncompleteList) as error:
                # The other listings continue while somebody investigates.
                log.error("a list cannot be read", listing=cursor.listing, tenant=str(tenant_id), error=str(error))
                async with self._caller.storing(session) as tx:
                    timing, short = self._caller.timing, isinstance(error, IncompleteList)
                    later = timing.list_again_after if short else timing.refused_list_again_after
                    await sync_runs.lock(tx, tenant_id)
                    await listings.postpone(tx, tenant_id, [cursor.listing], tx.now + later, Trouble.NOT_LISTED)
                    step = await sync_runs.add_failure(tx, tenant_id, [cursor.listing], f"{error}", cause)
                    if step.ended:
                        await sync_status.tell(tx, tenant_id, cause)
                    await resource_problems.not_listed(tx, tenant_id, listed.record.resource.name, str(error), cause)

    async def _changes(
        self, session: TenantSession, cursor: ListingCursor, record: FollowedRecord, listing: Listing, cause: Cause
    ) -> None:
        """Read what changed since the last read: a page of it, or all of it where Xero has no pages."""
        kind, resource, tenant_id = record.kind, record.resource, session.org.tenant_id
        asked = cursor.size or self._page_size
        paging = {"page": str(cursor.page), "pageSize": str(asked), "order": BY_CHANGE}
        filters = listing.filtered(self._caller.now, importing=cursor.importing)
        params = {**(paging if resource.paged else {}), **_IN_FULL, **filters}
        request = XeroRequest("GET", resource.name, params, wire.since(cursor.since) if cursor.since else None)
        try:
            answer, left_at = await self._caller.read(session, _lane(cursor), request, [cause.traceparent])
        except TimedOut:
            smaller = with_smaller_pages(cursor, asked) if resource.paged else None
            if smaller is None:
                raise
            async with self._caller.storing(session) as tx:
                await listings.save(tx, tenant_id, smaller, tx.now, importing=cursor.importing)
            return
        raws, page = resource.raws(answer.json), page_of(answer.json, resource.name, asked)
        page = page if resource.paged else replace(page, items=page.rows)
        moved, last = after_page(cursor, page)
        async with self._caller.storing(session) as tx:
            again, changed_at, *_ = await take_in(
                tx, tenant_id, kind, raws, {}, left_at, cause, self._platform_url, self._caller.timing
            )
            await read_requests.add(tx, [ReadRequest(tenant_id, kind, x, at, cause) for x, at in again.items()])
            step = await sync_runs.add_page(
                tx, tenant_id, cursor.listing, len(raws), len(changed_at), cause,
                last=last, left=rows_left(cursor, page), sent_at=left_at,
            )  # fmt: skip
            await self._save(tx, session, moved, cause, step, last=last, importing=cursor.importing)
            if not cursor.importing:
                await webhook_health.polled(tx, tenant_id, kind, changed_at)

    async def _whole(
        self, session: TenantSession, cursor: ListingCursor, record: Record, listing: Listing, cause: Cause
    ) -> None:
        """Read a list in one call, and compare it with what was published."""
        tenant_id, resource = session.org.tenant_id, record.resource
        filters = listing.filtered(self._caller.now, importing=cursor.importing)
        request = XeroRequest("GET", resource.name, {**_IN_FULL, **filters})
        answer, left_at = await self._caller.read(session, _lane(cursor), request, [cause.traceparent])
        raws = resource.raws(answer.json)
        if listing.alone:
            raws = [
                await self._alone(session, cursor, record, raw, cause) if listing.alone(raw) else raw for raw in raws
            ]
        rows = parse_rows(record, raws)
        read = [payload for _, payload in rows.read]
        complete = listing.complete and resource.is_in(answer.json) and not rows.unreadable
        async with self._caller.storing(session) as tx:
            changed = (
                await whole_lists.store(tx, tenant_id, record.snapshot, read, cause, complete=complete)
                if record.snapshot
                else []
            )
            if accounts := [one for one in read if isinstance(one, XeroAccount)]:
                await chart_of_accounts.save(tx, tenant_id, accounts)
            kind = spoken(resource.name, one=True).replace(" ", "_")
            await unreadable.store(tx, tenant_id, kind, rows.readable, rows.unreadable, cause)
            step = await sync_runs.add_page(
                tx, tenant_id, cursor.listing, len(read), len(changed), cause, last=True, sent_at=left_at
            )
            done = len(read)
            moved = replace(cursor, importing=False, done=done, total=done)
            await self._save(tx, session, moved, cause, step, last=True, importing=cursor.importing)

    async def _alone(
        self, session: TenantSession, cursor: ListingCursor, record: Record, row: Json, cause: Cause
    ) -> Json:
        """The whole record of a row. If it went meanwhile, the row as it is: the next list shows that it is gone."""
        request = record.resource.one(str(row.get(record.resource.id_field)))
        try:
            answer, _ = await self._caller.read(session, _lane(cursor), request, [cause.traceparent], more=True)
        except NoSuchRecord:
            return row
        return next(iter(record.resource.raws(answer.json)), row)

    async def _save(
        self,
        tx: Tx,
        session: TenantSession,
        cursor: ListingCursor,
        cause: Cause,
        step: RunStep,
        *,
        last: bool,
        importing: bool,
    ) -> None:
        next_at, tenant_id = tx.now, session.org.tenant_id
        resource = LISTED[cursor.listing].record.resource.name
        if cursor.trouble:
            await resource_problems.works(tx, tenant_id, resource, resource_problems.READ, cause)
            cursor = replace(cursor, trouble=None)
        if last and not step.awaited:
            # Locked, so that a change of the poll interval at this moment finds the next poll and moves it.
            chosen = (await settings_store.lock(tx, tenant_id)).settings
            polls = await poll_schedule.read(tx, tenant_id, session.budget, chosen)
            # A list that has just been ended has no next poll, and no cursor to save.
            next_at += polls[cursor.listing].every if cursor.listing in polls else timedelta()
        await listings.save(tx, tenant_id, cursor, next_at, ended=last, importing=importing)
        await connection_store.mark_synced(tx, tenant_id)
        if last:
            await listings.let_follow(tx, tenant_id, [cursor.listing])
            await end_import(tx, tenant_id)
        if step.begun or step.ended:
            await sync_status.tell(tx, tenant_id, cause)


def _lane(cursor: ListingCursor) -> Lane:
    return Lane.IMPORT if cursor.importing else Lane.POLL
