"""Faults of Xero and of the network, for the next calls or at a rate. Source: behaviour 42."""

import random
from dataclasses import dataclass, field

from xero_sim.answers import HTML, TEXT, Answer

BEFORE_WORK = ("429-minute", "429-day", "429-concurrent", "429-appminute", "500", "503", "refuse", "html")
AFTER_WORK = ("lost", "cut")
KINDS = (*BEFORE_WORK, *AFTER_WORK, "slow")


@dataclass(slots=True)
class Fault:
    """A fault for some calls. `times` counts down. With a `rate`, each call is drawn until the fault is removed."""

    kind: str
    times: int | None = None
    rate: float | None = None
    seconds: float = 1.0
    """The delay of the kind `slow`, in seconds of real time."""
    tenant: str | None = None
    method: str | None = None
    path: str | None = None
    """A part of the path, compared without case."""
    retry_after: int | None = None

    def fits(self, tenant: str | None, method: str, path: str) -> bool:
        """True when the fault applies to such a call."""
        return (
            (self.tenant is None or self.tenant == tenant)
            and (self.method is None or self.method.upper() == method)
            and (self.path is None or self.path.lower() in path.lower())
        )


@dataclass
class Faults:
    """The faults that were added. The first one that fits a call, and is drawn, hits the call."""

    waiting: list[Fault] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311

    def draw_named(self, method: str, path: str) -> Fault | None:
        """The fault that hits a call outside the Accounting API, or None. It must name a part of the path."""
        return self._first([fault for fault in self.waiting if fault.path], None, method, path)

    def draw(self, tenant: str | None, method: str, path: str) -> Fault | None:
        """The fault that hits this call of the Accounting API, or None."""
        return self._first(self.waiting, tenant, method, path)

    def _first(self, waiting: list[Fault], tenant: str | None, method: str, path: str) -> Fault | None:
        for fault in waiting:
            if not fault.fits(tenant, method, path):
                continue
            if fault.rate is not None and self.dice.random() >= fault.rate:
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
            return fault
        return None


def too_many(problem: str, retry_after: int | None, day: int, minute: int) -> Answer:
    """429 as observed: empty body, no content type (behaviour 16)."""
    headers = [("X-Rate-Limit-Problem", problem)]
    if retry_after is not None:
        headers.append(("Retry-After", str(retry_after)))
    headers += [("X-MinLimit-Remaining", str(minute)), ("X-DayLimit-Remaining", str(day))]
    return Answer(429, headers=tuple(headers))


def faulty_answer(fault: Fault) -> Answer | None:
    """The answer of a fault that hits a call before any work; None for every other fault."""
    if fault.kind.startswith("429-"):
        problem = fault.kind.removeprefix("429-")
        usual = {"minute": 26, "day": 40_000, "appminute": 13}.get(problem)
        after = fault.retry_after if fault.retry_after is not None else usual
        return too_many(problem, after, 0 if problem == "day" else 344, 0 if problem == "minute" else 30)
    if fault.kind == "500":
        return Answer(500, b"An error occurred in Xero. Check the API Status page.", TEXT)
    if fault.kind == "503":
        return Answer(503, b"The Organisation is offline", TEXT)
    if fault.kind == "refuse":
        # Never sent: the connection is closed instead.
        return Answer(0)
    if fault.kind == "html":
        return Answer(200, b"<!DOCTYPE html><html><body>Xero is down for maintenance</body></html>", HTML)
    return None
