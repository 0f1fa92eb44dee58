"""A subscription as a pure state machine; the time is passed in. Source: docs/xero.md 5.2, behaviours 69, 71, 72."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from xero_sim.records.change import Change

RETRY_EVERY = 15 * 60.0
GIVES_UP_AFTER = 24 * 3600.0
KEPT_FOR = 31 * 86_400.0
CATEGORIES = ("CONTACT", "INVOICE", "CREDITNOTE", "PREPAYMENT", "OVERPAYMENT", "PAYMENT")


class State(StrEnum):
    """UNVALIDATED until the intent-to-receive handshake passes; DISABLED after a day of failures."""

    UNVALIDATED = "UNVALIDATED"
    OK = "OK"
    RETRYING = "RETRYING"
    DISABLED = "DISABLED"


@dataclass(slots=True)
class Subscription:
    """One URL and key per app; every connected tenant's events arrive there."""

    client_id: str
    url: str
    key: str
    categories: list[str]
    state: State = State.UNVALIDATED
    sequence: int = 0
    """The number of the last event that was put into a payload."""
    held: deque[Change] = field(default_factory=deque)
    failing_since: float | None = None
    attempts: int = 0
    delivered: int = 0
    last_answer: str | None = None

    def hear(self, change: Change) -> bool:
        """Queue an event. Returns False if its category is not subscribed, or before the first passed handshake."""
        if change.category not in self.categories or self.state is State.UNVALIDATED:
            return False
        self.held.append(change)
        return True

    def drop_stale(self, now: float) -> None:
        """Drop the events that are older than 31 days."""
        while self.held and now - self.held[0].at_ms / 1000 > KEPT_FOR:
            self.held.popleft()

    def answered(self, count: int) -> None:
        """The receiver accepted `count` events."""
        self.state, self.failing_since, self.attempts = State.OK, None, 0
        self.delivered += count

    def failed(self, now: float) -> float | None:
        """When to send again: at once after the first failure, then every 15 minutes; None after a day of failures."""
        self.attempts += 1
        if self.failing_since is None:
            self.failing_since = now
        if now - self.failing_since >= GIVES_UP_AFTER:
            self.state = State.DISABLED
            return None
        self.state = State.RETRYING
        return now if self.attempts == 1 else now + RETRY_EVERY
