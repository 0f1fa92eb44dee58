"""Which lane goes next: by order, but every fourth call to the one that waits longest, so none starves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tieout_connector.pacing.lanes import ORDER, TURN, DropNotes, Next, Nothing, next_lane
from tieout_connector.pacing.org_budget import RESERVED_PER_DAY, RESERVED_PER_MINUTE, WRITE, Budget, BudgetWait, fresh
from tieout_schemas.writes import Lane

NOON = datetime(2026, 9, 14, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BACK = tuple(NOON for _ in range(60))


def since(**lanes: int) -> dict[Lane, datetime]:
    """Lanes, and for how many seconds each waits."""
    return {Lane(name): NOON - seconds * SECOND for name, seconds in lanes.items()}


def under_way(calls: int) -> Budget:
    budget = replace(fresh(NOON), day_used=1, recent=BACK[:1])
    for _ in range(calls):
        budget = budget.count_call(NOON, NOON + 20 * SECOND)
    return budget


@pytest.mark.parametrize("turn", [0, 1, 2, 4])
def test_lanes_go_in_their_order(turn: int) -> None:
    assert next_lane(since(note=9, poll=5, write=1), replace(fresh(NOON), turn=turn), NOON) == Next(Lane.WRITE)
    assert next_lane(since(note=9, person=0, write=1), replace(fresh(NOON), turn=turn), NOON) == Next(Lane.PERSON)
    assert next_lane(since(note=9), replace(fresh(NOON), turn=turn), NOON) == Next(Lane.NOTE)


def test_every_fourth_call_goes_to_the_lane_that_waits_longest() -> None:
    assert next_lane(since(note=9, poll=5, write=1), replace(fresh(NOON), turn=3), NOON) == Next(Lane.NOTE)
    assert next_lane(since(poll=1, write=1), replace(fresh(NOON), turn=7), NOON) == Next(Lane.WRITE)


@pytest.mark.parametrize("first", ["person", "write"])
def test_in_its_turn_a_lane_needs_only_what_the_smallest_reserve_of_the_waiting_lanes_leaves(first: str) -> None:
    full = replace(under_way(4 if first == "person" else 0), turn=3)
    nearly_used = replace(full, recent=BACK[RESERVED_PER_MINUTE + len(full.in_flight) :])

    assert next_lane(since(poll=9, **{first: 1}), nearly_used, NOON) == Next(Lane.POLL)
    assert next_lane(since(poll=1, **{first: 9}), nearly_used, NOON) == Next(Lane(first))


def test_while_all_wait_the_lane_that_may_go_first_says_until_when() -> None:
    minute = replace(under_way(4), recent=BACK[RESERVED_PER_MINUTE + 4 :])

    assert next_lane(since(write=1, poll=1), minute, NOON) == minute.wait(NOON, WRITE)
    assert minute.free_at(NOON, WRITE) == NOON + 20 * SECOND


def test_nothing_waits() -> None:
    assert next_lane({}, replace(fresh(NOON), turn=3), NOON) == Nothing()


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("lane", ["webhook", "poll", "import", "note"])
def test_reads_and_notes_leave_the_last_calls_to_the_writes_that_come(lane: str, turn: int) -> None:
    minute = replace(fresh(NOON), recent=BACK[RESERVED_PER_MINUTE:])
    decision = next_lane(since(**{lane: 1}), replace(minute, turn=turn), NOON)

    assert isinstance(decision, BudgetWait)
    assert decision.at > NOON + MINUTE
    assert "kept for writes" in decision.why
    assert next_lane(since(write=0), replace(minute, turn=turn), NOON) == Next(Lane.WRITE)


@pytest.mark.parametrize("turn", range(4))
def test_reads_leave_the_last_calls_of_the_day_to_writes_even_in_their_turn(turn: int) -> None:
    day = replace(fresh(NOON), day_used=5000 - RESERVED_PER_DAY)

    assert isinstance(next_lane(since(poll=1), replace(day, turn=turn), NOON), BudgetWait)
    assert next_lane(since(poll=9, write=1), replace(day, turn=turn), NOON) == Next(Lane.WRITE)


def test_the_fifth_place_is_for_what_a_person_waits_for() -> None:
    assert next_lane(since(write=1), replace(under_way(3), turn=0), NOON) == Next(Lane.WRITE)
    assert isinstance(next_lane(since(write=1), replace(under_way(4), turn=0), NOON), BudgetWait)
    assert next_lane(since(write=1, person=1), replace(under_way(4), turn=0), NOON) == Next(Lane.PERSON)


@pytest.mark.rule("CONT-12")
def test_notes_are_dropped_and_said_to_be_when_the_day_is_short() -> None:
    short = replace(fresh(NOON), day_used=4501)

    assert next_lane(since(note=1, person=1), replace(short, turn=0), NOON) == DropNotes(
        "499 of the organisation's 5000 calls a day are left: history notes are not written"
    )
    assert next_lane(since(person=1), replace(short, turn=0), NOON) == Next(Lane.PERSON)
    assert next_lane(since(note=1), replace(replace(short, day_used=4500), turn=0), NOON) == Next(Lane.NOTE)


@seed(20260914)
@settings(max_examples=60, deadline=None)
@given(
    mine=st.sampled_from(ORDER),
    others=st.lists(st.sampled_from(ORDER), max_size=12),
    rush=st.sets(st.sampled_from(ORDER), max_size=6),
    seconds=st.floats(0.1, 15),
)
def test_a_lane_goes_with_the_fourth_call_after_all_that_waited_before_it(
    mine: Lane, others: list[Lane], rush: set[Lane], seconds: float
) -> None:
    """However much comes later in every lane, and however slow Xero is: 4 x (those before it + 1) calls at most."""
    print("seed 20260914")
    now, budget = NOON, fresh(NOON)
    queues = {lane: [NOON - MINUTE for other in others if other is lane] for lane in ORDER}
    queues[mine].append(NOON)
    flights: list[tuple[datetime, datetime]] = []
    calls, waits_for = 0, len(queues[mine])
    while waits_for:
        for lane in rush:
            queues[lane].append(now + SECOND)
        waiting = {lane: queue[0] for lane, queue in queues.items() if queue}
        match next_lane(waiting, budget, now):
            case Next(lane):
                queues[lane].pop(0)
                waits_for -= lane is mine
                calls += 1
                budget = budget.next_turn().count_call(now, now + 20 * SECOND)
                flights.append((now + seconds * SECOND, now + 20 * SECOND))
            case BudgetWait(at, _):
                now = min([at, *(back for back, _ in flights)])
                for back, deadline in [flight for flight in flights if flight[0] <= now]:
                    flights.remove((back, deadline))
                    budget = budget.count_answer(back, deadline, _Silent)
            case other:
                raise AssertionError(other)

    assert calls <= TURN * (len(others) + 1)


class _Silent:
    day = minute = retry_after = None
    problem = ""
