"""How a list of Xero is read to its end, and polled after that, without losing a row. Source: xero-api.md 3.3, 3.4.

Offset paging over a moving sort key loses rows (trap 3), so pages are sought: page 1 again, since the last row seen.
Only when a page holds nothing but one second's rows does the page number rise.
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
    newest: datetime | None = None
    """The newest UpdatedDateUTC ever seen."""
    done: int = 0
    total: int | None = None


def after_page(feed: Feed, rows: list[datetime], items: int | None, full: bool) -> tuple[Feed, bool]:
    """The feed after a page, by its rows' UpdatedDateUTC, and whether this was the last one.

    `items`: how many rows the whole answer would have, by Xero's count. `full`: more rows may follow.
    """
    total = feed.total if feed.total is not None else (items if items is not None else len(rows))
    newest = max([*rows, *([feed.newest] if feed.newest else [])], default=None)
    if not full or not rows:
        ended = replace(feed, importing=False, since=newest and newest - OVERLAP, page=1, newest=newest)
        return replace(ended, done=total if feed.importing else feed.done, total=total), True
    left = (items or 0) - feed.page * len(rows)
    done = min(total, max(feed.done, total - left)) if items is not None else feed.done + len(rows)
    sought = max(rows).replace(microsecond=0) - timedelta(seconds=1)
    if feed.since is None or sought > feed.since:
        return replace(feed, since=sought, page=1, newest=newest, done=done, total=total), False
    return replace(feed, page=feed.page + 1, newest=newest, done=done, total=total), False
