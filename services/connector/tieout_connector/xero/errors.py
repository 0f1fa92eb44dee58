"""What can go wrong with Xero, split by what to do about it. Source: xero-api.md 3.7.

XeroError
├── Again(after)          the call did nothing: 429, a refused connection, no call left; made again later
├── Unknown               sent, no good answer: the same bytes again, or look up first (5xx)
├── TokenExpired          401: refresh, and make the same call again
├── ConsentLost(reason)   403, 401 for scope, invalid_grant: the tenant waits for a person to connect again
├── RefusedRequest        400, 404, another 4xx for the whole request: split it, or refuse its one record
└── (anything else)       a bug: the call is parked, the alarm rings
"""

from datetime import timedelta


class XeroError(Exception):
    """The root of what can go wrong with Xero."""


class Again(XeroError):
    """The call did nothing and may be made again after a while."""

    def __init__(self, reason: str, after: timedelta, *, parks: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.parks = parks
        """The whole tenant waits, not only this call (429)."""


class Unknown(XeroError):
    """Whether the call did anything is not known."""

    def __init__(self, reason: str, *, answered: bool) -> None:
        super().__init__(reason)
        self.answered = answered
        """Xero answered 5xx, and may have cached that answer with our key: look up before sending again."""


class TokenExpired(XeroError):
    """The access token ran out."""


class ConsentLost(XeroError):
    """Nothing works for this tenant until a person connects it again."""


class RefusedRequest(XeroError):
    """Xero refused the request as a whole; `messages` are its words."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages
