"""How often each list is polled, and why (CONN-9, CONN-10). Pure.

Polls must not use up the day's calls. Where they would, lists are polled less often: the less their changes are worth,
the sooner and the more. What webhooks tell of is polled only to find what they missed.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from tieout_connector.pacing.org_budget import RESERVED_PER_DAY, DayLeft, clock, minutes

USUAL = timedelta(minutes=5)
"""What no webhook tells of waits no longer for its poll, as long as the day's calls last."""
USUAL_TOLD = timedelta(minutes=15)
"""What webhooks tell of: as often as Xero repeats a delivery that failed."""
SHORTEST = timedelta(minutes=1)
"""Lists whose webhooks stay away are polled no more often."""
POLLS = Fraction(4, 5)
"""Of the calls left today. Webhooks, writes and people have the others."""
BRIDGING = Fraction(1, 8)
"""Of the calls left today, for more polls of the lists whose webhooks stay away."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PolledList:
    """A list, as the schedule sees it."""

    name: str
    worth: int
    """What a delay of its changes costs, beside other lists: 1 is the least."""
    longest: timedelta
    """It is never polled less often, unless the tenant chose so."""
    told: bool = False
    """Webhooks tell of its changes."""
    silent: bool = False
    """Webhooks should tell of its changes, and stay away."""
    calls: int = 1
    """For one poll, as a rule."""


@dataclass(frozen=True, slots=True)
class PollInterval:
    """How often a list is polled; `why` is for a bookkeeper."""

    every: timedelta
    why: str


def intervals(lists: Sequence[PolledList], day: DayLeft, wanted: timedelta | None = None) -> Mapping[str, PollInterval]:
    """By list, its interval, so that all polls until the day ends take no more than their share of the calls left.

    `wanted`: the interval that the tenant chose. It holds as long as the calls last. If they do not last even so, each
    list has its longest interval.
    """
    usable = max(0, day.calls - RESERVED_PER_DAY)
    planned = _planned(lists, day.time, usable * POLLS, wanted)
    bridged = [one for one in lists if one.silent]
    if bridged:
        calls = usable * BRIDGING + sum(one.calls * (day.time / planned[one.name]) for one in bridged)
        round_of_polls = sum(one.calls for one in bridged)
        faster = _whole(day.time * round_of_polls / float(calls)) if calls else None
        for one in bridged:
            planned[one.name] = min(planned[one.name], max(SHORTEST, faster or planned[one.name]))
    return {one.name: PollInterval(planned[one.name], _why(one, planned[one.name], day, wanted)) for one in lists}


def _planned(
    lists: Sequence[PolledList], time: timedelta, calls: Fraction, wanted: timedelta | None
) -> dict[str, timedelta]:
    """Each interval is a common level divided by the list's worth, within its bounds. The level is as low as lasts."""

    def at(level: int) -> dict[str, timedelta]:
        return {one.name: _at_level(one, level * _SECOND, wanted) for one in lists}

    def lasts(level: int) -> bool:
        planned = at(level)
        return sum(one.calls * (time / planned[one.name]) for one in lists) <= calls

    if lasts(0):
        return at(0)
    top = max((_longest(one, wanted) // _SECOND * _weight(one) for one in lists), default=0)
    return at(bisect_left(range(top), True, key=lasts))


def _at_level(one: PolledList, level: timedelta, wanted: timedelta | None) -> timedelta:
    return min(_longest(one, wanted), max(_usual(one, wanted), _whole(level / _weight(one))))


def _usual(one: PolledList, wanted: timedelta | None) -> timedelta:
    return max(wanted or USUAL, USUAL_TOLD if _is_told(one) else USUAL)


def _longest(one: PolledList, wanted: timedelta | None) -> timedelta:
    return max(one.longest, _usual(one, wanted))


def _weight(one: PolledList) -> int:
    # Most polls of what webhooks tell of find nothing.
    return 1 if _is_told(one) else one.worth


def _is_told(one: PolledList) -> bool:
    return one.told and not one.silent


def _whole(time: timedelta) -> timedelta:
    """Whole seconds, rounded up."""
    return -(-time // _SECOND) * _SECOND


def _why(one: PolledList, every: timedelta, day: DayLeft, wanted: timedelta | None) -> str:
    number = minutes(every)
    often = "every minute" if number == 1 else f"every {number} minutes"
    usual = _usual(one, wanted)
    if one.silent and every < usual:
        return f"{often}, because Xero's webhooks for it stay away"
    if every > usual:
        calls = f"the {day.limit:,} calls of the day would not last otherwise"
        return f"{often}, because {calls}: {day.calls:,} are left until {clock(day.ends)}"
    if wanted and usual == wanted:
        return f"{often}, as chosen in the settings"
    if _is_told(one):
        return f"{often}, in case a webhook of Xero was lost"
    return f"{often}, because no webhook of Xero tells of its changes"
