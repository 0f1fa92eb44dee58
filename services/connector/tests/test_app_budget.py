"""The app's 10,000 calls a minute: never more over all replicas, nearly all of them used, nothing lent by a crash."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from tieout_connector.pacing.app_budget import COUNTED_FOR, PER_MINUTE, AppBudget
from tieout_connector.xero.limits import Limits
from tieout_kit.postgres.database import Database
from tieout_testing.connector import ConnectorHarness

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
STEP = SECOND / 10
pytestmark = pytest.mark.real


class Time:
    """The true time, moved by the test."""

    def __init__(self) -> None:
        self.now = NOON

    def fast_by(self, seconds: float) -> Callable[[], datetime]:
        """A clock that goes before the true time."""
        return lambda: self.now + seconds * SECOND


class Replicas:
    """Processes that share the app's minute, and when their calls left, by the true time."""

    def __init__(self, time: Time, budgets: list[AppBudget]) -> None:
        self.time, self.budgets = time, budgets
        self.left: list[datetime] = []
        self.taken = [0] * len(budgets)

    async def call(self, replica: int, calls: int) -> int:
        """Make as many of these calls as may leave now."""
        for made in range(calls):
            if await self.budgets[replica].take():
                return made
            self.left.append(self.time.now)
            self.taken[replica] += 1
        return calls

    def most_in_a_minute(self) -> int:
        """Of any minute that begins with a call, both ends included."""
        most = end = 0
        for start, at in enumerate(self.left):
            while end < len(self.left) and self.left[end] - at <= MINUTE:
                end += 1
            most = max(most, end - start)
        return most


@asynccontextmanager
async def replicas(harness: ConnectorHarness, *fast_by: float) -> AsyncIterator[tuple[Time, Replicas]]:
    """So many replicas, each with its own clock and connections."""
    time = Time()
    async with AsyncExitStack() as stack:
        budgets = []
        for seconds in fast_by:
            clock = time.fast_by(seconds)
            database = Database(harness.database.url, "connector", clock, connections=1)
            await database.open()
            stack.push_async_callback(database.close)
            budgets.append(AppBudget(database, clock))
        yield time, Replicas(time, budgets)


