"""The limits are never broken, whatever the calls' times, and always free up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tieout_connector.rules.budget import KEPT_A_DAY, PER_DAY, Budget

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Calls(RuleBasedStateMachine):
    """Calls leave whenever the budget lets them."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.budget = Budget(day=NOON.date(), day_limit=200)
        self.left: list[datetime] = []

    @rule(count=st.integers(1, 90), apart=st.floats(0, 3))
    def call(self, count: int, apart: float) -> None:
        for _ in range(count):
            if self.budget.free_at(self.now) is None:
                self.budget = self.budget.leaving(self.now)
                self.left.append(self.now)
            self.now += timedelta(seconds=apart)

    @rule()
    def wait_until_free(self) -> None:
        free_at = self.budget.free_at(self.now)
        if free_at:
            assert free_at > self.now
            self.now = free_at
        assert self.budget.free_at(self.now) is None, "it never frees up"

    @rule(hours=st.integers(0, 30))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(seconds=st.integers(1, 70_000))
    def xero_says_too_many(self, seconds: int) -> None:
        self.budget = self.budget.parked(self.now + timedelta(seconds=seconds), "429")

    @invariant()
    def never_more_than_the_limits(self) -> None:
        for index, at in enumerate(self.left):
            assert sum(1 for other in self.left[index:] if other - at <= MINUTE) <= 60
        for day in {at.date() for at in self.left}:
            assert sum(1 for at in self.left if at.date() == day) <= 200


TestCalls = Calls.TestCase
TestCalls.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


def test_xeros_own_count_of_the_day_is_the_truth() -> None:
    ours = Budget(day=NOON.date(), day_used=10)

    assert ours.back(3).day_left(NOON) == 3
    assert ours.back(0).free_at(NOON) == datetime(2026, 9, 15, tzinfo=UTC)
    assert ours.back(None) == ours


def test_a_plan_is_known_by_what_it_leaves() -> None:
    starter = Budget(day=NOON.date(), day_limit=1000)

    assert starter.back(999).day_limit == 1000
    assert starter.back(4999).day_limit == PER_DAY


def test_a_new_day_is_free_even_before_its_first_call() -> None:
    used_up = Budget(day=NOON.date(), day_used=PER_DAY)

    assert used_up.day_left(NOON) == 0
    assert used_up.day_left(NOON + timedelta(days=1)) == PER_DAY
    assert used_up.free_at(NOON + timedelta(hours=12)) is None


def test_parked_calls_wait_for_their_moment_and_then_forget_it() -> None:
    parked = Budget(day=NOON.date()).parked(NOON + MINUTE, "429")

    assert parked.free_at(NOON) == NOON + MINUTE
    assert parked.free_at(NOON + MINUTE) is None
    assert parked.leaving(NOON + MINUTE).parked_until is None


@pytest.mark.rule("CONN-9")
@pytest.mark.parametrize(
    ("left", "hours", "minutes"), [(5000, 12, 5), (1000, 24, 17), (990, 2, 5), (20, 12, 30), (0, 12, 30)]
)
def test_polls_are_stretched_only_when_the_day_would_not_last(left: int, hours: int, minutes: int) -> None:
    midnight = datetime(2026, 9, 15, tzinfo=UTC)
    now = midnight - timedelta(hours=hours)
    budget = Budget(day=now.date()).back(left)

    assert round(budget.poll_every(now, 6) / MINUTE) == minutes


@pytest.mark.rule("CONN-10")
@pytest.mark.parametrize(
    ("left", "hours", "wanted", "minutes", "stretched"),
    [
        (5000, 12, None, 5, False),
        (5000, 12, 5, 5, False),
        (5000, 12, 60, 60, False),
        (5000, 12, 1440, 1440, False),
        (1000, 24, None, 17, True),
        (1000, 24, 10, 17, True),
        (1000, 24, 20, 20, False),
        (20, 12, 20, 30, True),
        (0, 12, 45, 45, False),
    ],
)
def test_a_tenants_own_schedule_is_kept_as_long_as_the_days_calls_last(
    left: int, hours: int, wanted: int | None, minutes: int, stretched: bool
) -> None:
    now = datetime(2026, 9, 15, tzinfo=UTC) - timedelta(hours=hours)
    budget, asked = Budget(day=now.date()).back(left), timedelta(minutes=wanted) if wanted else None

    assert round(budget.poll_every(now, 6, asked) / MINUTE) == minutes
    assert (budget.why_stretched(now, 6, asked) is not None) is stretched


@pytest.mark.rule("CONN-9")
def test_why_polls_are_stretched_is_said_in_plain_words() -> None:
    now = datetime(2026, 9, 14, tzinfo=UTC)

    assert Budget(day=now.date()).back(1000).why_stretched(now, 6) == (
        "every 18 minutes and not every 5, so that the day's calls last: 1000 are left until midnight UTC"
    )


def test_some_calls_are_kept_for_writes() -> None:
    assert Budget(day=NOON.date()).spares_a_read(NOON)
    assert not Budget(day=NOON.date()).back(KEPT_A_DAY).spares_a_read(NOON)
    busy = Budget(day=NOON.date(), sent_at=(NOON,) * 50)
    assert not busy.spares_a_read(NOON)
    assert busy.free_at(NOON) is None
