"""Reads a list of Xero to its end, however it changes meanwhile: a bill that is missed is sent again. Source: trap 3.

As in a listing (listings_rules.py), each request asks for page 1 of the rows changed since the last row read. A change
gives a row the latest UpdatedDateUTC of all. So unread rows stay behind the last row read, and rows that leave the list
move nothing past it. Only where one second holds more than a page are pages numbered, from the last page to the first.
Then rows that move up move towards pages still to be read, and rows changed meanwhile are read afterwards.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from tieout_connector.inbound import ListingCursor, after_page
from tieout_connector.xero import wire
from tieout_connector.xero.http import XeroRequest
from tieout_connector.xero.models import Json

_ORDER = {"order": "UpdatedDateUTC ASC"}


async def all_pages(read: Callable[[XeroRequest], Awaitable[Json]], request: XeroRequest) -> list[Json]:
    """The answers in order; only one if the request has no `page`. Of a row in several answers, the last one counts."""
    if "page" not in request.params:
        return [await read(request)]
    contents: list[Json] = []
    feed, seen, were_numbered = ListingCursor(request.resource), set[bytes](), False
    while True:
        content = await read(_page(request, feed))
        contents.append(content)
        rows, paging = content.get(request.resource) or [], content.get("pagination") or {}
        items = paging.get("itemCount", 0)
        if items <= len(rows) and not feed.backwards:
            return contents
        shown = {wire.dumps(row) for row in rows}
        if were_numbered and feed.page == paging["pageCount"] and shown <= seen:
            # The last page is as it was before the numbered pages: nothing changed while they were read.
            return contents
        seen |= shown
        stamps = [wire.instant(row["UpdatedDateUTC"]) for row in rows]
        feed, ended = after_page(feed, stamps, items, paging["pageSize"])
        if ended:
            if feed.newest is None:
                return contents
            were_numbered = True
            feed = ListingCursor(request.resource, since=feed.newest.replace(microsecond=0) - timedelta(seconds=1))


def _page(request: XeroRequest, feed: ListingCursor) -> XeroRequest:
    since = wire.since(feed.since) if feed.since else request.modified_since
    return replace(request, params={**request.params, **_ORDER, "page": str(feed.page)}, modified_since=since)
