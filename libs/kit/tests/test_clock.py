"""Sequences: only ever rising, whatever the clock does."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_kit.clock import next_sequence

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOON_MS = 1_795_348_800_000


@pytest.mark.parametrize(
    ("last", "sequence"),
    [(0, NOON_MS), (NOON_MS - 1, NOON_MS), (NOON_MS, NOON_MS + 1), (NOON_MS + 5000, NOON_MS + 5001)],
)
def test_a_sequence_follows_the_clock_and_never_repeats_within_it(last: int, sequence: int) -> None:
    assert next_sequence(last, NOON) == sequence


# Hypothesis takes bounds without a zone only; the zone comes by `timezones`.
NAIVE_DAY_TWO = datetime.fromisoformat("1970-01-02")


@given(st.integers(0, 10**17), st.datetimes(timezones=st.just(UTC), min_value=NAIVE_DAY_TWO))
def test_a_sequence_rises_even_when_the_clock_goes_back(last: int, now: datetime) -> None:
    assert next_sequence(last, now) > last
