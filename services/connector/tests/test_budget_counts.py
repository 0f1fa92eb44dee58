"""Which calls an organisation's budget still counts, and what Xero's own counts change. Tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tieout_connector.pacing.org_budget import PERSON, Budget, fresh
from tieout_connector.xero.limits import Limits

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 9, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SILENT = Limits()
COUNTED = 60.2
"""Seconds for which an answer counts."""


def at(second: float) -> datetime:
    return NOON + second * SECOND


def called(*calls: tuple[float, float], recent: tuple[float, ...] = (), budget: Budget | None = None) -> Budget:
    """Calls by when they were sent and their deadlines, after such answers; all in seconds after noon."""
    budget = replace(budget or fresh(NOON), recent=tuple(at(second) for second in recent))
    for sent, deadline in calls:
        budget = budget.count_call(at(sent), at(deadline))
    return budget


@pytest.mark.parametrize(("now", "recent"), [(COUNTED - 0.1, (0, 5)), (COUNTED, (5,)), (COUNTED + 5, ())])
def test_answers_are_forgotten_once_they_count_no_more(now: float, recent: tuple[float, ...]) -> None:
    assert called((now, now + 20), recent=(0, 5)).recent == tuple(at(second) for second in recent)


def test_answers_are_kept_as_long_as_a_call_is_under_way_that_xero_may_have_counted_with_them() -> None:
    budget = called((0, 90), (50, 70), (51, 71), recent=(-61, -30))

    assert budget.recent == (at(-30),)
    assert budget.minute_left(at(51)) == 57


def test_deadlines_that_passed_count_as_answers_oldest_first() -> None:
    budget = called((0, 20), (0, 10), (30, 50), recent=(5,))

    assert budget.recent == (at(5), at(10), at(20))
    assert called((0, 20)).minute_left(at(20)) == 59


def test_an_answer_after_its_deadline_replaces_the_deadline() -> None:
    given_up = called((0, 20), (21, 40))

    assert given_up.count_answer(at(25), at(20), SILENT).recent == (at(25),)


def test_an_answer_to_a_call_that_counts_no_more_counts_from_now() -> None:
    forgotten = called((0, 20), (150, 170))

    assert forgotten.count_answer(at(151), at(20), SILENT).recent == (at(151),)


def test_an_answer_in_time_replaces_no_older_answer() -> None:
    budget = called((0, 20), recent=(20,))

    assert budget.count_answer(at(19), at(20), SILENT).recent == (at(19), at(20))


@pytest.mark.parametrize(
    ("recent", "left"),
    [((), 50), ((45,), 50), ((-30,), 50), ((-20,), 50), ((-19,), 51)],
    ids=["none", "after its sending", "too old", "a minute before", "counted there, and no more now"],
)
def test_own_calls_that_xero_may_have_counted_are_not_counted_as_somebody_elses(
    recent: tuple[float, ...], left: int
) -> None:
    budget = called((0, 90), (40, 60), recent=recent).count_answer(at(50), at(60), Limits(minute=50))

    assert budget.minute_left(at(50)) == left


@pytest.mark.parametrize(
    ("sent", "day_used"),
    [(0, 3), (2, 2), (5, 1)],
    ids=["before both answers", "before one", "after both"],
)
def test_each_call_answered_since_its_sending_may_be_missing_in_xeros_count_of_the_day(
    sent: float, day_used: int
) -> None:
    budget = called((sent, 20), recent=(1, 3), budget=replace(fresh(NOON), day_used=10))

    assert budget.count_answer(at(6), at(20), Limits(day=4999)).day_used == day_used


@pytest.mark.parametrize("left", [5000, 6000])
def test_no_fewer_than_no_calls_are_used(left: int) -> None:
    assert called((0, 20)).count_answer(at(1), at(20), Limits(day=left)).day_used == 0


def test_a_day_stays_unsure_until_an_answer_tells_what_is_left_of_it() -> None:
    unsure = replace(fresh(NOON), day_unsure=True)

    assert called((0, 20), budget=unsure).count_answer(at(1), at(20), SILENT).day_unsure
    assert not called((0, 20), budget=unsure).count_answer(at(1), at(20), Limits(day=9)).day_unsure
    assert unsure.count_call(MIDNIGHT, MIDNIGHT + 20 * SECOND).day_unsure


def test_calls_may_be_sent_at_the_moment_that_a_wait_names() -> None:
    used = called((0, 90), recent=(0,) * 59)

    free_at = used.free_at(NOON)

    assert free_at == at(COUNTED)
    assert used.free_at(free_at) is None


def test_a_wait_is_for_one_call_unless_more_are_named() -> None:
    assert called(recent=(0,) * 59).wait(NOON) is None


def test_the_first_deadline_frees_the_first_call() -> None:
    assert called((0, 30), (0, 20)).free_at(NOON, PERSON, 59) == at(20 + COUNTED)
