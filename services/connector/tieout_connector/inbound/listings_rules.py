"""How a list of Xero is read to its end, and polled after that, without missing a row. Source: docs/xero.md 3.3, 3.4.

Offset paging over a moving sort key misses rows (trap 3): a row that changes moves to the end of the list, and all rows
behind it move up by one. So the cursor seeks instead: it always asks for page 1 of the rows modified since the last
row seen. Only where more than a page of rows changed in the same second are pages numbered. They are then read from the
last to the first, because rows that move up meanwhile move towards pages that are still to be read.

What Xero tells decides where a list ends: it may send shorter pages than it was asked for. If it does not tell how many
rows there are, the list ends at the first empty page. Imports, polls and look-ups (gateway/paging.py) use these rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tieout_connector.xero.errors import OutcomeUnknown

OVERLAP = timedelta(minutes=2)
"""Polls start this much before the last row seen: whether If-Modified-Since is inclusive is not documented."""
SMALLEST_PAGE = 100
"""Rows. After a timeout, pages are halved down to this."""


class Trouble(StrEnum):
    """Why a list could not be read. It has a problem of this, until it can be read."""

    NOT_PERMITTED = "not_permitted"
    NOT_LISTED = "not_listed"


class IncompleteList(OutcomeUnknown):
    """Xero counts more rows than it shows, so the list must not be taken as read."""

    def __init__(self, shown: int, counted: int) -> None:
        super().__init__(f"Xero shows {shown} rows of a page that has {counted}", answered=True)


@dataclass(frozen=True, slots=True)
class ListingCursor:
    """The position in a list."""

    listing: str
    """The list's name."""
    importing: bool = True
    since: datetime | None = None
    """If-Modified-Since of the next page; None: from the beginning."""
    page: int = 1
    backwards: bool = False
    """Pages are numbered, and read from the last to the first. If only `page` is above 1, the last page is sought."""
    newest: datetime | None = None
    """The newest UpdatedDateUTC ever seen."""
    done: int = 0
    total: int | None = None
    size: int | None = None
    """Rows to ask for; None: as many as usual. While pages are numbered: the size that their numbers count in."""
    trouble: str | None = None
    """Why the list could not be read the last time (`Trouble`); None: it could."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, as Xero answered it."""

    stamps: Sequence[datetime]
    """The UpdatedDateUTC of its rows. A row without a readable one has none here."""
    rows: int
    size: int
    """The page size that Xero tells, or else the one that was asked for."""
    items: int | None
    """How many rows Xero counts in the whole list; None: it does not tell."""

    @property
    def last(self) -> int | None:
        """The number of the list's last page; None: Xero does not tell."""
        return None if self.items is None else max(-(-self.items // self.size), 1)


def after_page(cursor: ListingCursor, page: Page) -> tuple[ListingCursor, bool]:
    """The cursor after a page, and whether that page was the last one. Raises IncompleteList."""
    moved = _counted(cursor, page)
    if cursor.backwards:
        return _after_numbered(moved, page)
    if cursor.page == 1 and page.items is not None:
        if page.rows >= page.items:
            return _at_end(moved)
        # To seek from this page would pass over the rows that it lacks.
        _check(page, min(page.size, page.items))
    if page.rows == 0 and not page.items:
        # Page 1 was read just before an empty page 2. Earlier pages may have moved up since they were read.
        return (replace(moved, page=cursor.page - 1, backwards=True), False) if cursor.page > 2 else _at_end(moved)
    if cursor.page == 1 and page.stamps:
        sought = max(page.stamps).replace(microsecond=0) - timedelta(seconds=1)
        if cursor.since is None or sought > cursor.since:
            return replace(moved, since=sought), False
    if page.last is None:
        return replace(moved, page=cursor.page + 1), False
    return replace(moved, page=page.last, size=page.size, backwards=True), False


def rows_left(cursor: ListingCursor, page: Page) -> int | None:
    """The rows that Xero counts behind a page; None: it does not tell."""
    if page.items is None:
        return None
    return max(0, (cursor.page - 1) * page.size if cursor.backwards else page.items - page.rows)


def with_smaller_pages(cursor: ListingCursor, asked: int) -> ListingCursor | None:
    """The cursor after a page of `asked` rows took too long: at the same place, with pages half as large.

    None: pages are as small as they get.
    """
    size = max(asked // 2, SMALLEST_PAGE)
    if size >= asked:
        return None
    before = cursor.page if cursor.backwards else cursor.page - 1
    pages = -(-(before * asked) // size)
    return replace(cursor, size=size, page=pages if cursor.backwards else pages + 1)


def _after_numbered(cursor: ListingCursor, page: Page) -> tuple[ListingCursor, bool]:
    if page.items is not None and page.last is not None:
        if page.size != cursor.size:
            # The numbers count in other pages now.
            return replace(cursor, page=page.last, size=page.size), False
        _check(page, min(page.size, page.items - (cursor.page - 1) * page.size))
    return (replace(cursor, page=cursor.page - 1), False) if cursor.page > 1 else _at_end(cursor)


def _check(page: Page, counted: int) -> None:
    if page.rows < counted:
        raise IncompleteList(page.rows, counted)


def _counted(cursor: ListingCursor, page: Page) -> ListingCursor:
    """The cursor with what was read so far."""
    newest = max([*page.stamps, *([cursor.newest] if cursor.newest else [])], default=None)
    total = cursor.total if cursor.total is not None else page.items
    if total is None or page.items is None:
        done = cursor.done + page.rows if total is None else min(cursor.done + page.rows, total)
    else:
        left = rows_left(cursor, page) or 0
        done = min(max(cursor.done, total - left), total)
    return replace(cursor, newest=newest, done=done, total=total)


def _at_end(cursor: ListingCursor) -> tuple[ListingCursor, bool]:
    since = cursor.newest - OVERLAP if cursor.newest else cursor.since
    done = cursor.total if cursor.total is not None else cursor.done
    end = replace(cursor, importing=False, since=since, page=1, backwards=False, done=done, total=done)
    return end, True
