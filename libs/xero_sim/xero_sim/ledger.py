"""Every call that reached the simulator, and how many bytes each app read. Source: behaviour 80."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

KEPT_CALLS = 200_000


class Entry(NamedTuple):
    """One call. Bytes are those of bodies: `response_bytes` as they were sent, `plain_bytes` before gzip."""

    at: float
    app: str | None
    tenant: str | None
    method: str
    path: str
    status: int
    request_bytes: int
    response_bytes: int
    plain_bytes: int
    idempotency_key: str | None
    replayed: bool
    fault: str | None
    ms: float

    @property
    def is_accounting(self) -> bool:
        return "/api.xro/2.0/" in self.path.lower()


@dataclass(slots=True)
class Egress:
    """What one app read. Whether Xero counts bytes before or after gzip is unconfirmed, so both are counted."""

    sent: int = 0
    plain: int = 0
    calls: int = 0


@dataclass(slots=True)
class Ledger:
    """The latest calls, and counters over all of them."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    egress: dict[str, Egress] = field(default_factory=dict)
    calls: int = 0

    def add(self, entry: Entry) -> None:
        """Store a call. Reads of Organisation do not count as egress."""
        self.calls += 1
        self.entries.append(entry)
        if entry.app is None or not entry.is_accounting:
            return
        if entry.path.lower().split("?")[0].rstrip("/").endswith(("/organisation", "/organisations")):
            return
        counted = self.egress.setdefault(entry.app, Egress())
        counted.sent += entry.response_bytes
        counted.plain += entry.plain_bytes
        counted.calls += 1
