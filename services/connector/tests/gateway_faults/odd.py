"""The oddities of Xero that are mixed into the fault tests at random, and those that are not (docs/field-cases.md)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tieout_testing import bench_results

from .world import World


@dataclass(frozen=True)
class Odd:
    """An oddity: the share of the calls that it fits and meets, and why the account stays decidable."""

    rate: float
    why: str
    options: Mapping[str, Any] = field(default_factory=dict)


MIXED = {
    "other-order": Odd(0.5, "Only the order of the answer differs from what Xero has done."),
    "other-order-of-lines": Odd(0.5, "Only the order of the lines differs from what Xero has."),
    "foreign-marks": Odd(0.2, "The answer alone bears them: Xero's record has our mark."),
    "zero-id": Odd(0.1, "Nothing was made, and an id of a record shows whether something was."),
    "passing-error": Odd(0.1, "Nothing was made, and the error is not about the record, so it must be made later."),
    "fails-with": Odd(0.05, "Xero has done nothing when it fails, and does not fail each time.", {"containing": ""}),
    "altered-reference": Odd(0.5, "The account reads references without emoji and outer blanks."),
    "unused-stays": Odd(0.5, "An option that is gone counts as archived: the account asks for no active one."),
    "high-volume": Odd(0.5, "Only a read is refused."),
    # Each time: without the paging details, a page of another size would seem to be the last one.
    "short-pages": Odd(1.0, "All rows are there, on more pages.", {"size": 100}),
    "no-pagination": Odd(0.3, "All rows are there; the next page tells whether more follow."),
    # After no-pagination: a page that lacks a row and its count as well would be a lie that nobody can see.
    "fewer-rows": Odd(0.1, "The count of the rows tells that some are missing, so nothing may be concluded."),
    "slow-pages": Odd(0.1, "Only the time of the answer differs.", {"seconds": 0.0005}),
    "firewall": Odd(0.03, "The call does not reach Xero, whatever it was."),
}
LEFT_OUT = {
    "not-there-yet": "A record that Xero says is missing is rightly refused, so its intent is neither done nor lost.",
    "late-row": "For a record just made, no reader of the list could know that it is there.",
    "odd-row": "It needs the id of a record, and a record that cannot be read waits for a person.",
    "not-permitted": "Each time the writes wait for an hour; test_neighbour.py has it for a whole tenant.",
}


Answers = Literal["usual", "odd"]
"""What Xero's answers look like in a long run."""


class Mix:
    """A part of the oddities at a time, drawn so that each is in every second part."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._left: list[str] = []

    async def draw(self, count: int = len(MIXED) // 2) -> None:
        """Others are on from here on."""
        control, org = self._world.harness.control, self._world.harness.org_id
        if len(self._left) < count:
            self._left = self._world.chance.sample(list(MIXED), len(MIXED))
        chosen, self._left = self._left[:count], self._left[count:]
        print(f"odd: {', '.join(chosen)}", flush=True)
        await control.switch_off_oddities()
        for name in (name for name in MIXED if name in chosen):
            await control.switch_on(name, tenant=org, rate=MIXED[name].rate, options=dict(MIXED[name].options))

    async def met(self) -> Counter[str]:
        """By oddity, how many calls it has changed."""
        found = await self._world.harness.control.odd_calls()
        return Counter({name: found.get(name, 0) for name in MIXED})

    async def figures(self) -> list[bench_results.Figure]:
        """To record."""
        met = await self.met()
        return [
            # The rare ones need luck.
            bench_results.at_least("oddities that met a call", len(+met), len(MIXED) * 3 // 4, "oddities"),
            bench_results.Figure("calls that met an oddity", met.total(), "calls"),
            *[bench_results.Figure(f"calls that met {name}", count, "calls") for name, count in met.items()],
        ]
