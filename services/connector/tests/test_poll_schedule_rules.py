"""The schedule of polls: what has no webhook every five minutes, and less often only where the calls would not last."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout_connector.kinds import LISTED, Worth
from tieout_connector.pacing.org_budget import RESERVED_PER_DAY, DayLeft
from tieout_connector.pacing.poll_schedule_rules import (
    SHORTEST,
    USUAL,
    USUAL_TOLD,
    PolledList,
    calls_until,
    intervals,
)

pytestmark = pytest.mark.rule("CONN-9")
MIDNIGHT = datetime(2026, 11, 29, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def day(calls: int, hours: float = 24, limit: int = 5000) -> DayLeft:
    return DayLeft(calls, limit, MIDNIGHT, hours * HOUR)


def polled(name: str, worth: Worth, *, told: bool = False, silent: bool = False) -> PolledList:
    return PolledList(name, worth.weight, worth.longest, told, silent)


ORGANISATION, TAX_RATES = polled("Organisation", Worth.SETUP), polled("TaxRates", Worth.CODING)
CONTACTS, PAYMENTS = polled("Contacts", Worth.DOCUMENTS), polled("Payments", Worth.MONEY)
ONE_OF_EACH = (ORGANISATION, TAX_RATES, CONTACTS, PAYMENTS)
SIXTEEN = [polled(f"{worth.name} {n}", worth) for worth in Worth for n in range(4)]

lists = st.lists(
    st.builds(polled, st.just(""), st.sampled_from(Worth), told=st.booleans(), silent=st.booleans()), max_size=20
).map(lambda found: [PolledList(str(n), *fields(one)) for n, one in enumerate(found)])
days = st.builds(
    lambda calls, seconds, limit: DayLeft(min(calls, limit), limit, MIDNIGHT, timedelta(seconds=seconds)),
    st.integers(0, 5000),
    st.integers(0, 86_400),
    st.sampled_from((1000, 5000)),
)
choices = st.none() | st.integers(5, 1440).map(lambda number: number * MINUTE)


def fields(one: PolledList) -> tuple[int, timedelta, bool, bool]:
    return one.worth, one.longest, one.told, one.silent


def waits(found: Sequence[PolledList], left: DayLeft, wanted: timedelta | None = None) -> list[float]:
    """Minutes, by list."""
    return [round(one.every / MINUTE, 1) for one in intervals(found, left, wanted).values()]


def test_while_the_calls_last_each_list_without_webhooks_is_polled_every_five_minutes() -> None:
    assert waits(ONE_OF_EACH, day(5000)) == [5, 5, 5, 5]
    assert waits([*ONE_OF_EACH, polled("Invoices", Worth.DOCUMENTS, told=True)], day(5000)) == [5, 5, 5, 5, 15]


def test_where_they_do_not_last_what_is_worth_least_waits_first_and_longest() -> None:
    assert waits(ONE_OF_EACH, day(1000, limit=1000)) == [20.2, 10.1, 6.8, 5.1]
    assert waits(ONE_OF_EACH, day(500, limit=1000)) == [42.7, 21.3, 14.2, 10.7]
    assert waits(ONE_OF_EACH, day(300, limit=1000)) == [76.8, 38.4, 25.6, 19.2]


def test_none_waits_longer_than_its_longest_even_if_no_call_is_left() -> None:
    assert waits(ONE_OF_EACH, day(0)) == [240, 120, 30, 30]


def test_sixteen_lists_last_a_day_on_the_smallest_plan() -> None:
    planned = intervals(SIXTEEN, day(1000, limit=1000))

    assert 640 < calls_until(24 * HOUR, planned) <= 0.75 * 950
    assert planned["MONEY 0"].every < 21 * MINUTE


@pytest.mark.rule("CONN-10")
@pytest.mark.parametrize(
    ("wanted", "calls", "minutes"), [(10, 5000, 10), (60, 1000, 60), (1440, 0, 1440), (5, 300, 19.2), (20, 300, 20)]
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
    assert calls_until(left.time, planned) <= max(0, left.calls - RESERVED_PER_DAY) or at_their_longest


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
    assert why(silent, day(5000)) == "every minute, because Xero's webhooks for it stay away"
    assert why(PAYMENTS, day(1000 - 850, limit=1000)) == (
        "every 20 minutes, because the 1,000 calls of the day would not last otherwise: 150 are left until midnight UTC"
    )


def test_every_list_declares_what_its_changes_are_worth() -> None:
    worth = {name: one.listing.worth for name, one in LISTED.items()}

    assert worth["Payments"] is Worth.MONEY
    assert {worth[name] for name in ("Contacts", "Invoices")} == {Worth.DOCUMENTS}
    assert {worth[name] for name in ("Accounts", "TaxRates", "TrackingCategories")} == {Worth.CODING}
