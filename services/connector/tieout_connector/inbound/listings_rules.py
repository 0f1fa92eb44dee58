"""How a list of Xero is read to its end, and polled after that, without losing a row. Source: xero-api.md 3.3, 3.4.

Offset paging over a moving sort key loses rows (trap 3): what changes moves to the end, and all behind it move up.
So pages are sought: page 1 again, since the last row seen. Only where one second holds more than a page are pages
numbered, and then read from the last to the first: what moves up meanwhile moves towards pages still to be read.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

OVERLAP = timedelta(minutes=2)
"""A poll looks back by this: whether If-Modified-Since includes its own second is undocumented."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Where the reading of one resource stands."""

    resource: str
    importing: bool = True
    since: datetime | None = None
    """If-Modified-Since of the next page; None: from the beginning."""
    page: int = 1
    backwards: bool = False
    """Pages are numbered, and read from the last to the first."""
    newest: datetime | None = None
    """The newest UpdatedDateUTC ever seen."""
    done: int = 0
    total: int | None = None


def after_page(feed: Feed, rows: list[datetime], items: int, size: int) -> tuple[Feed, bool]:
    """The feed after a page, by its rows' UpdatedDateUTC, and whether this was the last one.

    `items`: how many rows the whole answer would have, by Xero's count. `size`: rows that were asked for.
    """
    total = feed.total if feed.total is not None else items
    newest = max([*rows, *([feed.newest] if feed.newest else [])], default=None)
    left = (feed.page - 1) * size if feed.backwards else items - len(rows)
    done = max(feed.done, total - left) if left > 0 else total
    seen = replace(feed, newest=newest, done=min(done, total), total=total)
    if feed.backwards:
        return (replace(seen, page=feed.page - 1), False) if feed.page > 1 else _ended(seen)
    if len(rows) < size:
        return _ended(seen)
    sought = max(rows).replace(microsecond=0) - timedelta(seconds=1)
    if feed.since is None or sought > feed.since:
        return replace(seen, since=sought), False
    return replace(seen, page=-(-items // size), backwards=True), False


def _ended(feed: Feed) -> tuple[Feed, bool]:
    since = feed.newest - OVERLAP if feed.newest else feed.since
    return replace(feed, importing=False, since=since, page=1, backwards=False, done=feed.total or 0), True
