"""What can go wrong with Xero, split by what to do about it. Source: docs/xero.md 3.7.

XeroError
├── RetryAfter(after)         the call did nothing: make it again later (429, a refused connection, no call left)
├── OutcomeUnknown(answered)  the call was sent, without a usable answer: the same bytes again, or look up first (5xx)
│   └── TimedOut              no answer in time: a list is read in smaller pages
├── TokenExpired              401: refresh the token, and make the same call again
├── AccessRefused(why)        403 and other 401: the list of connections tells which of the next two it is
├── ConsentLost(why)          not connected any more, invalid_grant: the tenant waits until a person connects it again
├── NotPermitted(resource)    still connected: this resource is tried again later, everything else goes on
│   └── ScopeMissing          the consent does not cover it: a person must consent again
├── RefusedRequest(elements)  400, 404: split the request, or refuse its one record
│   └── NoSuchRecord          404 for a path that names a record
└── MalformedRequest          a request that Xero cannot understand: our bug, not a record's; it waits, with an alarm

responses.py decides which answer is which error. No error's text holds a token or a bank detail: redaction.py.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from tieout_connector.xero.limits import Limits
from tieout_schemas.reasons import Reason

TOO_MANY = "too many calls"
"""The reason that is shown for a 429, everywhere. Xero asks to wait, and nobody can shorten it."""


class XeroError(Exception):
    """The root of the errors of calls to Xero."""

    limits = Limits()
    """Xero's limits, from the answer's headers."""
    received = 0
    """Bytes of the answer's body. Xero charges for them, also when a call fails."""
    status: int | None = None
    """The status of the answer; None: there was no answer."""


class RetryAfter(XeroError):
    """The call did nothing, and may be made again later."""

    def __init__(self, reason: str, after: timedelta, *, exact: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.exact = exact
        """Xero named the wait (429), so no back-off makes it longer."""


class OutcomeUnknown(XeroError):
    """It is not known whether the call did anything."""

    def __init__(self, reason: str, *, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered
        """Xero answered 5xx, and may have cached that answer with our Idempotency-Key: look up before sending again."""


class TimedOut(OutcomeUnknown):
    """Xero gave no whole answer in the time that such a call may take."""


class TokenExpired(XeroError):
    """The access token expired."""


class ConsentLostReason(StrEnum):
    """Why a tenant's connection is lost, in a bookkeeper's words."""

    NOT_CONNECTED = "it was disconnected in Xero, or who connected it lost access there (403)"
    SCOPE_MISSING = "the consent covers less than is needed now (401)"
    TOKEN_UNKNOWN = "Xero does not know our access token (401)"  # noqa: S105 - no password
    CONSENT_ENDED = "the consent ended (invalid_grant)"
    TOKENS_GONE = "our tokens are gone"


class AccessRefused(XeroError):
    """Xero refuses the call. The consent is lost, or the person who consented has no right to this resource: only the
    list of connections tells (F13). `why`: the reason if the consent is lost."""

    def __init__(self, why: ConsentLostReason) -> None:
        super().__init__(str(why))
        self.why = why


class NotPermitted(XeroError):
    """The organisation is connected, but the person who connected it has no right to this resource."""

    reason = Reason.NOT_PERMITTED_IN_XERO

    def __init__(self, resource: str) -> None:
        self.resource = resource.partition("/")[0]
        super().__init__(f"the person who connected is not permitted to use {self.resource}")


class ScopeMissing(NotPermitted):
    """The organisation is connected, but the consent does not cover this resource."""

    reason = Reason.SCOPE_MISSING_IN_XERO

    def __init__(self, resource: str) -> None:
        super().__init__(resource)
        self.args = (f"the consent does not cover {self.resource}",)


class ConsentLost(XeroError):
    """Xero refuses every call for this tenant until a person connects it again."""

    def __init__(self, why: ConsentLostReason) -> None:
        super().__init__(str(why))
        self.why = why


class RefusedRequest(XeroError):
    """Xero refused the whole request. `elements`: Xero's messages about each element that it names."""

    def __init__(self, elements: Iterable[tuple[str, ...]]) -> None:
        self.elements = tuple(elements)
        super().__init__("; ".join(self.messages))

    @property
    def messages(self) -> tuple[str, ...]:
        """All messages."""
        return tuple(message for element in self.elements for message in element)


class NoSuchRecord(RefusedRequest):
    """Xero does not know a record that the request names. A 404 for a list is no such answer: it is a malformed request
    (F14)."""


class MalformedRequest(XeroError):
    """Xero does not understand the request, so repeating it is useless: a bug of ours."""
