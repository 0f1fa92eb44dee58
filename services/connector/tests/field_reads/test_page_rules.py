"""Where a list ends, by what Xero tells of its pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tieout_connector.gateway.paging import page_of
from tieout_connector.inbound.listings_rules import (
    IncompleteList,
    ListingCursor,
    Page,
    Trouble,
    after_page,
    with_smaller_pages,
)

START = datetime(2026, 9, 14, tzinfo=UTC)


def stamps(count: int) -> list[datetime]:
    return [START + timedelta(minutes=n) for n in range(count)]


@pytest.mark.field("F06")
def test_a_page_that_is_shorter_than_asked_is_not_the_end_while_xero_counts_more() -> None:
    cursor, ended = after_page(ListingCursor("Invoices"), Page(stamps(100), 100, 100, 400))

    assert not ended
    assert (cursor.since, cursor.done, cursor.total) == (stamps(100)[-1] - timedelta(seconds=1), 100, 400)


@pytest.mark.field("F06")
def test_numbered_pages_count_in_the_size_that_xero_tells() -> None:
    same_second = Page([START] * 100, 100, 100, 400)

    cursor, _ = after_page(ListingCursor("Invoices", since=START), same_second)
    again, ended = after_page(cursor, Page([START] * 50, 50, 50, 400))

    assert (cursor.page, cursor.size, cursor.backwards) == (4, 100, True)
    assert (again.page, again.size, ended) == (8, 50, False)


@pytest.mark.field("F06")
@pytest.mark.parametrize(
    ("page", "shown"), [(1, Page([], 0, 100, 400)), (2, Page([START], 1, 100, 150)), (1, Page([START], 1, 1000, 400))]
)
def test_a_list_that_shows_fewer_rows_than_it_counts_does_not_end(page: int, shown: Page) -> None:
    cursor = ListingCursor("Invoices", since=START, page=page, backwards=True, size=shown.size)

    with pytest.raises(IncompleteList):
        after_page(cursor, shown)


@pytest.mark.field("F06")
@pytest.mark.parametrize("shown", [Page(stamps(2), 2, 1000, 3), Page(stamps(3)[1:], 2, 3, 7), Page([], 0, 1000, 1)])
def test_a_first_page_with_fewer_rows_than_xero_counts_is_not_passed_over(shown: Page) -> None:
    with pytest.raises(IncompleteList):
        after_page(ListingCursor("Invoices"), shown)


def test_a_list_that_is_not_shown_whole_was_answered_and_says_what_it_lacks() -> None:
    error = IncompleteList(shown=2, counted=3)

    assert (str(error), error.answered) == ("Xero shows 2 rows of a page that has 3", True)
    with pytest.raises(IncompleteList, match="Xero shows 2 rows of a page that has 3"):
        after_page(ListingCursor("Invoices"), Page(stamps(2), 2, 1000, 3))


def test_the_troubles_that_are_stored_keep_their_names() -> None:
    """listings.sql names one of them."""
    assert list(Trouble) == ["not_permitted", "not_listed"]


def test_an_empty_list_has_one_page() -> None:
    assert [Page([], 0, 10, items).last for items in (0, 1, 10, 11, 20, 21)] == [1, 1, 1, 2, 2, 3]


@pytest.mark.field("F07")
def test_without_pagination_only_an_empty_page_is_the_end() -> None:
    cursor = ListingCursor("Invoices")
    pages: list[Page] = [Page(stamps(3), 3, 1000, None), Page(stamps(3)[2:], 1, 1000, None), Page([], 0, 1000, None)]

    first, ended = after_page(cursor, pages[0])
    second, then = after_page(first, pages[1])
    third, finally_ = after_page(second, pages[2])

    assert [ended, then, finally_] == [False, False, True]
    assert [first.page, second.page, third.importing] == [1, 2, False]
    assert (third.done, third.total) == (4, 4)


@pytest.mark.field("F07")
def test_an_empty_page_sends_back_to_those_before_it_whose_rows_may_have_moved_up() -> None:
    cursor = ListingCursor("Invoices", since=START, done=9, total=10)

    after_two, ended = after_page(replace(cursor, page=2), Page([], 0, 1000, None))
    after_three, not_yet = after_page(replace(cursor, page=3), Page([], 0, 1000, None))

    assert (after_two.importing, after_two.done, after_two.total, ended) == (False, 10, 10, True)
    assert (after_three, not_yet) == (replace(cursor, page=2, backwards=True), False)


@pytest.mark.field("F07")
@pytest.mark.parametrize("shown", [Page([START] * 2, 2, 3, 5), Page([], 0, 3, 5)])
def test_once_xero_tells_its_counts_pages_are_read_from_the_last(shown: Page) -> None:
    for page in (2, 3):
        cursor, ended = after_page(ListingCursor("Invoices", since=START, page=page), shown)

        assert (cursor.page, cursor.size, cursor.backwards, ended) == (2, 3, True, False)


@pytest.mark.field("F10")
@pytest.mark.parametrize(("items", "then"), [(None, (2, None, False)), (5, (3, 2, True))])
def test_a_page_whose_rows_have_no_time_of_change_is_passed_by_its_number(
    items: int | None, then: tuple[int, int | None, bool]
) -> None:
    cursor, ended = after_page(ListingCursor("Invoices"), Page([], 2, 2, items))

    assert ((cursor.page, cursor.size, cursor.backwards), ended) == (then, False)


@pytest.mark.field("F10")
def test_a_row_without_its_time_of_change_moves_the_cursor_nowhere() -> None:
    rows = [{"UpdatedDateUTC": START.isoformat()}, {}, {"UpdatedDateUTC": "/Date(999999999999999+0000)/"}]
    told = {"page": 1, "pageSize": 3, "pageCount": 2, "itemCount": 5}

    page = page_of({"Invoices": rows, "pagination": told}, "Invoices", 1000)

    assert page == Page([START], 3, 3, 5)
    assert after_page(ListingCursor("Invoices"), page)[0].newest == START


@pytest.mark.parametrize("told", [None, {}, {"pageSize": 0, "itemCount": None}, {"pageSize": "many", "itemCount": "?"}])
@pytest.mark.field("F07")
def test_what_xero_does_not_tell_is_not_guessed(told: object) -> None:
    assert page_of({"Invoices": [{}], "pagination": told}, "Invoices", 100) == Page([], 1, 100, None)


@pytest.mark.field("F11")
@pytest.mark.parametrize(("asked", "sizes"), [(1000, [500, 250, 125, 100]), (150, [100]), (100, []), (5, [])], ids=str)
def test_pages_are_halved_down_to_a_hundred(asked: int, sizes: list[int]) -> None:
    found: list[int] = []
    cursor = ListingCursor("Invoices")
    while smaller := with_smaller_pages(cursor, cursor.size or asked):
        cursor = smaller
        found.append(cursor.size or 0)

    assert found == sizes


@pytest.mark.field("F11")
@pytest.mark.parametrize(
    ("backwards", "page", "then"),
    [
        # Rows 1 to 3,000 are still to be read.
        (True, 3, 6),
        # Pages 1 and 2 were seen, on the way to the last page.
        (False, 3, 5),
        (False, 1, 1),
    ],
)
def test_smaller_pages_go_on_at_the_same_place(backwards: bool, page: int, then: int) -> None:
    cursor = with_smaller_pages(ListingCursor("Invoices", page=page, backwards=backwards), 1000)

    assert cursor
    assert (cursor.page, cursor.size) == (then, 500)
