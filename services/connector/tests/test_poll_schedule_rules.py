"""The schedule of polls: what has no webhook every five minutes, and less often only where the calls would not last."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout_connector.kinds import FOLLOWED, LISTED, Worth, lists_of
from tieout_connector.pacing.org_budget import RESERVED_PER_DAY, DayLeft
from tieout_connector.pacing.poll_schedule_rules import (
    SHORTEST,
    USUAL,
    USUAL_TOLD,
    PolledList,
    PollInterval,
    intervals,
)

pytestmark = pytest.mark.rule("CONN-9")
MIDNIGHT = datetime(2026, 11, 29, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def day(calls: int, hours: float = 24, limit: int = 5000) -> DayLeft:
    return DayLeft(calls, limit, MIDNIGHT, hours * HOUR)


def polled(name: str, worth: Worth, *, told: bool = False, silent: bool = False, calls: int = 1) -> PolledList:
    return PolledList(name, worth.weight, worth.longest, told, silent, calls)


ORGANISATION, TAX_RATES = polled("Organisation", Worth.SETUP), polled("TaxRates", Worth.CODING)
CONTACTS, PAYMENTS = polled("Contacts", Worth.DOCUMENTS), polled("Payments", Worth.MONEY)
ONE_OF_EACH = (ORGANISATION, TAX_RATES, CONTACTS, PAYMENTS)
TOLD = {name for kind, record in FOLLOWED.items() if record.category for name in lists_of(record.resource.name)}
OURS = [polled(n, one.listing.worth, told=n in TOLD, calls=one.listing.calls) for n, one in LISTED.items()]

lists = st.lists(
    st.builds(
        polled, st.just(""), st.sampled_from(Worth), told=st.booleans(), silent=st.booleans(), calls=st.integers(1, 3)
    ),
    max_size=20,
).map(lambda found: [PolledList(str(n), *fields(one)) for n, one in enumerate(found)])
days = st.builds(
    lambda calls, seconds, limit: DayLeft(min(calls, limit), limit, MIDNIGHT, timedelta(seconds=seconds)),
    st.integers(0, 5000),
    st.integers(0, 86_400),
    st.sampled_from((1000, 5000)),
)
choices = st.none() | st.integers(5, 1440).map(lambda number: number * MINUTE)


def fields(one: PolledList) -> tuple[int, timedelta, bool, bool, int]:
    return one.worth, one.longest, one.told, one.silent, one.calls


def calls_until(left: DayLeft, found: Sequence[PolledList], planned: Mapping[str, PollInterval]) -> float:
    return sum(one.calls * (left.time / planned[one.name].every) for one in found)


def waits(found: Sequence[PolledList], left: DayLeft, wanted: timedelta | None = None) -> list[float]:
    """Minutes, by list."""
    return [round(one.every / MINUTE, 1) for one in intervals(found, left, wanted).values()]


def test_while_the_calls_last_each_list_without_webhooks_is_polled_every_five_minutes() -> None:
    assert waits(ONE_OF_EACH, day(5000)) == [5, 5, 5, 5]
    assert waits([*ONE_OF_EACH, polled("Invoices", Worth.DOCUMENTS, told=True)], day(5000)) == [5, 5, 5, 5, 15]


def test_where_they_do_not_last_what_is_worth_least_waits_first_and_longest() -> None:
    assert waits(ONE_OF_EACH, day(1000, limit=1000)) == [18.3, 9.2, 6.1, 5]
    assert waits(ONE_OF_EACH, day(500, limit=1000)) == [40, 20, 13.3, 10]
    assert waits(ONE_OF_EACH, day(300, limit=1000)) == [72, 36, 24, 18]


def test_none_waits_longer_than_its_longest_even_if_no_call_is_left() -> None:
    assert waits(ONE_OF_EACH, day(0)) == [240, 120, 30, 30]


def test_on_the_usual_plan_all_our_lists_without_webhooks_are_polled_every_five_minutes() -> None:
    assert {one.name: minutes for one, minutes in zip(OURS, waits(OURS, day(5000)), strict=True)} == {
        one.name: 15 if one.told else 5 for one in OURS
    }


def test_on_the_smallest_plan_all_our_lists_last_the_day() -> None:
    left = day(1000, limit=1000)
    planned = intervals(OURS, left)

    assert 700 < calls_until(left, OURS, planned) <= 950
    assert planned["BankTransfers"].every < 25 * MINUTE < planned["Accounts"].every < planned["Organisation"].every


@pytest.mark.rule("CONN-10")
@pytest.mark.parametrize(
    ("wanted", "calls", "minutes"), [(10, 5000, 10), (60, 1000, 60), (1440, 0, 1440), (5, 300, 18), (20, 300, 20)]
)
def test_a_tenants_own_interval_holds_as_long_as_the_calls_last(wanted: int, calls: int, minutes: float) -> None:
    assert waits(ONE_OF_EACH, day(calls), wanted * MINUTE)[3] == minutes


def test_lists_whose_webhooks_stay_away_are_polled_more_often_with_calls_of_their_own() -> None:
    invoices = polled("Invoices", Worth.DOCUMENTS, told=True, silent=True)

    assert waits([*ONE_OF_EACH, invoices], day(5000)) == [5, 5, 5, 5, 1.6]
    assert waits([*ONE_OF_EACH, invoices], day(5000, hours=2)) == [5, 5, 5, 5, 1]
    assert waits([invoices], day(0)) == [30]


@settings(deadline=None)
@given(lists, days, choices)
def test_polls_until_the_day_ends_take_no_more_calls_than_are_left(
    found: Sequence[PolledList], left: DayLeft, wanted: timedelta | None
) -> None:
    planned = intervals(found, left, wanted)

    at_their_longest = all(
        planned[one.name].every == max(one.longest, wanted or USUAL) for one in found if not one.silent
    )
    assert calls_until(left, found, planned) <= max(0, left.calls - RESERVED_PER_DAY) or at_their_longest


@settings(deadline=None)
@given(lists, days, choices)
def test_what_is_worth_more_never_waits_longer(
    found: Sequence[PolledList], left: DayLeft, wanted: timedelta | None
) -> None:
    planned = intervals(found, left, wanted)

    for one in found:
        for other in found:
            if one.worth > other.worth and (one.told, one.silent) == (other.told, other.silent):
                assert planned[one.name].every <= planned[other.name].every


@settings(deadline=None)
@given(lists, days, choices)
def test_no_interval_is_outside_its_bounds_and_each_explains_itself(
    found: Sequence[PolledList], left: DayLeft, wanted: timedelta | None
) -> None:
    for one, interval in zip(found, intervals(found, left, wanted).values(), strict=True):
        usual = max(wanted or USUAL, USUAL_TOLD if one.told and not one.silent else USUAL)
        assert (SHORTEST if one.silent else usual) <= interval.every <= max(one.longest, usual)
        assert interval.why.startswith("every ")
        assert interval.every == usual or "because" in interval.why


@settings(deadline=None)
@given(lists, days, choices)
def test_a_call_more_makes_no_list_wait_longer(
    found: Sequence[PolledList], left: DayLeft, wanted: timedelta | None
) -> None:
    now = intervals(found, left, wanted)
    more = intervals(found, DayLeft(left.calls + 1, left.limit, left.ends, left.time), wanted)

    assert all(more[name].every <= now[name].every for name in now)


def test_each_interval_says_why_in_a_bookkeepers_words() -> None:
    told, silent = polled("told", Worth.MONEY, told=True), polled("silent", Worth.MONEY, silent=True)

    def why(one: PolledList, left: DayLeft, wanted: timedelta | None = None) -> str:
        return intervals([one], left, wanted)[one.name].why

    assert why(PAYMENTS, day(5000)) == "every 5 minutes, because no webhook of Xero tells of its changes"
    assert why(told, day(5000)) == "every 15 minutes, in case a webhook of Xero was lost"
    assert why(PAYMENTS, day(5000), HOUR) == "every 60 minutes, as chosen in the settings"
    assert why(silent, day(5000, hours=2)) == "every minute, because Xero's webhooks for it stay away"
    assert why(PAYMENTS, day(1000 - 850, limit=1000)) == (
        "every 18 minutes, because the 1,000 calls of the day would not last otherwise: 150 are left until midnight UTC"
    )


def test_every_list_declares_what_its_changes_are_worth() -> None:
    by_worth = {worth: {name for name, one in LISTED.items() if one.listing.worth is worth} for worth in Worth}

    assert by_worth == {
        Worth.SETUP: {"Organisation", "Currencies"},
        Worth.CODING: {"Accounts", "TaxRates", "TrackingCategories", "Items", "ContactGroups"},
        Worth.DOCUMENTS: {"Contacts", "Invoices", "SalesInvoices", "CreditNotes"},
        Worth.MONEY: {"Payments", "Prepayments", "Overpayments", "BankTransfers", "BatchPayments"},
    }
