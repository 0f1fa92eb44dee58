"""Which lane of an organisation's calls goes next (design, The gateway).

Three calls of four go by lane order, the fourth to the lane that waits longest: what a person waits for hardly
notices, and no lane starves. A lane goes at the latest with the fourth call after all that began to wait before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tieout_connector.pacing.org_budget import PERSON, READ, WRITE, Budget, Share, Wait
from tieout_schemas.writes import Lane

ORDER = tuple(Lane)
SHARES = {Lane.PERSON: PERSON, Lane.WRITE: WRITE}
"""What a call of these lanes leaves to others; those of all other lanes leave what a read leaves."""
TURN = 4
"""Every so many calls, the lane goes that waits longest."""


@dataclass(frozen=True, slots=True)
class Next:
    """A call of this lane may leave now."""

    lane: Lane


@dataclass(frozen=True, slots=True)
class DropNotes:
    """The waiting notes are dropped, and shown as dropped; then ask again (CONT-12)."""

    why: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """No lane waits."""


def next_lane(waiting: Mapping[Lane, datetime], budget: Budget, now: datetime) -> Next | Wait | DropNotes | Nothing:
    """What to do for an organisation now.

    `waiting`: since when the oldest of each lane waits. A wait is of the lane that may go first; earlier if a call
    comes back.
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
            if budget.free_at(now, _in_turn(lane, waiting)) is None:
                return Next(lane)
    waits: list[Wait] = []
    for lane in ORDER:
        if lane in waiting:
            wait = budget.wait(now, SHARES.get(lane, READ))
            if wait is None:
                return Next(lane)
            waits.append(wait)
    return min(waits, key=lambda wait: wait.at)


def _in_turn(lane: Lane, waiting: Mapping[Lane, datetime]) -> Share:
    """What a lane must leave to others when it is its turn: no more than those that wait, the day's calls aside.

    Places and calls of the minute are kept for what comes later. What waits already would take each as it frees, and
    the lanes below would never see enough of them left.
    """
    share = SHARES.get(lane, READ)
    others = [share, *(SHARES[each] for each in SHARES if each in waiting)]
    return replace(share, places=min(each.places for each in others), minute=min(each.minute for each in others))