@pytest.mark.parametrize("fast_by", [(0.0,), (0.0, -0.2, 0.2)], ids=["one replica", "three replicas"])
async def test_a_full_queue_uses_nearly_all_of_the_apps_minute_and_never_more(
    harness: ConnectorHarness, fast_by: tuple[float, ...]
) -> None:
    async with replicas(harness, *fast_by) as (time, all_of_them):
        while time.now < NOON + 4 * COUNTED_FOR - STEP:
            for replica in range(len(fast_by)):
                # About twice as many as the limit has.
                await all_of_them.call(replica, 36 // len(fast_by))
            time.now += STEP

    assert all_of_them.most_in_a_minute() <= PER_MINUTE
    minutes = (time.now - NOON) / MINUTE
    assert len(all_of_them.left) >= 0.95 * PER_MINUTE * minutes
    assert min(all_of_them.taken) >= 0.5 * max(all_of_them.taken)


async def test_crashes_bursts_and_clocks_that_differ_lend_no_call(harness: ConnectorHarness) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    async with replicas(harness, 0.0, -0.2, 0.2) as (time, all_of_them):
        while time.now < NOON + 3 * MINUTE:
            for replica, budget in enumerate(all_of_them.budgets):
                await all_of_them.call(replica, chance.choice((0, 0, 1, 20, 500)))
                if chance.random() < 0.01:
                    all_of_them.budgets[replica] = AppBudget(budget._database, budget._clock)
            time.now += STEP

    assert PER_MINUTE / 2 < all_of_them.most_in_a_minute() <= PER_MINUTE


async def test_clocks_that_differ_shorten_no_minute(harness: ConnectorHarness) -> None:
    async with replicas(harness, -0.2, 0.2) as (time, all_of_them):
        await all_of_them.call(0, 5200)
        time.now += 1.9 * SECOND
        await all_of_them.call(0, 4800)
        assert len(all_of_them.left) == PER_MINUTE
        while time.now < NOON + 65 * SECOND:
            time.now += STEP
            await all_of_them.call(1, 10_000)

    assert len(all_of_them.left) > PER_MINUTE
    assert all_of_them.most_in_a_minute() <= PER_MINUTE


async def test_a_hungry_replica_that_always_asks_first_leaves_others_most_of_what_they_need(
    harness: ConnectorHarness,
) -> None:
    async with replicas(harness, 0.0, 0.0) as (time, all_of_them):
        wanted = 0
        while time.now < NOON + 4 * COUNTED_FOR:
            await all_of_them.call(0, 500)
            # 3,000 a minute, which is less than half.
            wanted += 5 - await all_of_them.call(1, wanted + 5)
            time.now += STEP

    assert all_of_them.most_in_a_minute() <= PER_MINUTE
    assert all_of_them.taken[1] >= 0.7 * 50 * ((time.now - NOON) / SECOND), all_of_them.taken
    ((asked,),) = await harness.sql("select count(*) from app_grant")
    assert asked <= 2 * 4 * COUNTED_FOR / SECOND


async def test_replicas_that_ask_at_the_same_moment_get_no_call_twice(harness: ConnectorHarness) -> None:
    async with replicas(harness, *[0.0] * 6) as (time, all_of_them):
        while time.now < NOON + 4 * SECOND:
            await asyncio.gather(*[all_of_them.call(replica, PER_MINUTE) for replica in range(6)])
            time.now += SECOND / 4

    assert 0.95 * PER_MINUTE <= len(all_of_them.left) <= PER_MINUTE
    assert await harness.sql("select sum(calls) <= $1 from app_grant", PER_MINUTE) == [(True,)]


async def test_who_asks_first_leaves_a_share_to_who_asks_next(harness: ConnectorHarness) -> None:
    async with replicas(harness, 0.0, 0.0) as (_, all_of_them):
        await all_of_them.call(1, 1)
        await all_of_them.call(0, PER_MINUTE)
        await all_of_them.call(1, PER_MINUTE)

    assert min(all_of_them.taken) >= 0.1 * PER_MINUTE, all_of_them.taken


async def test_grants_shrink_with_the_demand(harness: ConnectorHarness) -> None:
    async with replicas(harness, 0.0) as (time, all_of_them):
        await all_of_them.call(0, 1000)
        for _ in range(3):
            time.now += 3 * SECOND
            await all_of_them.call(0, 1)

    assert await harness.sql("select max(calls) from app_grant where at > $1", NOON + 4 * SECOND) == [(10,)]


async def test_a_steady_demand_below_the_limit_never_waits_and_rarely_asks(harness: ConnectorHarness) -> None:
    async with replicas(harness, 0.0, 0.0, 0.0) as (time, all_of_them):
        wanted = 0
        while time.now < NOON + 2 * MINUTE:
            for replica in range(3):
                # 9,000 a minute.
                await all_of_them.call(replica, 5)
                wanted += 5
            time.now += STEP

    ((asked,),) = await harness.sql("select count(*) from app_grant")
    assert len(all_of_them.left) == wanted
    assert asked <= 3 * COUNTED_FOR / SECOND


async def test_a_grant_is_void_after_two_seconds(harness: ConnectorHarness) -> None:
    async with replicas(harness, 0.0) as (time, all_of_them):
        await all_of_them.call(0, 1)
        time.now += 2 * SECOND
        await all_of_them.call(0, 1)

    assert await harness.sql("select count(*), sum(calls) from app_grant") == [(2, 20)]


async def test_a_429_of_the_apps_minute_parks_all_replicas(harness: ConnectorHarness) -> None:
    async with replicas(harness, 0.0, 0.0) as (time, all_of_them):
        one, other = all_of_them.budgets
        await all_of_them.call(0, 1)

        await one.learn(Limits(problem="minute", retry_after=30))
        assert await one.take() is None
        await one.learn(Limits(problem="appminute", retry_after=30))

        assert await one.take() == await other.take() == NOON + 30 * SECOND
        time.now += 30 * SECOND
        assert await one.take() is await other.take() is None


async def test_what_is_too_old_to_count_goes(harness: ConnectorHarness) -> None:
    async with replicas(harness, 0.0, 0.0) as (time, all_of_them):
        one, other = all_of_them.budgets
        await all_of_them.call(0, 1)
        await one.park(NOON + 90 * SECOND)

        time.now += COUNTED_FOR
        assert await other.take()
        parked = await harness.sql("select parked_until from app_grant where at = $1", NOON)
        time.now += COUNTED_FOR
        assert await other.take() is None

        assert parked == [(NOON + 90 * SECOND,)]
        assert await harness.sql("select at, calls from app_grant") == [(time.now, 10)]
