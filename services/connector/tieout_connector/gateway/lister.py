"""Reads lists page by page, for imports and polls, and publishes the records that really changed."""

from dataclasses import replace
from typing import Any

import structlog

from tieout_connector.choices import chart_of_accounts, settings_store
from tieout_connector.connecting import connection_store
from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.history_reader import HistoryReader
from tieout_connector.gateway.paging import page_of
from tieout_connector.gateway.parsed import parse_rows
from tieout_connector.gateway.permission import end_import, not_permitted
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.take_in import take_in
from tieout_connector.inbound import (
    IncompleteList,
    ListingCursor,
    ObservedRecord,
    ReadRequest,
    Trouble,
    after_page,
    listings,
    read_requests,
    resource_problems,
    snapshots,
    sync_runs,
    unreadable,
    webhook_health,
    with_smaller_pages,
)
from tieout_connector.kinds import LISTED, FollowedRecord, Listing, Record, spoken
from tieout_connector.pacing import POLL_AT_LEAST_EVERY
from tieout_connector.xero import wire
from tieout_connector.xero.errors import MalformedRequest, NotPermitted, RefusedRequest, TimedOut
from tieout_connector.xero.http import XeroRequest
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import span, traceparent_of
from tieout_schemas.writes import Lane
from tieout_schemas.xero import XeroAccount

_WITH_ARCHIVED = {"includeArchived": "true"}
"""Without it, an archived record would vanish from a list and stay active here. Other lists ignore it."""

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
        with span(f"reading {cursor.listing}", None) as current:
            cause = Cause(str(tenant_id), str(tenant_id), traceparent_of(current))
            try:
                if isinstance(listed.record, FollowedRecord):
                    await self._page(session, cursor, listed.record, listed.listing, cause)
                else:
                    await self._whole(session, cursor, listed.record, cause)
            except NotPermitted as error:
                async with self._caller.storing(session) as tx:
                    await not_permitted(tx, tenant_id, error, cause, self._caller.timing)
            except (RefusedRequest, MalformedRequest, IncompleteList) as error:
                # The other listings continue while somebody investigates.
                log.error("a list cannot be read", listing=cursor.listing, tenant=str(tenant_id), error=str(error))
                async with self._caller.storing(session) as tx:
                    soon = self._caller.timing.list_again_after
                    later = soon if isinstance(error, IncompleteList) else POLL_AT_LEAST_EVERY
                    await listings.postpone(tx, tenant_id, [cursor.listing], tx.now + later, Trouble.NOT_LISTED)
                    await resource_problems.not_listed(tx, tenant_id, listed.record.resource.name, str(error), cause)

    async def _page(
        self, session: TenantSession, cursor: ListingCursor, record: FollowedRecord, listing: Listing, cause: Cause
    ) -> None:
        kind, resource, tenant_id = record.kind, record.resource.name, session.org.tenant_id
        asked = cursor.size or self._page_size
        params = {
            "page": str(cursor.page),
            "pageSize": str(asked),
            "order": "UpdatedDateUTC ASC",
            "unitdp": "4",
            "includeArchived": "true",
        }
        params |= {**listing.filters, **(listing.import_filters if cursor.importing else {})}
        modified_since = wire.since(cursor.since) if cursor.since else None
        request = XeroRequest("GET", resource, params, modified_since)
        try:
            answer, left_at = await self._caller.read(session, _lane(cursor), request, cause.traceparent)
        except TimedOut:
            if (smaller := with_smaller_pages(cursor, asked)) is None:
                raise
            async with self._caller.storing(session) as tx:
                await listings.save(tx, tenant_id, smaller, tx.now)
            return
        raws: list[dict[str, Any]] = answer.json.get(resource) or []
        moved, last = after_page(cursor, page_of(answer.json, resource, asked))
        async with self._caller.storing(session) as tx:
            again, changed_at, *_ = await take_in(
                tx, tenant_id, kind, raws, {}, left_at, cause, self._platform_url, self._caller.timing
            )
            await read_requests.add(tx, [ReadRequest(tenant_id, kind, x, at, cause) for x, at in again.items()])
            await sync_runs.add_page(tx, tenant_id, cursor.listing, len(raws), len(changed_at), cause, last=last)
            await self._save(tx, session, moved, cause, last=last)
            if not cursor.importing:
                await webhook_health.polled(tx, tenant_id, kind, changed_at)

    async def _whole(self, session: TenantSession, cursor: ListingCursor, record: Record, cause: Cause) -> None:
        tenant_id, resource = session.org.tenant_id, record.resource.name
        request = XeroRequest("GET", resource, _WITH_ARCHIVED)
        answer, _ = await self._caller.read(session, _lane(cursor), request, cause.traceparent)
        rows = parse_rows(record, answer.json.get(resource) or [])
        read = [payload for _, payload in rows.read]
        async with self._caller.storing(session) as tx:
            taken = await snapshots.store(tx, tenant_id, [ObservedRecord(payload, cause) for payload in read])
            if accounts := [one for one in read if isinstance(one, XeroAccount)]:
                await chart_of_accounts.save(tx, tenant_id, accounts)
            kind = spoken(resource, one=True).replace(" ", "_")
            await unreadable.store(tx, tenant_id, kind, rows.readable, rows.unreadable, cause)
            await sync_runs.add_page(tx, tenant_id, cursor.listing, len(read), len(taken.changed), cause, last=True)
            done = len(read)
            moved = replace(cursor, importing=False, done=done, total=done)
            await self._save(tx, session, moved, cause, last=True)

    async def _save(self, tx: Tx, session: TenantSession, cursor: ListingCursor, cause: Cause, *, last: bool) -> None:
        next_at, tenant_id = tx.now, session.org.tenant_id
        resource = LISTED[cursor.listing].record.resource.name
        if cursor.trouble:
            await resource_problems.works(tx, tenant_id, resource, resource_problems.READ, cause)
            cursor = replace(cursor, trouble=None)
        if last:
            # Locked, so that a change of the poll interval at this moment finds the next poll and moves it.
            chosen = (await settings_store.lock(tx, tenant_id)).settings
            silent = await webhook_health.silent_lists(tx)
            bridged = len(silent) if cursor.listing in silent else 0
            next_at += session.budget.poll_every(tx.now, len(listings.NAMES), chosen.poll_every, bridged)
        await listings.save(tx, tenant_id, cursor, next_at)
        await connection_store.mark_synced(tx, tenant_id)
        if last:
            await listings.let_follow(tx, tenant_id, [cursor.listing])
            await end_import(tx, tenant_id)


def _lane(cursor: ListingCursor) -> Lane:
    return Lane.IMPORT if cursor.importing else Lane.POLL
