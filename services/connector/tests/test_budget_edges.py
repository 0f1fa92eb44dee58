"""An organisation's budget at its edges, and in the words that a bookkeeper reads. Tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tieout_connector.pacing.org_budget import (
    PERSON,
    PLANS,
    READ,
    READ_IN_TURN,
    WRITE,
    Budget,
    BudgetWait,
    Reserve,
    fresh,
)
from tieout_connector.xero.limits import Limits

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 9, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SILENT = Limits()
COUNTED = timedelta(seconds=60.2)


def at(second: float) -> datetime:
    return NOON + second * SECOND


def flying(*seconds: float, budget: Budget | None = None) -> Budget:
    budget = budget or fresh(NOON)
    for until in seconds:
        budget = budget.count_call(NOON, at(until))
    return budget


def answered(said: Limits, budget: Budget | None = None) -> Budget:
    return flying(20, budget=budget).count_answer(at(1), at(20), said)


def test_the_plans_and_what_calls_leave_to_others() -> None:
    assert PLANS == {"starter": 1000, "core": 5000, "plus": 5000, "advanced": 5000, "enterprise": 5000}
    assert (Reserve(0, 0, 0), Reserve(1, 0, 0)) == (PERSON, WRITE)
    assert (Reserve(1, 2, 50), Reserve(0, 0, 50)) == (READ, READ_IN_TURN)


@pytest.mark.parametrize("now", ["2026-09-14T12:00:00+00:00", "2026-09-15T01:00:00+13:00"])
def test_a_day_ends_at_midnight_utc(now: str) -> None:
    assert fresh(datetime.fromisoformat(now)) == Budget(day_ends=MIDNIGHT)


def test_calls_are_kept_in_the_order_in_which_they_were_sent() -> None:
    budget = flying(20, 10)

    assert [call.deadline for call in budget.in_flight] == [at(20), at(10)]
    assert budget.day_used == 2


def test_an_answer_after_its_deadline_counts_from_the_answer() -> None:
    budget = flying(20).count_answer(at(25), at(20), SILENT)

    assert (budget.in_flight, budget.recent) == ((), (at(25),))


def test_an_answer_in_time_counts_beside_those_before() -> None:
    budget = flying(20, 30).count_answer(at(5), at(20), SILENT).count_answer(at(6), at(30), SILENT)

    assert (budget.in_flight, budget.recent) == ((), (at(5), at(6)))


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (
            Limits(problem="minute", retry_after=30),
            BudgetWait(at(31), "Xero asked to wait (429); next at 12:00:31 UTC"),
        ),
        (Limits(problem="minute"), None),
        (Limits(retry_after=30), None),
        (Limits(problem="app minute", retry_after=30), None),
    ],
    ids=["asked", "without a time", "without a limit", "of the app"],
)
def test_xero_asks_an_organisation_to_wait(said: Limits, wait: BudgetWait | None) -> None:
    assert answered(said).wait(at(1)) == wait


def test_xero_says_that_the_day_is_used_and_when_it_ends() -> None:
    budget = answered(Limits(problem="day", retry_after=600))

    assert (budget.day_used, budget.day_ends) == (budget.day_limit, at(601))
    assert budget.wait(at(1)) == BudgetWait(
        at(601), "the organisation's 5000 calls a day are used; next at 12:10:01 UTC"
    )


@pytest.mark.parametrize(
    ("until", "because", "parked"),
    [(9, "new", (10, "old")), (10, "new", (10, "new")), (11, "new", (11, "new"))],
    ids=["earlier", "the same", "later"],
)
def test_a_park_that_ends_later_stays(until: int, because: str, parked: tuple[int, str]) -> None:
    budget = fresh(NOON).parked(at(10), "old").parked(at(until), because)

    assert (budget.parked_until, budget.parked_because) == (at(parked[0]), parked[1])
    assert budget.unparked() == fresh(NOON)


def test_turns_count_up() -> None:
    assert fresh(NOON).next_turn().next_turn().turn == 2


def test_the_longest_wait_counts() -> None:
    used = replace(fresh(NOON), recent=(NOON,) * 60)

    assert used.parked(at(10), "x").free_at(NOON) == NOON + COUNTED
    assert used.parked(at(90), "x").free_at(NOON) == at(90)


@pytest.mark.parametrize(
    ("flights", "reserve", "wait"),
    [
        (
            (20, 30, 40, 50),
            WRITE,
            BudgetWait(at(20), "4 calls are under way, of 5 at once; next at 12:00:20 UTC at the latest"),
        ),
        ((20, 30, 40), WRITE, None),
        ((20, 30, 40, 50), PERSON, None),
        (
            (50, 40, 30, 20, 10),
            WRITE,
            BudgetWait(at(20), "5 calls are under way, of 5 at once; next at 12:00:20 UTC at the latest"),
        ),
    ],
)
def test_slots(flights: tuple[int, ...], reserve: Reserve, wait: BudgetWait | None) -> None:
    assert flying(*flights).wait(NOON, reserve) == wait


@pytest.mark.parametrize(
    ("used", "reserve", "calls", "why"),
    [
        (4999, WRITE, 1, None),
        (5000, WRITE, 1, "the organisation's 5000 calls a day are used"),
        (4999, WRITE, 2, "the organisation's 5000 calls a day are used"),
        (4949, READ, 1, None),
        (4950, READ, 1, "the last 50 of the organisation's 5000 calls a day are kept for writes"),
        (4999, READ, 1, "the last 1 of the organisation's 5000 calls a day are kept for writes"),
        (5000, READ, 1, "the organisation's 5000 calls a day are used"),
    ],
)
def test_the_day(used: int, reserve: Reserve, calls: int, why: str | None) -> None:
    wait = replace(fresh(NOON), day_used=used).wait(NOON, reserve, calls)

    assert wait == (BudgetWait(MIDNIGHT, f"{why}; next at midnight UTC") if why else None)


@pytest.mark.parametrize(
    ("recent", "reserve", "calls", "frees", "why"),
    [
        (59, WRITE, 1, None, None),
        (60, WRITE, 1, 0, "the organisation's 60 calls a minute are used"),
        (59, WRITE, 2, 0, "the organisation's 60 calls a minute are used"),
        (60, WRITE, 2, 1, "the organisation's 60 calls a minute are used"),
        (57, READ, 1, None, None),
        (58, READ, 1, 0, "the last 2 of the organisation's 60 calls a minute are kept for writes"),
        (59, READ, 1, 1, "the last 1 of the organisation's 60 calls a minute are kept for writes"),
        (60, READ, 1, 2, "the organisation's 60 calls a minute are used"),
    ],
)
def test_the_minute(recent: int, reserve: Reserve, calls: int, frees: int | None, why: str | None) -> None:
    answers = tuple(at(n / 10) for n in range(recent))
    wait = replace(fresh(NOON), recent=answers).wait(at(7), reserve, calls)

    if frees is None:
        assert wait is None
    else:
        assert wait
        assert (wait.at, wait.why) == (answers[frees] + COUNTED, f"{why}; next at 12:01:00 UTC")


def test_the_first_call_of_an_unsure_day_goes_alone() -> None:
    budget = replace(flying(30, 20), day_unsure=True)

    assert budget.wait(NOON) == BudgetWait(
        at(20), "the day's first call is under way; next at 12:00:20 UTC at the latest"
    )


def test_words_are_in_utc() -> None:
    parked = fresh(NOON).parked(datetime.fromisoformat("2026-09-15T01:30:00+13:00"), "Xero is down")

    assert parked.wait(NOON) == BudgetWait(NOON + timedelta(minutes=30), "Xero is down; next at 12:30:00 UTC")


@pytest.mark.parametrize(("left", "limit"), [(999, 1000), (1000, 5000), (1001, 5000)])
def test_more_calls_left_than_the_smallest_plan_has_show_a_larger_plan(left: int, limit: int) -> None:
    budget = answered(Limits(day=left), fresh(NOON, day_limit=1000))

    assert (budget.day_limit, budget.day_used) == (limit, limit - left)


@pytest.mark.parametrize(("left", "others"), [(59, 0), (58, 1), (50, 9), (60, 0)])
def test_calls_of_others_count_for_a_minute_from_now(left: int, others: int) -> None:
    budget = answered(Limits(minute=left))

    assert budget.recent == (at(1),) * (1 + others)
