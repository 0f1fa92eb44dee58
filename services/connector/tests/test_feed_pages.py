"""Where a list goes on after each page: forwards, backwards through rows of one second, and at its end. Tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tieout_connector.inbound.listings_rules import OVERLAP, ListingCursor, Page, after_page

START = datetime(2026, 9, 14, tzinfo=UTC)
NEW = ListingCursor("Invoices")


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


BACK = replace(NEW, since=at(4), newest=at(5), page=3, backwards=True, done=2, total=9, size=2)
TABLE: dict[str, tuple[ListingCursor, list[datetime], int, ListingCursor, bool]] = {
    "a full page seeks behind its newest row": (
        NEW, [at(5.25), at(0)], 10, replace(NEW, since=at(4), newest=at(5.25), done=2, total=10), False,
    ),
    "the next full page counts on": (
        replace(NEW, since=at(4), newest=at(5), done=2, total=10), [at(5), at(8)], 8,
        replace(NEW, since=at(7), newest=at(8), done=4, total=10), False,
    ),
    "a full page may leave one row": (
        NEW, [at(5), at(8)], 3, replace(NEW, since=at(7), newest=at(8), done=2, total=3), False,
    ),
    "rows that changed meanwhile are not counted twice": (
        replace(NEW, since=at(4), newest=at(5), done=6, total=10), [at(5), at(8)], 8,
        replace(NEW, since=at(7), newest=at(8), done=6, total=10), False,
    ),
    "never more is done than there is": (
        replace(NEW, since=at(4), newest=at(5), done=12, total=10), [at(5), at(8)], 8,
        replace(NEW, since=at(7), newest=at(8), done=10, total=10), False,
    ),
    "a short page is the last one": (
        replace(NEW, since=at(4), newest=at(5), done=8, total=10), [at(9)], 1,
        replace(NEW, importing=False, since=at(9) - timedelta(minutes=2), newest=at(9), done=10, total=10), True,
    ),
    "older rows do not make the newest older": (
        replace(NEW, since=at(4), newest=at(50), done=8, total=10), [at(9)], 1,
        replace(NEW, importing=False, since=at(50) - timedelta(minutes=2), newest=at(50), done=10, total=10), True,
    ),
    "an empty list": (
        replace(NEW, since=at(4)), [], 0, replace(NEW, importing=False, since=at(4), done=0, total=0), True,
    ),
    "more than a page in one second is read by numbers, from the last page": (
        replace(NEW, since=at(4), newest=at(5), done=1, total=9), [at(5), at(5.5)], 5,
        replace(NEW, since=at(4), newest=at(5.5), page=3, backwards=True, done=6, total=9, size=2), False,
    ),
    "the last of these pages may be full": (
        replace(NEW, since=at(4), newest=at(5), total=9), [at(5), at(5)], 6,
        replace(NEW, since=at(4), newest=at(5), page=3, backwards=True, done=5, total=9, size=2), False,
    ),
    "backwards": (BACK, [at(6)], 5, replace(BACK, newest=at(6), page=2, done=5), False),
    "backwards to the first": (replace(BACK, page=2), [at(5), at(5)], 5, replace(BACK, page=1, done=7), False),
    "backwards at the first": (
        replace(BACK, page=1), [at(5), at(5)], 5,
        replace(BACK, importing=False, since=at(5) - timedelta(minutes=2), page=1, backwards=False, done=9), True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_where_a_list_goes_on(case: str) -> None:
    cursor, rows, items, after, last = TABLE[case]

    assert after_page(cursor, Page(rows, len(rows), 2, items)) == (after, last)


def test_a_list_is_imported_first_and_polls_look_back_two_minutes() -> None:
    assert NEW.importing
    assert timedelta(minutes=2) == OVERLAP
