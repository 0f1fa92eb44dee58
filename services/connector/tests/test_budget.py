"""Xero's limits: none is broken, nearly all of them is used, and no place is ever lost."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tieout_connector.gateway.reactions import LONGEST_BACKOFF, backoff
from tieout_connector.pacing.org_budget import (
    PERSON,
    PLANS,
    READ,
    RESERVED_PER_DAY,
    RESERVED_PER_MINUTE,
    WRITE,
    Budget,
    fresh,
)
from tieout_connector.xero.limits import Limits

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 9, 15, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SILENT = Limits()


def used(calls: int, at: datetime = NOON, budget: Budget | None = None) -> Budget:
    """A budget after so many calls that came back at once."""
    budget = budget or fresh(at)
    for _ in range(calls):
        budget = budget.count_call(at, at + 20 * SECOND).count_answer(at, at + 20 * SECOND, SILENT)
    return budget


def flying(seconds: Iterable[float], budget: Budget) -> Budget:
    """Calls under way since noon, with their deadlines."""
    for until in seconds:
        budget = budget.count_call(NOON, NOON + until * SECOND)
    return budget


def told(day: int | None = None, minute: int | None = None, **more: Any) -> Budget:
    """A fresh budget after one call that was answered with so many calls left."""
    said = replace(Limits(day=day, minute=minute), **more)
    return fresh(NOON).count_call(NOON, NOON + SECOND).count_answer(NOON, NOON + SECOND, said)


def test_sixty_calls_a_minute_count_from_their_answers() -> None:
    budget = used(59, NOON).count_call(NOON, NOON + 20 * SECOND)
    assert budget.minute_left(NOON) == 0
    assert NOON + MINUTE < (budget.free_at(NOON) or NOON) < NOON + MINUTE + SECOND

    later = NOON + 15 * SECOND
    budget = budget.count_answer(later, NOON + 20 * SECOND, SILENT)

    assert budget.minute_left(NOON + MINUTE + SECOND) == 59
    assert budget.minute_left(later + MINUTE + SECOND) == 60


def test_a_call_without_answer_counts_from_its_deadline() -> None:
    budget = flying([20], fresh(NOON))

    assert budget.minute_left(NOON + 79 * SECOND) == 59
    assert budget.minute_left(NOON + 81 * SECOND) == 60


def test_an_answer_after_the_deadline_makes_its_call_count_longer() -> None:
    given_up = flying([20], fresh(NOON)).count_call(NOON + 21 * SECOND, NOON + 40 * SECOND)

    late = given_up.count_answer(NOON + 25 * SECOND, NOON + 20 * SECOND, SILENT)

    assert given_up.minute_left(NOON + 81 * SECOND) == 59
    assert late.minute_left(NOON + 81 * SECOND) == 58


def test_one_of_five_places_is_kept_for_what_a_person_waits_for() -> None:
    four = flying([20, 18, 19, 20], used(1))

    assert four.free_at(NOON, WRITE) == NOON + 18 * SECOND
    assert four.free_at(NOON, READ) == NOON + 18 * SECOND
    assert four.free_at(NOON, PERSON) is None
    assert flying([20], four).free_at(NOON, PERSON) == NOON + 18 * SECOND
    five = flying([20], four).wait(NOON, PERSON)
    assert five
    assert "5 calls are under way, of 5 at once" in five.why


def test_some_calls_of_the_minute_are_kept_for_writes() -> None:
    budget = used(60 - RESERVED_PER_MINUTE)

    assert budget.free_at(NOON, READ) is not None
    assert budget.free_at(NOON, WRITE, RESERVED_PER_MINUTE) is None
    assert budget.free_at(NOON, WRITE, RESERVED_PER_MINUTE + 1) is not None
    assert used(59 - RESERVED_PER_MINUTE).free_at(NOON, READ) is None


def test_some_calls_of_the_day_are_kept_for_writes() -> None:
    assert told(RESERVED_PER_DAY).free_at(NOON, READ) == MIDNIGHT
    assert told(RESERVED_PER_DAY).free_at(NOON, WRITE) is None
    assert told(RESERVED_PER_DAY + 1).free_at(NOON, READ) is None


def test_why_calls_wait_is_said_in_plain_words() -> None:
    def why(budget: Budget) -> str:
        wait = budget.wait(NOON, READ)
        assert wait
        return wait.why

    assert why(used(60)) == "the organisation's 60 calls a minute are used; next at 12:01:00 UTC"
    assert why(used(58)).startswith("the last 2 of the organisation's 60 calls a minute are kept for writes; next at ")
    assert why(told(0)) == "the organisation's 5000 calls a day are used; next at midnight UTC"
    assert why(told(7)) == "the last 7 of the organisation's 5000 calls a day are kept for writes; next at midnight UTC"
    assert why(fresh(NOON).parked(NOON + HOUR, "Xero asked to wait")) == "Xero asked to wait; next at 13:00:00 UTC"


def test_calls_of_somebody_else_in_the_minute_are_counted_for_a_minute() -> None:
    budget = told(minute=20)

    assert budget.minute_left(NOON) == 20
    assert budget.minute_left(NOON + MINUTE + SECOND) == 60
    assert told(minute=59).minute_left(NOON) == 59


def test_what_xero_counts_no_more_still_counts_here_for_its_minute_may_be_another() -> None:
    assert (
        used(30).count_call(NOON, NOON + SECOND).count_answer(NOON, NOON + SECOND, Limits(minute=59)).minute_left(NOON)
        == 29
    )


def test_a_slow_answer_does_not_make_our_own_calls_look_like_somebody_elses() -> None:
    slow = used(58).count_call(NOON + 55 * SECOND, NOON + 75 * SECOND)
    other = used(1, NOON + 62 * SECOND, slow)

    budget = other.count_answer(NOON + 65 * SECOND, NOON + 75 * SECOND, Limits(minute=1))

    assert budget.minute_left(NOON + 65 * SECOND) == 58


def test_xeros_own_count_of_the_day_is_the_truth() -> None:
    assert told(3).day_left(NOON) == 3
    assert told(0).free_at(NOON) == MIDNIGHT
    assert (
        used(10).count_call(NOON, NOON + SECOND).count_answer(NOON, NOON + SECOND, Limits(day=4995)).day_left(NOON)
        == 4995
    )


def test_answers_that_overtake_each_other_lose_no_call_of_the_day() -> None:
    both = used(10).count_call(NOON, NOON + SECOND).count_call(NOON, NOON + 2 * SECOND)

    second_first = both.count_answer(NOON + SECOND / 4, NOON + 2 * SECOND, Limits(day=4988))
    then_the_first = second_first.count_answer(NOON + SECOND / 2, NOON + SECOND, Limits(day=4989))

    assert second_first.day_left(NOON) == 4988
    assert then_the_first.day_left(NOON) == 4988


def test_a_call_still_under_way_is_not_lost_from_the_days_count() -> None:
    other = used(10).count_call(NOON, NOON + SECOND).count_call(NOON, NOON + 2 * SECOND)

    assert other.count_answer(NOON, NOON + SECOND, Limits(day=4000)).day_left(NOON) == 4000
    assert other.count_answer(NOON, NOON + SECOND, Limits(day=4999)).day_left(NOON) == 4998


def test_a_plan_is_known_by_what_it_leaves() -> None:
    starter = fresh(NOON, PLANS["starter"]).count_call(NOON, NOON + SECOND)

    assert starter.count_answer(NOON, NOON + SECOND, Limits(day=999)).day_limit == 1000
    assert starter.count_answer(NOON, NOON + SECOND, Limits(day=4999)).day_limit == 5000


def test_a_new_day_is_free_even_before_its_first_call() -> None:
    used_up = told(0)

    assert used_up.day_left(NOON) == 0
    assert used_up.day_left(MIDNIGHT) == 5000
    assert used_up.free_at(MIDNIGHT) is None


def test_after_a_day_that_was_used_up_one_call_asks_for_xeros_day_may_be_another() -> None:
    first = told(4).count_call(MIDNIGHT, MIDNIGHT + 20 * SECOND)

    assert first.free_at(MIDNIGHT, PERSON) == MIDNIGHT + 20 * SECOND
    assert told(5).count_call(MIDNIGHT, MIDNIGHT + 20 * SECOND).free_at(MIDNIGHT, PERSON) is None
    sure = first.count_answer(MIDNIGHT, MIDNIGHT + 20 * SECOND, Limits(day=4999)).count_call(
        MIDNIGHT, MIDNIGHT + 20 * SECOND
    )
    assert sure.free_at(MIDNIGHT) is None


def test_while_its_answer_does_not_come_the_next_one_asks_alone() -> None:
    unheard = told(0).count_call(MIDNIGHT, MIDNIGHT + 20 * SECOND)
    later = MIDNIGHT + 20 * SECOND

    assert unheard.free_at(later) is None
    assert unheard.count_call(later, later + 20 * SECOND).free_at(later) == later + 20 * SECOND


def test_an_answer_from_before_midnight_says_nothing_of_the_new_day() -> None:
    left = MIDNIGHT - SECOND
    late = fresh(left).count_call(left, MIDNIGHT + HOUR).count_call(MIDNIGHT, MIDNIGHT + 2 * HOUR)

    assert late.count_answer(MIDNIGHT, MIDNIGHT + HOUR, Limits(day=0)).day_left(MIDNIGHT) == 4998


def test_a_429_of_the_day_tells_when_xeros_day_ends() -> None:
    budget = told(day=0, minute=59, problem="day", retry_after=7200)

    assert budget.free_at(NOON) == NOON + 2 * HOUR
    assert budget.day_left(NOON + 2 * HOUR) == 5000
    assert budget.free_at(NOON + 25 * HOUR) is None
    assert (
        told(0, 59, problem="day", retry_after=7200).count_call(NOON + 3 * HOUR, MIDNIGHT).day_ends == NOON + 26 * HOUR
    )


@pytest.mark.parametrize("problem", ["minute", "concurrent", ""])
def test_any_other_429_that_names_a_wait_is_kept_whatever_else_comes_back(problem: str) -> None:
    budget = told(day=900, minute=0, problem=problem or "unnamed", retry_after=26)

    assert budget.free_at(NOON) == NOON + 26 * SECOND
    assert told(day=900, minute=0, problem="appminute", retry_after=26).free_at(NOON) is None


def test_a_shorter_wait_does_not_shorten_the_one_that_was_asked_before() -> None:
    assert fresh(NOON).parked(NOON + MINUTE, "429").parked(NOON + SECOND, "429").free_at(NOON) == NOON + MINUTE


def test_parked_calls_wait_for_their_moment_and_then_forget_it() -> None:
    parked = fresh(NOON).parked(NOON + MINUTE, "429")

    assert parked.free_at(NOON) == NOON + MINUTE
    assert parked.free_at(NOON + MINUTE) is None
    assert parked.unparked().free_at(NOON) is None
    assert parked.count_call(NOON + MINUTE, NOON + HOUR).parked_until is None


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 2), (2, 4), (8, 256), (9, 300), (100_000, 300)])
def test_failures_in_a_row_make_a_tenant_wait_longer_and_longer(failures: int, seconds: int) -> None:
    assert backoff(failures) == timedelta(seconds=seconds) <= LONGEST_BACKOFF
