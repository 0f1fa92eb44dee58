"""Reads the pages of historical imports (SYS-4). A record that was read later by anything else is never overwritten."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog

from tieout_connector.connecting import connection_store
from tieout_connector.gateway.caller import XeroCaller
from tieout_connector.gateway.paging import page_of
from tieout_connector.gateway.record_spans import reading_many
from tieout_connector.gateway.session import TenantSession
from tieout_connector.gateway.take_in import TakenIn, take_in
from tieout_connector.inbound import (
    HistoryImport,
    IncompleteList,
    ListingCursor,
    News,
    PageCounts,
    ReadRequest,
    after_page,
    history,
    history_rules,
    read_requests,
    with_smaller_pages,
)
from tieout_connector.kinds import LISTED, FollowedRecord, Listing, spoken
from tieout_connector.xero import wire
from tieout_connector.xero.errors import MalformedRequest, NotPermitted, RefusedRequest, TimedOut
from tieout_connector.xero.http import XeroRequest
from tieout_kit.events import Cause
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import traceparent_of
from tieout_schemas.history import HistoryState
from tieout_schemas.writes import Lane

_NO_RIGHT = "the person who connected the organisation may not read {what} there, or the consent does not cover them"

log = structlog.get_logger(__name__)


class HistoryReader:
    """The part of the gateway that reads the pages of historical imports."""

    def __init__(self, caller: XeroCaller, platform_url: str, page_size: int) -> None:
        self._caller = caller
        self._platform_url = platform_url
        self._page_size = page_size

    async def read(self, session: TenantSession, job: HistoryImport) -> None:
        """Read the next page of an import."""
        part = job.current
        assert part
        resource = LISTED[part.cursor.listing].record.resource.name
        with reading_many(f"import past {part.kind}", session.org.tenant_id) as current:
            # All that follows from the import names it as its first cause.
            cause = Cause(str(job.id), str(job.id), traceparent_of(current), shared=True)
            try:
                await self._page(session, job, part.cursor, cause)
            except NotPermitted:
                await self._failed(
                    session, job.id, part.cursor, _NO_RIGHT.format(what=spoken(resource)), cause, lasts=True
                )
            except (RefusedRequest, MalformedRequest, IncompleteList) as error:
                log.error("past records cannot be listed", resource=resource, job=str(job.id), error=str(error))
                await self._failed(session, job.id, part.cursor, str(error), cause, lasts=False)

    async def _page(self, session: TenantSession, job: HistoryImport, cursor: ListingCursor, cause: Cause) -> None:
        record, listing = LISTED[cursor.listing]
        assert isinstance(record, FollowedRecord)
        resource, kind, asked = record.resource.name, record.kind, cursor.size or self._page_size
        paging = {"page": str(cursor.page), "pageSize": str(asked), "order": "UpdatedDateUTC ASC"}
        also = {"unitdp": "4", "includeArchived": "true"}
        chosen = past_filters(listing, job.from_date, job.to_date)
        since = wire.since(cursor.since) if cursor.since else None
        request = XeroRequest("GET", resource, {**paging, **also, **chosen}, since)
        try:
            answer, left_at = await self._caller.read(session, Lane.IMPORT, request, [cause.traceparent])
        except TimedOut:
            if (smaller := with_smaller_pages(cursor, asked)) is None:
                raise
            async with self._caller.storing(session) as tx:
                if running := await self._running(tx, session, job.id, cursor):
                    await history.save(tx, history_rules.with_cursor(running, smaller), tx.now, cause)
            return
        raws: list[dict[str, Any]] = answer.json.get(resource) or []
        moved, last = after_page(cursor, page_of(answer.json, resource, asked))
        tenant_id = session.org.tenant_id
        async with self._caller.storing(session) as tx:
            running = await self._running(tx, session, job.id, cursor)
            if running is None:
                return
            taken = await take_in(
                tx, tenant_id, kind, raws, {}, left_at, cause, self._platform_url, self._caller.timing,
                asked_for_by=job.id,
            )  # fmt: skip
            await read_requests.add(tx, [ReadRequest(tenant_id, kind, x, at, cause) for x, at in taken.again.items()])
            after = history_rules.after_page(running, moved, _counts(taken), tx.now, last=last)
            await history.save(tx, after, tx.now, cause)
            await connection_store.mark_synced(tx, tenant_id)

    async def _failed(
        self, session: TenantSession, job_id: UUID, cursor: ListingCursor, why: str, cause: Cause, *, lasts: bool
    ) -> None:
        async with self._caller.storing(session) as tx:
            if running := await self._running(tx, session, job_id, cursor):
                later = tx.now if lasts else tx.now + self._caller.timing.list_again_after
                await history.save(tx, history_rules.after_failure(running, why, tx.now, lasts=lasts), later, cause)

    async def _running(
        self, tx: Tx, session: TenantSession, job_id: UUID, cursor: ListingCursor
    ) -> HistoryImport | None:
        """The import, locked; None: it was cancelled meanwhile, or this page of it was read by another process."""
        job = await history.lock(tx, session.org.tenant_id, job_id)
        part = job.current
        goes_on = job.state is HistoryState.RUNNING and part is not None and part.cursor == cursor
        return job if goes_on else None


def past_filters(listing: Listing, first: date, last: date | None) -> Mapping[str, str]:
    """Xero's query parameters for the records that are dated from the first day to the last."""
    past = listing.past
    assert past
    filters = {**listing.filters, **past.filters}
    where = [text for text in (listing.filters.get("where"), past.filters.get("where")) if text]
    if past.date_field:
        where.append(f"{past.date_field}>={_day(first)}")
        if last:
            where.append(f"{past.date_field}<{_day(last + timedelta(days=1))}")
    return {**filters, "where": " AND ".join(where)} if where else filters


def _day(day: date) -> str:
    return f"DateTime({day.year},{day.month:02},{day.day:02})"


def _counts(taken: TakenIn) -> PageCounts:
    return PageCounts(
        new=taken.news.count(News.NEW),
        changed=taken.news.count(News.CHANGED),
        known=taken.news.count(News.KNOWN),
        unreadable=taken.unreadable,
        not_followed=taken.not_followed,
    )
