"""The arithmetic of token buckets, for every rate and every order of requests."""

from hypothesis import example, given
from hypothesis import strategies as st

from tieout_kit.http.buckets import MINUTE_NS, Buckets

RATES = st.integers(1, 1_000_000)
PAUSES = st.lists(st.one_of(st.just(0), st.integers(0, MINUTE_NS // 20), st.integers(0, 3 * MINUTE_NS)), max_size=120)
"""Nanoseconds between one request and the next."""


@given(rate=st.integers(1, 20), pauses=PAUSES)
@example(rate=1, pauses=[0, 5 * MINUTE_NS, 0])
def test_in_no_stretch_of_time_a_caller_gets_more_than_a_full_bucket_and_what_flowed_in(
    rate: int, pauses: list[int]
) -> None:
    buckets, now, admitted = Buckets(rate, 10), 0, []
    for pause in pauses:
        now += pause
        if buckets.take("ada", now).allowed:
            admitted.append(now)

    for index, start in enumerate(admitted):
        for count, end in enumerate(admitted[index:], 1):
            assert count <= rate + (end - start) // (MINUTE_NS // rate)


@given(rate=RATES, start=st.integers(0, 10**18))
@example(rate=7, start=3)
def test_who_asks_no_faster_than_the_rate_is_never_refused(rate: int, start: int) -> None:
    buckets = Buckets(rate, 10)

    assert all(buckets.take("ada", start + turn * (MINUTE_NS // rate)).allowed for turn in range(100))


@given(rate=st.integers(1, 300), pauses=PAUSES)
def test_exactly_as_many_requests_may_follow_as_was_told(rate: int, pauses: list[int]) -> None:
    buckets, now = Buckets(rate, 10), 0
    for pause in pauses:
        now += pause
        buckets.take("ada", now)

    left = buckets.take("ada", now).left

    assert [buckets.take("ada", now).allowed for _ in range(left + 1)] == [*[True] * left, False]


@given(rate=RATES, taken=st.integers(1, 400))
def test_whoever_waits_as_long_as_was_told_gets_in_and_no_sooner(rate: int, taken: int) -> None:
    early, in_time = Buckets(rate, 10), Buckets(rate, 10)
    for _ in range(taken):
        told = early.take("ada", 5)
        in_time.take("ada", 5)

    assert in_time.take("ada", 5 + told.wait_ns).allowed
    assert told.wait_ns == 0 or not early.take("ada", 5 + told.wait_ns - 1).allowed
    assert (told.wait_ns == 0) == (told.left > 0)


def test_nobody_pays_for_another() -> None:
    buckets = Buckets(1, 10)

    assert [buckets.take(who, 0).allowed for who in ("ada", "bob", "ada", "bob")] == [True, True, False, False]


def test_a_flood_of_callers_fills_no_memory_and_whoever_still_asks_is_not_forgotten() -> None:
    buckets = Buckets(1, 100)
    for number in range(1_000):
        buckets.take("ada", 0)
        buckets.take(number, 0)

    assert len(buckets) == 100
    assert not buckets.take("ada", 0).allowed
