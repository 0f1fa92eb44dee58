"""However rows tie and change while they are read, each is seen."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout_connector.inbound.listings_rules import OVERLAP, ListingCursor, Page, after_page

START = datetime(2026, 9, 14, tzinfo=UTC)


class Rows:
    """A list of Xero's, sorted by last change, as it stands when a page is asked for."""

    def __init__(self, stamps: list[datetime]) -> None:
        self.rows = dict(enumerate(stamps))
        self.now = max([START, *stamps]) + timedelta(milliseconds=1)

    def page(self, feed: ListingCursor, size: int) -> tuple[list[int], int]:
        since = feed.since.replace(microsecond=0) if feed.since else START
        found = sorted((at, row) for row, at in self.rows.items() if at >= since)
        cut = found[(feed.page - 1) * size : feed.page * size]
        return [row for _, row in cut], len(found)

    def touch(self, row: int, later: int) -> None:
        self.now += timedelta(milliseconds=later)
        self.rows[row] = self.now


def read(
    rows: Rows, feed: ListingCursor, size: int, changes: list[tuple[str, int, int]], *, told: bool = True
) -> tuple[ListingCursor, set[int]]:
    """Read to the end while `changes` happen, one before each page. `told`: the answers have a `pagination` block."""
    seen: set[int] = set()
    last, pages = False, 0
    while not last:
        if pages and changes:
            what, row, later = changes.pop()
            if what == "gone":
                rows.rows.pop(row, None)
            elif row in rows.rows or what == "new":
                rows.touch(row + (1000 if what == "new" else 0), later)
        found, items = rows.page(feed, size)
        seen |= set(found)
        before = feed.done
        stamps = [rows.rows[row] for row in found]
        feed, last = after_page(feed, Page(stamps, len(found), size if told else 1000, items if told else None))
        assert before <= feed.done
        if told:
            assert feed.total is not None
            assert feed.done <= feed.total
        pages += 1
        assert pages < 500, "it does not end"
    return feed, seen


stamps = st.lists(
    st.builds(
        lambda s, ms: START + timedelta(seconds=s, milliseconds=ms), st.integers(0, 6), st.sampled_from([0, 1, 999])
    ),
    max_size=40,
)
changes = st.lists(
    st.tuples(st.sampled_from(["touched", "gone", "new"]), st.integers(0, 39), st.sampled_from([0, 1, 900, 2500])),
    max_size=30,
)


@pytest.mark.field("F06", "F07")
@settings(max_examples=300, deadline=None)
@given(stamps, st.integers(1, 7), changes, st.booleans())
def test_every_row_is_seen_by_the_import_or_by_the_poll_after_it(
    stamps: list[datetime], size: int, changes: list[tuple[str, int, int]], told: bool
) -> None:
    rows = Rows(stamps)
    there = set(rows.rows)

    feed, seen = read(rows, ListingCursor("Invoices"), size, list(changes), told=told)
    feed, polled = read(rows, feed, size, [], told=told)

    assert there & set(rows.rows) <= seen | polled
    assert set(rows.rows) <= seen | polled
    assert not feed.importing


@settings(max_examples=100, deadline=None)
@given(stamps, st.integers(1, 7))
def test_an_import_ends_with_everything_done(stamps: list[datetime], size: int) -> None:
    rows = Rows(stamps)

    feed, seen = read(rows, ListingCursor("Contacts"), size, [])

    assert seen == set(rows.rows)
    assert feed.done == feed.total == len(stamps)


def test_a_poll_looks_back_a_little() -> None:
    feed, last = after_page(ListingCursor("Contacts"), Page([START], 1, 10, 1))

    assert last
    assert feed.since == START - OVERLAP


def test_an_empty_feed_keeps_where_it_began() -> None:
    feed, last = after_page(ListingCursor("Payments", since=START), Page([], 0, 10, 0))

    assert last
    assert feed.since == START
