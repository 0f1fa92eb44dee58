"""How a list of Xero is read to its end, and polled after that, without missing a row. Source: docs/xero.md 3.3, 3.4.

Offset paging over a moving sort key misses rows (trap 3): a row that changes moves to the end of the list, and all rows
behind it move up by one. So the cursor seeks instead: it always asks for page 1 of the rows modified since the last
row seen. Only where more than a page of rows changed in the same second are pages numbered. They are then read from the
last to the first, because rows that move up meanwhile move towards pages that are still to be read.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

OVERLAP = timedelta(minutes=2)
"""Polls start this much before the last row seen: whether If-Modified-Since is inclusive is not documented."""


@dataclass(frozen=True, slots=True)
class ListingCursor:
    """The position in the list of one resource."""

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


def after_page(cursor: ListingCursor, rows: list[datetime], items: int, size: int) -> tuple[ListingCursor, bool]:
    """The cursor after a page, and whether that page was the last one.

    `rows`: the UpdatedDateUTC of the page's rows. `items`: how many rows Xero counts in the whole list. `size`: how
    many rows the page was asked for.
    """
    total = cursor.total if cursor.total is not None else items
    newest = max([*rows, *([cursor.newest] if cursor.newest else [])], default=None)
    left = (cursor.page - 1) * size if cursor.backwards else items - len(rows)
    done = max(cursor.done, total - left) if left > 0 else total
    moved = replace(cursor, newest=newest, done=min(done, total), total=total)
    if cursor.backwards:
        return (replace(moved, page=cursor.page - 1), False) if cursor.page > 1 else _at_end(moved)
    if len(rows) < size:
        return _at_end(moved)
    sought = max(rows).replace(microsecond=0) - timedelta(seconds=1)
    if cursor.since is None or sought > cursor.since:
        return replace(moved, since=sought), False
    return replace(moved, page=-(-items // size), backwards=True), False


def _at_end(cursor: ListingCursor) -> tuple[ListingCursor, bool]:
    since = cursor.newest - OVERLAP if cursor.newest else cursor.since
    return replace(cursor, importing=False, since=since, page=1, backwards=False, done=cursor.total or 0), True
