"""What can go wrong, split by what to do about it.

TieoutError
├── RetryLater          a dependency is away or a race was lost: the same work is done again
│   └── Conflict        another member moved the position: reload it and seek
├── PositionLost        the log no longer holds the position: stop and alarm, never guess
├── Refused             a request breaks a rule: said to the caller, nothing is stored
│   ├── NotFound        no such record for this tenant
│   └── Clash           it would double or contradict what is there
└── (anything else)     a bug: the record goes to the dead letters, the alarm rings
"""


class TieoutError(Exception):
    """The root of the kit's errors."""


class RetryLater(TieoutError):
    """The same work is done again."""


class Conflict(RetryLater):
    """The stored position is not the one this member last loaded or wrote."""


class PositionLost(TieoutError):
    """The position is outside the log; names topic, partition and position."""


class Refused(TieoutError):
    """A request that breaks a rule; the message says which and the way out."""

    status = 422


class NotFound(Refused):
    """No such record for this tenant."""

    status = 404


class Clash(Refused):
    """It would double or contradict what is there."""

    status = 409
