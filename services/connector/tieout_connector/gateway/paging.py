"""Reads a list of Xero to its end, however it changes meanwhile: a bill that is missed is sent again. Source: trap 3.

As in a listing (listings_rules.py), each request asks for page 1 of the rows changed since the last row read. A change
gives a row the latest UpdatedDateUTC of all. So unread rows stay behind the last row read, and rows that leave the list
move nothing past it. Only where one second holds more than a page are pages numbered, from the last page to the first.
Then rows that move up move towards pages still to be read, and rows changed meanwhile are read afterwards.
"""

import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from tieout_connector.inbound import ListingCursor, Page, after_page, with_smaller_pages
from tieout_connector.xero import wire
from tieout_connector.xero.errors import TimedOut
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json
from tieout_connector.xero.resource import BY_CHANGE, DEFAULT_PAGE_SIZE


def page_of(content: Json, resource: str, asked: int) -> Page:
    """What an answer tells of a page of `asked` rows. Xero may leave out the `pagination` block, or parts of it."""
    rows, told = content.get(resource) or [], content.get("pagination") or {}
    size, items = told.get("pageSize"), told.get("itemCount")
    return Page(
        stamps=[stamp for row in rows if (stamp := _stamp(row))],
        rows=len(rows),
        size=size if isinstance(size, int) and size > 0 else asked,
        items=items if isinstance(items, int) else None,
    )


async def all_pages(read: Callable[[XeroRequest], Awaitable[Json]], request: XeroRequest) -> list[Json]:
    """The answers in order; only one if the request has no `page`. Of a row in several answers, the last one counts.

    Raises IncompleteList.
    """
    if "page" not in request.params:
        return [await read(request)]
    contents: list[Json] = []
    ids = request.params.get("IDs")
    # Nothing more can follow what was asked for by its id.
    wanted = len(ids.split(",")) if ids else sys.maxsize
    usual = int(request.params.get("pageSize", DEFAULT_PAGE_SIZE))
    feed, seen, were_numbered, news = ListingCursor(request.resource), set[bytes](), False, False
    while True:
        asked = feed.size or usual
        try:
            content = await read(_page(request, feed, asked))
        except TimedOut:
            smaller = with_smaller_pages(feed, asked)
            if smaller is None:
                raise
            feed = smaller
            continue
        contents.append(content)
        if len(content.get(request.resource) or []) >= wanted:
            return contents
        page = page_of(content, request.resource, asked)
        if shown := {wire.dumps(row) for row in content.get(request.resource) or []}:
            news = not shown <= seen
        if were_numbered and _is_last(feed, page) and not news:
            # The last page is as it was before the numbered pages: nothing changed while they were read.
            return contents
        seen |= shown
        numbered = feed.backwards
        feed, ended = after_page(feed, page)
        if ended:
            if feed.newest is None or not numbered:
                return contents
            were_numbered = True
            since = feed.newest.replace(microsecond=0) - timedelta(seconds=1)
            feed = ListingCursor(request.resource, since=since, size=feed.size)


def _is_last(feed: ListingCursor, page: Page) -> bool:
    if page.last is None:
        return not (page.rows or feed.backwards)
    return feed.backwards and feed.page == page.last


def _page(request: XeroRequest, feed: ListingCursor, asked: int) -> XeroRequest:
    since = wire.since(feed.since) if feed.since else request.modified_since
    paging = {"page": str(feed.page), "pageSize": str(asked)}
    return replace(request, params={**request.params, "order": BY_CHANGE, **paging}, modified_since=since)


def _stamp(row: Json) -> datetime | None:
    with suppress(LookupError, TypeError, ValueError, ArithmeticError):
        return wire.instant(row["UpdatedDateUTC"])
    return None
