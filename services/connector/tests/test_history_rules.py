"""How far a historical import is, how long it takes yet, and what it says at its end (SYS-4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tieout_connector.gateway.history_reader import past_filters
from tieout_connector.inbound.history_rules import (
    MAX_TRIES,
    HistoryImport,
    KindProgress,
    PageCounts,
    after_failure,
    after_page,
    cancelled,
    result,
    time_left,
)
from tieout_connector.inbound.listings_rules import ListingCursor
from tieout_connector.kinds import LISTED, PAST
from tieout_schemas.history import HistoryState

pytestmark = pytest.mark.rule("SYS-4")
START = datetime(2026, 11, 22, tzinfo=UTC)
LATER = START + timedelta(minutes=1)
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


def job(*kinds: str, **more: Any) -> HistoryImport:
    parts = tuple(KindProgress(kind=kind, cursor=ListingCursor(PAST[kind])) for kind in kinds)
    fields = {"id": uuid4(), "tenant_id": uuid4(), "asked_by": "ana", "started_at": START, "from_date": FIRST, **more}
    return HistoryImport(kinds=parts, **fields)


def read(one: HistoryImport, done: int, total: int, *, last: bool = False, **counts: Any) -> HistoryImport:
    assert one.current
    cursor = ListingCursor(one.current.cursor.listing, done=done, total=total)
    return after_page(one, cursor, PageCounts(**counts), LATER, last=last)


def test_kinds_come_contacts_first_then_documents_then_payments() -> None:
    assert [kind for kind in PAST if kind in ("payments", "bills", "contacts")] == ["contacts", "bills", "payments"]


def test_an_import_reads_one_list_after_the_other_and_ends_after_the_last() -> None:
    first = job("bills", "payments")
    second = read(first, 4, 4, last=True, new=4)
    over = read(second, 0, 0, last=True)

    assert [each.current and each.current.kind for each in (first, second, over)] == ["bills", "payments", None]
    assert (second.state, second.ended_at) == (HistoryState.RUNNING, None)
    assert (over.state, over.ended_at) == (HistoryState.DONE, LATER)


def test_its_counts_are_those_of_all_its_pages() -> None:
    # Pages overlap: the odd bill is on both.
    one = read(job("bills"), 5, 9, new=3, changed=1, unreadable=["odd"])
    one = read(one, 9, 9, last=True, known=2, new=2, unreadable=["odd"])

    (bills,) = result(one).kinds
    assert (bills.read, bills.new, bills.changed, bills.known) == (9, 5, 1, 2)
    assert [(each.reason, each.count) for each in bills.skipped] == [
        ("Xero shows it differently from what it documents", 1)
    ]


@pytest.mark.parametrize(
    ("parts", "minutes"),
    [
        ([], None),
        ([(0, 10)], None),
        ([(5, 10)], 3),  # 5 bills left, and as many payments as bills: 15 at 5 a minute
        ([(10, 10)], 1),
        ([(10, 10), (5, 20)], 1),
    ],
    ids=["nothing read", "an empty page", "half of the bills", "all bills", "some payments"],
)
def test_the_time_left_follows_from_the_speed_so_far(parts: list[tuple[int, int]], minutes: int | None) -> None:
    one = job("bills", "payments")
    for done, total in parts:
        one = read(one, done, total, last=done == total)

    assert time_left(one, LATER, None) == (minutes and timedelta(minutes=minutes))


def test_the_time_left_is_no_shorter_than_xeros_limits_make_it() -> None:
    one = read(job("bills"), 9, 10)

    assert time_left(one, LATER, LATER + timedelta(hours=5)) == timedelta(hours=5)
    assert time_left(one, LATER, LATER - timedelta(hours=5)) == timedelta(minutes=1) / 9


def test_a_page_is_asked_for_a_few_times_then_the_next_kind_comes() -> None:
    one = job("bills", "payments")
    for tries in range(1, MAX_TRIES):
        one = after_failure(one, "Xero refuses the list", LATER, lasts=False)
        assert one.current
        assert (one.current.kind, one.current.tries) == ("bills", tries)
    given_up = after_failure(one, "Xero refuses the list", LATER, lasts=False)
    recovered = read(one, 1, 1, last=True, new=1)

    assert given_up.current
    assert given_up.current.kind == "payments"
    assert result(read(given_up, 0, 0, last=True)).kinds[0].why == "Xero refuses the list"
    assert result(read(recovered, 0, 0, last=True)).kinds[0].why == ""


def test_what_a_person_may_not_read_is_asked_for_once() -> None:
    over = after_failure(job("payments"), "may not be read", LATER, lasts=True)

    said = result(over)
    assert over.state is HistoryState.DONE
    assert said.summary.endswith("Payments: 0 new, 0 changed, 0 known already. Not all were read: may not be read.")
    assert said.next_steps == ("Have this put right, then import payments again: may not be read.",)


def test_its_end_says_what_came_and_what_to_do_next() -> None:
    said = result(read(job("bills", to_date=LAST), 4, 4, last=True, new=2, known=1, unreadable=["odd"]))

    assert said.summary == (
        "The import has ended (2025-01-01 to 2025-12-31). Bills: 2 new, 0 changed, 1 known already, "
        "1 left in Xero because Xero shows it differently from what it documents."
    )
    assert said.next_steps == (
        "Look at the problems: each record that could not be read is listed there, with a link to Xero.",
        "Look at the problems in a few minutes: a record that waits or stays in Xero says why there.",
        "Import the payments of the same dates as well, if each payment should be seen here.",
    )


def test_a_contact_that_does_not_come_in_is_explained() -> None:
    said = result(read(job("contacts"), 1, 1, last=True, new=1))

    assert said.next_steps[-1] == "A contact without a bill or invoice comes in with its first one."


def test_a_cancelled_import_says_how_to_go_on() -> None:
    said = result(cancelled(job("contacts"), LATER))

    assert (said.state, said.ended_at) == (HistoryState.CANCELLED, LATER)
    assert said.summary.startswith("The import was cancelled (2025-01-01).")
    assert "nothing comes twice" in said.next_steps[0]


@pytest.mark.parametrize(
    ("kind", "last", "filters"),
    [
        ("contacts", LAST, {}),
        (
            "bills",
            LAST,
            {
                "where": 'Type=="ACCPAY" AND Date>=DateTime(2025,01,01) AND Date<DateTime(2026,01,01)',
                "Statuses": "AUTHORISED,PAID",
            },
        ),
        (
            "bills",
            None,
            {"where": 'Type=="ACCPAY" AND Date>=DateTime(2025,01,01)', "Statuses": "AUTHORISED,PAID"},
        ),
        ("payments", None, {"where": 'Status=="AUTHORISED" AND Date>=DateTime(2025,01,01)'}),
    ],
)
def test_xero_is_asked_for_the_dates_chosen(kind: str, last: date | None, filters: dict[str, str]) -> None:
    assert past_filters(LISTED[PAST[kind]].listing, FIRST, last) == filters
