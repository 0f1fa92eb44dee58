"""Calls to a Xero whose minutes begin when nobody knows: no limit is broken, no place lost, nearly all is used."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tieout_connector.pacing.lanes import Next, next_lane
from tieout_connector.pacing.org_budget import PERSON, READ, WRITE, Budget, BudgetWait, Reserve, fresh
from tieout_connector.xero.limits import Limits
from tieout_schemas.writes import Lane

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
DEADLINE = 20 * SECOND


@dataclass
class Xero:
    """Counts calls in fixed minutes and days from moments of its own, and in rolling minutes; 429 beyond the day."""

    minute_begins: timedelta
    day_begins: timedelta
    day_limit: int
    counted: list[datetime] = field(default_factory=list)
    days: Counter[int] = field(default_factory=Counter)
    minutes: Counter[int] = field(default_factory=Counter)

    def count(self, at: datetime) -> Limits:
        day, minute = (at - NOON - self.day_begins) // DAY, (at - NOON - self.minute_begins) // MINUTE
        if self.days[day] >= self.day_limit:
            ends = NOON + self.day_begins + (day + 1) * DAY
            return Limits(0, 60 - self.minutes[minute], retry_after=-(-(ends - at) // SECOND), problem="day")
        self.counted.append(at)
        self.days[day] += 1
        self.minutes[minute] += 1
        return Limits(self.day_limit - self.days[day], 60 - self.minutes[minute])

    def most_in_any_minute(self) -> int:
        """Fixed or rolling, both ends included."""
        calls, most, start = sorted(self.counted), 0, 0
        for end, at in enumerate(calls):
            while at - calls[start] > MINUTE:
                start += 1
            most = max(most, end - start + 1)
        return max([most, *self.minutes.values()])


@dataclass(frozen=True)
class Call:
    left: datetime
    counted: datetime
    back: datetime | None
    """None: no answer ever came."""


class Gateway:
    """Whoever owns the organisation: the budget in its memory, and as it was stored with the last call."""

    def __init__(self, xero: Xero, budget: Budget) -> None:
        self.xero, self.budget, self.stored = xero, budget, budget
        self.now = NOON
        self.calls: list[tuple[Call, Limits | None]] = []
        self.mine: set[int] = set()
        self.problems: list[Limits] = []
        self.unheard = 0

    def leave(self, way: timedelta, home: timedelta | None) -> None:
        counted = self.now + way
        self.budget = self.stored = self.budget.count_call(self.now, self.now + DEADLINE)
        self.mine.add(len(self.calls))
        self.unheard += home is None
        self.calls.append((Call(self.now, counted, counted + home if home is not None else None), None))

    def pass_until(self, until: datetime) -> None:
        """What happens meanwhile, each at its moment: Xero counts, answers come back."""
        moments = sorted(
            (at, what, n)
            for n, (call, _) in enumerate(self.calls)
            for what, at in enumerate((call.counted, call.back))
            if at is not None and self.now <= at <= until
        )
        for at, what, n in moments:
            call, said = self.calls[n]
            if what == 0 and said is None:
                self.calls[n] = (call, self.xero.count(at))
            elif what == 1 and n in self.mine and said:
                self.mine.remove(n)
                self.budget = self.budget.count_answer(at, call.left + DEADLINE, said)
                if said.retry_after is not None:
                    self.problems.append(said)
                    self.stored = self.budget
        self.now = until

    def crash(self) -> None:
        """A successor loads what was stored; the answers under way are for nobody."""
        self.budget = self.stored
        self.unheard += len(self.mine)
        self.mine = set()

    def under_way(self) -> int:
        ends = ((call.left, min(call.back or call.left + DEADLINE, call.left + DEADLINE)) for call, _ in self.calls)
        return sum(1 for left, end in ends if left <= self.now < end)


LATENCY = st.floats(0, 7.5).map(lambda seconds: seconds * SECOND)
SHARES = st.sampled_from([PERSON, WRITE, READ])


class Calls(RuleBasedStateMachine):
    """Calls leave whenever the budget lets them; answers are slow, lost, or come to a process that is no more."""

    foreign = False

    @initialize(minute=st.floats(0, 60), day=st.integers(0, 86_400), day_limit=st.sampled_from([150, 1000, 5000]))
    def begin(self, minute: float, day: int, day_limit: int) -> None:
        self.xero = Xero(minute * SECOND, day * SECOND, day_limit)
        self.gateway = Gateway(self.xero, fresh(NOON, day_limit))
        self.foreigners = False

    @rule(count=st.integers(1, 90), apart=st.floats(0, 2), way=LATENCY, home=st.none() | LATENCY, share=SHARES)
    def calls(self, count: int, apart: float, way: timedelta, home: timedelta | None, share: Reserve) -> None:
        for _ in range(count):
            if self.gateway.budget.free_at(self.gateway.now, share) is None:
                self.gateway.leave(way, home)
            self.gateway.pass_until(self.gateway.now + apart * SECOND)

    @rule(count=st.integers(10, 130), latencies=st.lists(LATENCY, min_size=2, max_size=6))
    def a_full_queue(self, count: int, latencies: list[timedelta]) -> None:
        for n in range(count):
            free_at = self.gateway.budget.free_at(self.gateway.now, PERSON)
            if free_at:
                backs = [call.back for call, _ in self.gateway.calls if call.back and call.back > self.gateway.now]
                self.gateway.pass_until(min([free_at, *backs]))
            else:
                self.gateway.leave(latencies[n % len(latencies)], latencies[n // 2 % len(latencies)])

    @rule(share=SHARES)
    def wait_until_free(self, share: Reserve) -> None:
        gateway = self.gateway
        for _ in range(3):
            # An answer that comes meanwhile may tell of others' calls, or of a day that ends later.
            if free_at := gateway.budget.free_at(gateway.now, share):
                assert gateway.now < free_at <= gateway.now + DAY + MINUTE
                gateway.pass_until(free_at)
        assert gateway.budget.free_at(gateway.now, share) is None, "it never frees up"

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.gateway.pass_until(self.gateway.now + timedelta(hours=hours))

    @rule(seconds=st.floats(0, 30))
    def crash(self, seconds: float) -> None:
        self.gateway.crash()
        self.gateway.pass_until(self.gateway.now + seconds * SECOND)

    @precondition(lambda self: self.foreign)
    @rule(count=st.integers(1, 60))
    def somebody_else_calls(self, count: int) -> None:
        for _ in range(count):
            self.xero.count(self.gateway.now)

    @invariant()
    def no_more_than_five_at_once(self) -> None:
        assert self.gateway.under_way() <= 5

    def teardown(self) -> None:
        if hasattr(self, "gateway") and not self.foreign:
            self.gateway.pass_until(self.gateway.now + MINUTE)
            assert self.xero.most_in_any_minute() <= 60
            # Xero's day ends when nobody knows: one call may ask, and its answer tells.
            assert len(self.gateway.problems) <= 1 + 4 * self.gateway.unheard


class CallsBesideOthers(Calls):
    """Somebody else uses the same app: no promise of the minute, but no place is lost by it."""

    foreign = True


@pytest.mark.parametrize("machine", [Calls, CallsBesideOthers])
def test_no_limit_is_broken_and_no_place_is_lost(machine: type[Calls]) -> None:
    number = random.SystemRandom().randrange(1 << 32)
    print(f"seed {number}")
    steps = settings(max_examples=80, stateful_step_count=12, deadline=None)
    run_state_machine_as_test(seed(number)(machine), settings=steps)


@pytest.mark.parametrize(
    ("lanes", "slowest", "least"),
    [
        (tuple(Lane), 2.0, 0.95),
        ((Lane.WRITE,), 2.0, 0.95),
        ((Lane.IMPORT,), 1.0, 0.95),
        ((Lane.IMPORT,), 2.0, 0.94),
        (tuple(Lane), 15.0, 0.3),
    ],
    ids=["all lanes", "writes", "an import", "an import at a slow Xero", "a very slow Xero"],
)
def test_a_full_queue_uses_nearly_all_of_what_the_minute_allows(
    lanes: tuple[Lane, ...], slowest: float, least: float
) -> None:
    number = random.SystemRandom().randrange(1 << 32)
    print(f"seed {number}")
    chance = random.Random(number)
    xero = Xero(chance.random() * MINUTE, chance.random() * DAY, 5000)
    gateway = Gateway(xero, fresh(NOON))
    minutes, went = 40, Counter[Lane]()
    while gateway.now < NOON + minutes * MINUTE:
        decision = next_lane(dict.fromkeys(lanes, NOON), gateway.budget, gateway.now)
        if isinstance(decision, Next):
            went[decision.lane] += 1
            gateway.budget = gateway.budget.next_turn()
            way, home = (chance.random() * slowest / 2 * SECOND for _ in range(2))
            gateway.leave(way, home)
            continue
        assert isinstance(decision, BudgetWait)
        assert decision.at > gateway.now
        backs = [call.back for call, _ in gateway.calls[-60:] if call.back and call.back > gateway.now]
        gateway.pass_until(min([decision.at, *backs]))

    assert not gateway.problems
    assert xero.most_in_any_minute() <= 60
    # Without the first minutes, which begin with sixty calls for nothing.
    settled = NOON + 5 * MINUTE
    used = sum(1 for at in xero.counted if settled <= at < NOON + minutes * MINUTE) / (60 * (minutes - 5))
    print(f"{used:.1%} used")
    assert used >= least, went
