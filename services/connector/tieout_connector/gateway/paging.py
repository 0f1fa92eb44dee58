"""Reads a list of Xero to its end, however it changes meanwhile: a bill that is missed is sent again. Source: trap 3.

Pages are sought, as a feed's are (listings_rules.py): page 1 again, since the last row seen. A change gives a row the
latest UpdatedDateUTC of all, so what was not seen yet stays behind that row, and what leaves the list moves nothing
past it. Only where one second holds more than a page are pages numbered, from the last to the first: what moves up
moves towards pages still to be read, and what was changed meanwhile is later than all they showed, and sought after.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from tieout_connector.inbound import Feed, after_page
from tieout_connector.xero import wire
from tieout_connector.xero.http import Request
from tieout_connector.xero.reading import Json

_ORDER = {"order": "UpdatedDateUTC ASC"}


async def all_pages(ask: Callable[[Request], Awaitable[Json]], question: Request) -> list[Json]:
    """The answers in the order they came; one if the question names no `page`. A row may be in several of them, and is
    as the last one says."""
    if "page" not in question.params:
        return [await ask(question)]
    contents: list[Json] = []
    feed, seen, were_numbered = Feed(question.resource), set[bytes](), False
    while True:
        content = await ask(_page(question, feed))
        contents.append(content)
        rows, paging = content.get(question.resource) or [], content.get("pagination") or {}
        items = paging.get("itemCount", 0)
        if items <= len(rows) and not feed.backwards:
            return contents
        shown = {wire.dumps(row) for row in rows}
        if were_numbered and feed.page == paging["pageCount"] and shown <= seen:
            # Its end is as it was when the numbered pages were begun: nothing changed while they were read.
            return contents
        seen |= shown
        stamps = [wire.instant(row["UpdatedDateUTC"]) for row in rows]
        feed, ended = after_page(feed, stamps, items, paging["pageSize"])
        if ended:
            if feed.newest is None:
                return contents
            were_numbered = True
            feed = Feed(question.resource, since=feed.newest.replace(microsecond=0) - timedelta(seconds=1))


def _page(question: Request, feed: Feed) -> Request:
    since = wire.since(feed.since) if feed.since else question.modified_since
    return replace(question, params={**question.params, **_ORDER, "page": str(feed.page)}, modified_since=since)
