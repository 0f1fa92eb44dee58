"""What can go wrong, split by what to do about it.

TieoutError
├── RetryLater          a dependency is away or a race was lost: the same work is done again
│   └── Conflict        another member moved the position: reload it and seek
├── Stopped             consuming stops and the alarm rings, never a guess
│   ├── PositionLost    the log no longer holds the position
│   └── TooManyParked   so many tenants are in trouble that the trouble is ours
├── Refused             a request breaks a rule: said to the caller, nothing is stored
│   ├── NotFound        no such record for this tenant
│   ├── Clash           it would double or contradict what is there
│   └── NotNow          it may be asked for again at a moment
└── (anything else)     a bug: the record goes to the dead letters, the alarm rings
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any


class TieoutError(Exception):
    """The root of the kit's errors."""


class RetryLater(TieoutError):
    """The same work is done again."""


class Conflict(RetryLater):
    """The stored position is not the one this member last loaded or wrote."""


class Stopped(TieoutError):
    """Consuming stops until a person has looked."""


class PositionLost(Stopped):
    """The position is outside the log; names topic, partition and position."""


class TooManyParked(Stopped):
    """So many tenants are parked that it cannot be their doing."""


class Refused(TieoutError):
    """A request that breaks a rule; the message says which and the way out, `details` the same for a program."""

    status = 422
    headers: Mapping[str, str] | None = None

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.details = details


class NotFound(Refused):
    """No such record for this tenant."""

    status = 404


class Clash(Refused):
    """It would double or contradict what is there."""

    status = 409


class NotNow(Refused):
    """It may be asked for again at a moment; the message says why not now."""

    status = 503

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message, until=until.isoformat())
        self.headers = {"Retry-After": format_datetime(until.astimezone(UTC), usegmt=True)}
