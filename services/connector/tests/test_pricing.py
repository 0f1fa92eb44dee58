"""What a month costs on each of Xero's plans, as docs/xero.md 2.2 has it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_connector.api.usage import PLANS
from tieout_connector.pacing.pricing import GIB, NO_EGRESS, PlanCost, costs, month_of, projected
from tieout_connector.xero.organisation import ORGANISATION

MIDDLE = datetime(2026, 11, 16, tzinfo=UTC)
"""Half of November."""
END = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)


def on(plan: str, connections: int = 1, egress: int = 0, now: datetime = END) -> PlanCost:
    return next(one for one in costs(PLANS, connections, egress, now) if one.plan == plan)


@pytest.mark.parametrize(
    ("plan", "gib", "so_far"),
    [
        ("Starter", 1000, "0.00"),
        ("Core", 0, "35.00"),
        ("Core", 10, "35.00"),
        ("Core", 11, "37.40"),
        ("Plus", 50, "245.00"),
        ("Plus", 60, "269.00"),
        ("Advanced", 250, "1445.00"),
        ("Advanced", 251, "1447.40"),
    ],
)
def test_a_plan_costs_its_fee_and_what_is_read_beyond_what_it_includes(plan: str, gib: int, so_far: str) -> None:
    cost = on(plan, egress=gib * GIB)

    assert (str(cost.so_far.amount), cost.so_far.currency) == (so_far, "AUD")


@pytest.mark.parametrize(
    ("beyond", "so_far"), [(0, "35.00"), (1, "35.00"), (2_236_962, "35.00"), (2_236_963, "35.01"), (2**30, "37.40")]
)
def test_bytes_beyond_what_is_included_are_charged_by_gib_to_the_nearest_cent(beyond: int, so_far: str) -> None:
    cost = on("Core", egress=10 * 2**30 + beyond)

    assert str(cost.so_far.amount) == so_far


@pytest.mark.parametrize(
    ("plan", "connections", "why_not"),
    [
        ("Starter", 5, None),
        ("Starter", 6, "6 organisations are connected; Starter allows 5"),
        ("Core", 51, "51 organisations are connected; Core allows 50"),
        ("Plus", 1001, "1001 organisations are connected; Plus allows 1000"),
        ("Advanced", 10_000, None),
        ("Advanced", 10_001, "10001 organisations are connected; Advanced allows 10000"),
    ],
)
def test_a_plan_for_fewer_organisations_than_are_connected_is_not_possible(
    plan: str, connections: int, why_not: str | None
) -> None:
    cost = on(plan, connections)

    assert (cost.possible, cost.why_not) == (why_not is None, why_not)


def test_the_rest_of_the_month_is_projected_by_the_part_that_is_over() -> None:
    cost = on("Core", egress=8 * GIB, now=MIDDLE)

    assert projected(8 * GIB, MIDDLE) == 16 * GIB
    assert (str(cost.so_far.amount), str(cost.whole_month.amount)) == ("35.00", "49.40")


def test_the_first_minutes_of_a_month_are_projected_as_a_whole_day_at_least() -> None:
    start, _ = month_of(MIDDLE)

    assert projected(GIB, start) == projected(GIB, start + timedelta(days=1)) == 30 * GIB


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), (2026, 12), (2027, 1)),
        (datetime(2027, 2, 1, tzinfo=UTC), (2027, 2), (2027, 3)),
        (datetime.fromisoformat("2026-11-01T05:00:00+13:00"), (2026, 10), (2026, 11)),
        (datetime.fromisoformat("2027-01-01T05:00:00+13:00"), (2026, 12), (2027, 1)),
    ],
)
def test_a_month_is_utcs(now: datetime, start: tuple[int, int], end: tuple[int, int]) -> None:
    assert [(m.year, m.month, m.day, m.hour) for m in month_of(now)] == [(*start, 1, 0), (*end, 1, 0)]


def test_the_organisation_is_what_xero_does_not_meter() -> None:
    assert ORGANISATION.name == NO_EGRESS


@given(
    egress=st.integers(0, 2**50),
    more=st.integers(0, 2**50),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis wants bounds without a zone
)
def test_reading_more_never_costs_less_and_no_month_ends_cheaper_than_it_is(
    egress: int, more: int, now: datetime
) -> None:
    for less, greater in zip(costs(PLANS, 1, egress, now), costs(PLANS, 1, egress + more, now), strict=True):
        assert Decimal(0) <= less.so_far.amount <= greater.so_far.amount
        assert less.so_far.amount <= less.whole_month.amount <= greater.whole_month.amount
