"""What an oddity is, which calls it meets, and which are switched on."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from xero_sim.accounting.call import Call
from xero_sim.answers import Answer
from xero_sim.wire import Json

Delay = Callable[[Call, Mapping[str, Any]], float]
"""How long the answer takes, in seconds of real time."""
Before = Callable[[Call, Mapping[str, Any]], Answer | None]
"""Answers instead of Xero, before any work; None: Xero works as usual. It may change the call's query."""
Around = Callable[[Call, Mapping[str, Any], Callable[[], Answer]], Answer | None]
"""Answers with or without Xero's work, and may change what was sent before it. None: it does not meet this call."""
After = Callable[[Call, Json, Mapping[str, Any]], None]
"""Changes the content of a successful answer in place."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """One odd behaviour. `case` is its id in docs/field-cases.md; `about` one sentence for users of the simulator."""

    case: str
    about: str
    before: Before | None = None
    around: Around | None = None
    after: After | None = None
    delay: Delay | None = None


@dataclass(slots=True)
class Switch:
    """An oddity that is on, for the calls that fit. `times` counts down; with a `rate` it is drawn for each call."""

    name: str
    tenant: str | None = None
    method: str | None = None
    path: str | None = None
    """A part of the path, compared without case."""
    times: int | None = None
    rate: float | None = None
    options: dict[str, Any] = field(default_factory=dict)
    """What the oddity itself may be told, such as the text that makes a call fail."""

    def fits(self, call: Call, path: str) -> bool:
        """True when the oddity may meet such a call."""
        return (
            (self.tenant is None or self.tenant == call.org.tenant_id)
            and (self.method is None or self.method.upper() == call.method)
            and (self.path is None or self.path.lower() in path.lower())
        )


@dataclass
class Oddities:
    """The switches that are on. All that fit a call and are drawn meet it, in the order they were switched on."""

    on: list[Switch] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311  no secret
    met: Counter[str] = field(default_factory=Counter)
    """By name, the calls that an oddity really changed."""

    def draw(self, call: Call, path: str) -> list[Switch]:
        """The switches that meet this call."""
        return [switch for switch in self.on if switch.fits(call, path) and self._drawn(switch)]

    def used(self, switch: Switch) -> None:
        """Count a call that the oddity really changed; the last of its `times` switches it off."""
        self.met[switch.name] += 1
        if switch.times is not None:
            switch.times -= 1
            if switch.times <= 0 and switch in self.on:
                self.on.remove(switch)

    def _drawn(self, switch: Switch) -> bool:
        return switch.rate is None or self.dice.random() < switch.rate
