"""What can go wrong with Xero, split by what to do about it. Source: xero-api.md 3.7.

XeroError
├── Again(after)              retry later: the call did nothing (429, a refused connection, no call left)
├── Unknown(answered)         sent, no good answer: the same bytes again, or look up first (5xx)
├── TokenExpired              401: refresh, and make the same call again
├── ConsentLost(why)          403, 401 for scope, invalid_grant: the tenant is parked until a person connects again
├── RefusedRequest(elements)  400, 404: split it, or refuse its one record
└── OurBug                    a call that Xero cannot understand: no record is at fault; it waits, the alarm rings

Which answer is which: responses.py. The text of none holds a token or a bank detail: redaction.py.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from tieout_connector.xero.limits import Limits


class XeroError(Exception):
    """The root of what can go wrong with Xero."""

    limits = Limits()
    """What the answer said of Xero's limits."""
    received = 0
    """Bytes of body that came over the wire all the same: Xero charges for them."""


class Again(XeroError):
    """The call did nothing and may be made again after a while."""

    def __init__(self, reason: str, after: timedelta, *, exact: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.exact = exact
        """Xero named the wait (429): no back-off makes it longer."""


class Unknown(XeroError):
    """Whether the call did anything is not known."""

    def __init__(self, reason: str, *, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered
        """Xero answered 5xx, and may have cached that answer with our key: look up before sending again."""


class TokenExpired(XeroError):
    """The access token ran out."""


class Lost(StrEnum):
    """Why nothing works for a tenant any more, in a bookkeeper's words."""

    NOT_CONNECTED = "it was disconnected in Xero, or who connected it lost access there (403)"
    SCOPE_MISSING = "the consent covers less than is needed now (401)"
    TOKEN_UNKNOWN = "Xero does not know our access token (401)"  # noqa: S105 - no password
    CONSENT_ENDED = "the consent ended (invalid_grant)"
    TOKENS_GONE = "our tokens are gone"


class ConsentLost(XeroError):
    """Nothing works for this tenant until a person connects it again."""

    def __init__(self, why: Lost) -> None:
        super().__init__(str(why))
        self.why = why


class RefusedRequest(XeroError):
    """Xero refused the request as a whole; `elements` are its words about each element that it names."""

    def __init__(self, elements: Iterable[tuple[str, ...]]) -> None:
        self.elements = tuple(elements)
        super().__init__("; ".join(self.messages))

    @property
    def messages(self) -> tuple[str, ...]:
        """All its words."""
        return tuple(message for element in self.elements for message in element)


class OurBug(XeroError):
    """We called Xero in a way it does not understand: the next call like it will fare no better."""
