"""What can go wrong, split by what to do about it.

TieoutError
├── RetryLater          a dependency is unavailable or a race was lost: the same work is tried again
│   └── Conflict        another member moved the position: reload it and seek
├── Stopped             consuming stops and an alert fires: a person must look
│   ├── PositionLost    the log no longer holds the position
│   └── TooManyParked   so many tenants are parked that the fault is ours
├── Refused             a request breaks a rule: the caller gets the reason, nothing is stored
│   ├── NotFound        no such record for this tenant
│   ├── Clash           it would duplicate or contradict existing data
│   └── NotNow          the same request may be made again later
└── (anything else)     a bug: the record becomes a dead letter, an alert fires
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any


class TieoutError(Exception):
    """The root of the kit's errors."""


class RetryLater(TieoutError):
    """The same work is to be tried again."""


class Conflict(RetryLater):
    """The stored position is not the one that this member last loaded or stored."""


class Stopped(TieoutError):
    """Consuming stops until a person has fixed the cause."""


class PositionLost(Stopped):
    """The position is outside the log, or missing; the message names topic and partition."""


class TooManyParked(Stopped):
    """So many tenants are parked that they cannot be the cause."""


class Refused(TieoutError):
    """A request that breaks a rule. The message names the rule and the way out; `details` is the same for programs."""

    status = 422
    headers: Mapping[str, str] | None = None

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


class NotFound(Refused):
    """No such record for this tenant."""

    status = 404


class Clash(Refused):
    """The request would duplicate or contradict existing data."""

    status = 409


class NotNow(Refused):
    """The same request may be made again at `until`; the message says why not now."""

    status = 503

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message, until=until.isoformat())
        self.headers = {"Retry-After": format_datetime(until.astimezone(UTC), usegmt=True)}
