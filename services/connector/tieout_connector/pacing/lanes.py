"""Which lane of an organisation's calls goes next (docs/design.md, The gateway).

Three calls of four go by lane order, the fourth goes to the lane that waits longest. A person hardly notices the fourth
call, and no lane starves: a lane goes at the latest with the fourth call after all that began to wait before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tieout_connector.pacing.org_budget import PERSON, READ, WRITE, Budget, BudgetWait, Reserve
from tieout_schemas.writes import Lane

ORDER = tuple(Lane)
RESERVES = {Lane.PERSON: PERSON, Lane.WRITE: WRITE}
"""What a call of these lanes must leave to others. The calls of all other lanes leave what a read leaves."""
TURN = 4
"""The last of this many calls goes to the lane that waits longest."""


@dataclass(frozen=True, slots=True)
class Next:
    """A call of this lane may be sent now."""

    lane: Lane


@dataclass(frozen=True, slots=True)
class DropNotes:
    """The waiting notes are dropped, and shown as dropped (CONT-12). Then the caller asks again."""

    why: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """No lane waits."""


def next_lane(
    waiting: Mapping[Lane, datetime], budget: Budget, now: datetime
) -> Next | BudgetWait | DropNotes | Nothing:
    """What to do for an organisation now.

    `waiting`: since when the oldest work of each lane waits. A BudgetWait is that of the lane that may go first. If a
    call returns earlier, call this again.
    """
    if not waiting:
        return Nothing()
    if Lane.NOTE in waiting and budget.day_is_short(now):
        return DropNotes(
            f"{budget.day_left(now)} of the organisation's {budget.day_limit} calls a day are left: "
            "history notes are not written"
        )
    if budget.turn % TURN == TURN - 1:
        for lane in sorted(waiting, key=lambda lane: (waiting[lane], ORDER.index(lane))):
            if budget.free_at(now, _reserve_in_turn(lane, waiting)) is None:
                return Next(lane)
    waits: list[BudgetWait] = []
    for lane in ORDER:
        if lane in waiting:
            wait = budget.wait(now, RESERVES.get(lane, READ))
            if wait is None:
                return Next(lane)
            waits.append(wait)
    return min(waits, key=lambda wait: wait.at)


def _reserve_in_turn(lane: Lane, waiting: Mapping[Lane, datetime]) -> Reserve:
    """The reserve of a lane in its turn: of slots and calls a minute, the smallest reserve among the waiting lanes.

    The usual reserve is for work that comes later. But work that waits already would use each slot and call as it
    becomes free, and the lower lanes would never find enough of them.
    """
    reserve = RESERVES.get(lane, READ)
    all_waiting = [reserve, *(RESERVES[each] for each in RESERVES if each in waiting)]
    return replace(
        reserve,
        slots=min(each.slots for each in all_waiting),
        per_minute=min(each.per_minute for each in all_waiting),
    )
