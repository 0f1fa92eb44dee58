"""What the gateway does about each trouble: one table, for the code and for docs/gateway.md. Nothing sleeps: waiting is
a stored time of the one tenant."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tieout_connector.gateway.leases import LeaseLost
from tieout_connector.pacing import AppIsBusy, wait_after
from tieout_connector.xero.errors import Again, ConsentLost, OurBug, Unknown
from tieout_kit.errors import RetryLater

AFTER_A_BUG = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A trouble, how it shows, and what is done about it."""

    trouble: str
    shows: str
    reaction: str
    error: type[Exception] | None = None
    """What ends a tenant's calls for now. None: the writer or the caller deals with it, and calls go on."""
    wait: Callable[[Exception, int], timedelta] = lambda _, __: timedelta()
    """How long its calls wait then, by the error and the failures in a row, this one included."""
    fails: bool = False
    """It counts as one of the failures in a row."""


def _named(error: Exception, failures: int) -> timedelta:
    after = _exactly(error, failures)
    return after if isinstance(error, Again) and error.exact else max(after, wait_after(failures))


def _exactly(error: Exception, _: int) -> timedelta:
    return error.after if isinstance(error, Again) else timedelta()


REACTIONS = (
    Reaction(
        "a minute's or a day's calls are used",
        "no call left by our own count; or 429 `minute`, `day`",
        "the tenant waits until a call is free, or as long as Retry-After says; intents stay in the queue",
    ),
    Reaction(
        "five calls at once", "no place left by our own count; or 429 `concurrent`",
        "the next call waits for one to come back; after a 429 a second",
    ),
    Reaction(
        "the app's calls a minute are used", "no grant left; or 429 `appminute`",
        "the tenant whose call it was waits, until another grant may be had; the app's own count keeps the others back",
        AppIsBusy, _exactly,
    ),
    Reaction("the access token ran out", "401 `TokenExpired`", "refreshed under its lock, and the call made anew"),
    Reaction(
        "the consent does not do",
        "401 `AuthorizationUnsuccessful` or another 401, 403, `invalid_grant`",
        "the connection is lost: the tenant's calls wait for a person to connect again, at no cost, and say why",
        ConsentLost,
    ),
    Reaction(
        "the call did nothing", "a refused connection, 429, an expired token; a reading before a write "
        "that crosses newer ones again and again",
        "its intents are queued again; the tenant waits as long as Xero says, else twice as long each time, up to 5 "
        "minutes",
        Again, _named, fails=True,
    ),
    Reaction(
        "no good answer", "5xx, a timeout, a cut body, HTML for JSON",
        "the call stays stored: the same bytes within 5 minutes of the first, after a 5xx or later a look-up first; "
        "the tenant waits 2 s, then twice as long each time up to 5 minutes",
        Unknown, lambda _, failures: wait_after(failures), fails=True,
    ),
    Reaction(
        "an element is refused", "200 with ValidationErrors",
        "its intent alone is refused, in Xero's words; one that ends what somebody else ended first counts as done",
    ),
    Reaction(
        "a call is refused as a whole", "400, 404",
        "what it may have done is looked up, the rest goes in halves, until one alone is refused",
    ),
    Reaction(
        "a call that Xero cannot understand", "400 QueryParse, NoDataProcessed, other 4xx, 501",
        "our bug: the tenant waits 5 minutes, the log says so as an error; no record is at fault",
        OurBug, lambda _, __: AFTER_A_BUG,
    ),
    Reaction(
        "the lease is gone", "another owner's epoch, too little of it left to send, or a database that was restored",
        "all is dropped; the successor goes on, or this process once it has renewed the lease", LeaseLost,
    ),
    Reaction(
        "Postgres is away", "no connection, a race lost", "looked at again within seconds",
        RetryLater, lambda _, failures: wait_after(failures), fails=True,
    ),
    Reaction(
        "anything else", "an exception nobody expected", "a bug: the tenant waits 5 minutes, its neighbours go on",
        Exception, lambda _, __: AFTER_A_BUG,
    ),
)  # fmt: skip


def reaction_to(error: Exception) -> Reaction:
    """The first row that the error is one of."""
    return next(row for row in REACTIONS if row.error is not None and isinstance(error, row.error))
