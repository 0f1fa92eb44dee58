"""Reads records and listings from Xero, and publishes the records that really changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.choices import chart_of_accounts, settings_store
from tieout_connector.connecting import connection_store
from tieout_connector.gateway.caller import NoCallLeft, XeroCaller
from tieout_connector.gateway.fetch import fetch
from tieout_connector.gateway.paging import page_of
from tieout_connector.gateway.parsed import parse_rows
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.take_in import take_in
from tieout_connector.inbound import (
    DueRead,
    IncompleteList,
    InteractiveRead,
    ListingCursor,
    ObservedRecord,
    ReadRequest,
    Trouble,
    after_page,
    interactive_reads,
    listings,
    read_requests,
    resource_problems,
    snapshots,
    sync_runs,
    unreadable,
    webhook_health,
    with_smaller_pages,
)
from tieout_connector.kinds import FOLLOWED, LISTED, PAGED, spoken
from tieout_connector.metrics import NOT_FOUND
from tieout_connector.pacing import POLL_AT_LEAST_EVERY
from tieout_connector.xero import wire
from tieout_connector.xero.errors import (
    MalformedRequest,
    NoSuchRecord,
    NotPermitted,
    RefusedRequest,
    RetryAfter,
    TimedOut,
    XeroError,
)
from tieout_connector.xero.http import XeroRequest
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import span, traceparent_of
from tieout_schemas.platform import ConnectionState
from tieout_schemas.writes import Lane
from tieout_schemas.xero import XeroAccount

RETRY_A_READ = timedelta(seconds=2)

_WITH_ARCHIVED = {"includeArchived": "true"}
"""Without it, an archived record would vanish from a list and stay active here. Other lists ignore it."""

log = structlog.get_logger(__name__)


class Reader:
    """The reading half of the gateway."""

    def __init__(self, caller: XeroCaller, platform_url: str, page_size: int) -> None:
        self._caller = caller
        self._platform_url = platform_url
        self._page_size = page_size

    async def read(self, session: TenantSession, due: Sequence[DueRead]) -> None:
        """Read the requested records, many in one call."""
        tenant_id, kind = session.org.tenant_id, due[0].kind
        try:
            raws, left_at, read = await fetch(self._caller, session, due)
        except NotPermitted as error:
            async with self._caller.storing(session) as tx:
                later = tx.now + self._caller.timing.permission_again_after
                await read_requests.postpone(tx, tenant_id, kind, [one.xero_id for one in due], later)
                await self._not_permitted(tx, tenant_id, error, due[0].cause)
            return
        causes = {one.xero_id: one.cause for one in due}
        shown = {str(raw.get(FOLLOWED[kind].resource.id_field)).lower() for raw in raws}
        async with self._caller.storing(session) as tx:
            again, _ = await take_in(
                tx, tenant_id, kind, raws, causes, left_at, due[0].cause, self._platform_url, self._caller.timing
            )
            found = [one for one in read if str(one.xero_id) in shown]
            await read_requests.remove(tx, tenant_id, [one for one in found if one.xero_id not in again])
            for at in sorted({*again.values()}):
                await read_requests.postpone(tx, tenant_id, kind, [x for x in again if again[x] == at], at)
            missing, waits = [one for one in read if one not in found], self._caller.timing.named_again_after
            lost = await read_requests.not_found(tx, tenant_id, missing, waits)
            await connection_store.mark_synced(tx, tenant_id)
        for one in lost:
            if one.named_by_xero:
                NOT_FOUND.labels(kind).inc()
                log.warning("Xero does not show a record that it named", tenant=str(tenant_id), id=str(one.xero_id))

    async def read_for_person(self, session: TenantSession, read: InteractiveRead) -> None:
        """Read a record or a search for a person who waits. An error is stored for the person, and raised as usual."""
        content: dict[str, Any] = {}
        left_at = read.asked_at
        try:
            answer, left_at = await self._caller.read(session, Lane.PERSON, read.request, None)
            content = answer.json
        except NoSuchRecord:
            pass
        except NotPermitted as error:
            async with self._caller.storing(session) as tx:
                await interactive_reads.store_failure(tx, read, f"Xero was not read: {error}", tx.now)
            return
        except XeroError as error:
            async with self._caller.storing(session) as tx:
                at_moment = tx.now + (error.after if isinstance(error, RetryAfter) else RETRY_A_READ)
                if not isinstance(error, NoCallLeft) or at_moment > read.deadline:
                    await interactive_reads.store_failure(tx, read, f"Xero was not read: {error}", at_moment)
            if isinstance(error, RefusedRequest):
                log.error("Xero refuses a person's read", request=read.request.resource, error=str(error))
                return
            raise
        async with self._caller.storing(session) as tx:
            raws = await interactive_reads.store_answer(tx, read, content)
            tenant_id, cause = session.org.tenant_id, Cause.request()
            again, _ = await take_in(
                tx, tenant_id, read.kind, raws, {}, left_at, cause, self._platform_url, self._caller.timing
            )
            await read_requests.add(tx, [ReadRequest(tenant_id, read.kind, x, at, cause) for x, at in again.items()])

    async def read_listing(self, session: TenantSession, feed: ListingCursor) -> None:
        """Read the next page of a listing."""
        tenant_id = session.org.tenant_id
        with span(f"reading {feed.resource}", None) as current:
            cause = Cause(str(tenant_id), str(tenant_id), traceparent_of(current))
            try:
                await (self._page if feed.resource in PAGED else self._whole)(session, feed, cause)
            except NotPermitted as error:
                async with self._caller.storing(session) as tx:
                    await self._not_permitted(tx, tenant_id, error, cause)
            except (RefusedRequest, MalformedRequest, IncompleteList) as error:
                # The other listings continue while somebody investigates.
                log.error("a list cannot be read", resource=feed.resource, tenant=str(tenant_id), error=str(error))
                async with self._caller.storing(session) as tx:
                    soon = self._caller.timing.list_again_after
                    later = soon if isinstance(error, IncompleteList) else POLL_AT_LEAST_EVERY
                    await listings.postpone(tx, tenant_id, feed.resource, tx.now + later, Trouble.NOT_LISTED)
                    await resource_problems.not_listed(tx, tenant_id, feed.resource, str(error), cause)

    async def _page(self, session: TenantSession, feed: ListingCursor, cause: Cause) -> None:
        kind, tenant_id = PAGED[feed.resource].kind, session.org.tenant_id
        asked = feed.size or self._page_size
        params = {
            "page": str(feed.page),
            "pageSize": str(asked),
            "order": "UpdatedDateUTC ASC",
            "unitdp": "4",
            "includeArchived": "true",
        }
        listing = PAGED[feed.resource].listing
        params |= {**listing.filters, **(listing.import_filters if feed.importing else {})}
        modified_since = wire.since(feed.since) if feed.since else None
        request = XeroRequest("GET", feed.resource, params, modified_since)
        try:
            answer, left_at = await self._caller.read(session, _lane(feed), request, cause.traceparent)
        except TimedOut:
            if (smaller := with_smaller_pages(feed, asked)) is None:
                raise
            async with self._caller.storing(session) as tx:
                await listings.save(tx, tenant_id, smaller, tx.now)
            return
        raws: list[dict[str, Any]] = answer.json.get(feed.resource) or []
        moved, last = after_page(feed, page_of(answer.json, feed.resource, asked))
        async with self._caller.storing(session) as tx:
            again, changed_at = await take_in(
                tx, tenant_id, kind, raws, {}, left_at, cause, self._platform_url, self._caller.timing
            )
            await read_requests.add(tx, [ReadRequest(tenant_id, kind, x, at, cause) for x, at in again.items()])
            await sync_runs.add_page(tx, tenant_id, feed.resource, len(raws), len(changed_at), cause, last=last)
            await self._save(tx, session, moved, cause, last=last)
            if not feed.importing:
                await webhook_health.polled(tx, tenant_id, kind, changed_at)

    async def _whole(self, session: TenantSession, feed: ListingCursor, cause: Cause) -> None:
        tenant_id = session.org.tenant_id
        request = XeroRequest("GET", feed.resource, _WITH_ARCHIVED)
        answer, _ = await self._caller.read(session, _lane(feed), request, cause.traceparent)
        rows = parse_rows(LISTED[feed.resource], answer.json.get(feed.resource) or [])
        read = [payload for _, payload in rows.read]
        async with self._caller.storing(session) as tx:
            taken = await snapshots.store(tx, tenant_id, [ObservedRecord(payload, cause) for payload in read])
            if accounts := [one for one in read if isinstance(one, XeroAccount)]:
                await chart_of_accounts.save(tx, tenant_id, accounts)
            kind = spoken(feed.resource, one=True).replace(" ", "_")
            await unreadable.store(tx, tenant_id, kind, rows.readable, rows.unreadable, cause)
            await sync_runs.add_page(tx, tenant_id, feed.resource, len(read), len(taken.changed), cause, last=True)
            done = len(read)
            moved = replace(feed, importing=False, done=done, total=done)
            await self._save(tx, session, moved, cause, last=True)

    async def _not_permitted(self, tx: Tx, tenant_id: UUID, error: NotPermitted, cause: Cause) -> None:
        """The resource is tried again later. Everything else goes on (F13)."""
        later, read = tx.now + self._caller.timing.permission_again_after, resource_problems.READ
        await listings.postpone(tx, tenant_id, error.resource, later, Trouble.NOT_PERMITTED)
        await resource_problems.not_permitted(tx, tenant_id, error.resource, read, cause, error.reason)
        await self._end_import(tx, tenant_id)

    async def _save(self, tx: Tx, session: TenantSession, feed: ListingCursor, cause: Cause, *, last: bool) -> None:
        next_at, tenant_id = tx.now, session.org.tenant_id
        if feed.trouble:
            await resource_problems.works(tx, tenant_id, feed.resource, resource_problems.READ, cause)
            feed = replace(feed, trouble=None)
        if last:
            # Locked, so that a change of the poll interval at this moment finds the next poll and moves it.
            chosen = (await settings_store.lock(tx, tenant_id)).settings
            silent = await webhook_health.silent_resources(tx)
            bridged = len(silent) if feed.resource in silent else 0
            next_at += session.budget.poll_every(tx.now, len(listings.RESOURCES), chosen.poll_every, bridged)
        await listings.save(tx, tenant_id, feed, next_at)
        await connection_store.mark_synced(tx, tenant_id)
        if last:
            await listings.let_follow(tx, tenant_id, feed.resource)
            await self._end_import(tx, tenant_id)

    async def _end_import(self, tx: Tx, tenant_id: UUID) -> None:
        """The tenant is connected once every list was imported that Xero permits."""
        if not await listings.is_importing(tx, tenant_id):
            connection = await connection_store.lock(tx, tenant_id)
            if connection.state is ConnectionState.IMPORTING:
                await connection_store.change(tx, connection, Cause.request(), state=ConnectionState.CONNECTED)


def _lane(feed: ListingCursor) -> Lane:
    return Lane.IMPORT if feed.importing else Lane.POLL
