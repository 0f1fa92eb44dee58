"""What the gateway does about each trouble: one table, for the code and for docs/gateway.md.

Waiting is a stored moment of one tenant: no code sleeps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tieout_connector.gateway.leases import LeaseLost
from tieout_connector.pacing import TIMING, AppIsBusy, Timing
from tieout_connector.xero.errors import ConsentLost, MalformedRequest, OutcomeUnknown, RetryAfter
from tieout_kit.errors import RetryLater

LONGEST_BACKOFF = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Reaction:
    """A trouble, how it shows, and what the gateway does about it."""

    trouble: str
    shows: str
    reaction: str
    error: type[Exception] | None = None
    """The error that ends a tenant's calls for now. None: the writer or the caller handles it, and calls continue."""
    wait: Callable[[Exception, int, Timing], timedelta] = lambda *_: timedelta()
    """How long its calls wait, by the error and the number of failures in a row, including this one."""
    fails: bool = False
    """It counts as a failure in a row."""


def backoff(failures: int, timing: Timing = TIMING) -> timedelta:
    """`timing.first_backoff` after the first failure in a row, twice as long after each further one, at most 5 minutes;
    0 after none."""
    # The exponent is limited, because a larger one would only overflow.
    return min(timing.first_backoff * 2 ** min(failures - 1, 20), LONGEST_BACKOFF) if failures else timedelta()


def _at_least_as_named(error: Exception, failures: int, timing: Timing) -> timedelta:
    after = _as_named(error, failures, timing)
    return after if isinstance(error, RetryAfter) and error.exact else max(after, backoff(failures, timing))


def _as_named(error: Exception, *_: object) -> timedelta:
    return error.after if isinstance(error, RetryAfter) else timedelta()


REACTIONS = (
    Reaction(
        "a minute's or a day's calls are used",
        "our own count reaches the limit; or 429 `minute`, `day`",
        "the tenant waits until a call is free, or as long as Retry-After says; intents stay queued",
    ),
    Reaction(
        "five calls at once", "our own count reaches the limit; or 429 `concurrent`",
        "the next call waits until one is answered; after a 429 for a second",
    ),
    Reaction(
        "the app's calls of this minute are used", "no grant left; or 429 `appminute`",
        "the tenant of the call waits until the next grant; the app's budget holds the others back",
        AppIsBusy, _as_named,
    ),
    Reaction("the access token expired", "401 `TokenExpired`", "refreshed under its lock, and the call made again"),
    Reaction(
        "the consent is not sufficient",
        "`invalid_grant`; or 403 or another 401, and the organisation is not among the connections any more",
        "the connection is lost: the tenant's calls wait until a person connects it again, and show why",
        ConsentLost,
    ),
    Reaction(
        "the person who connected has no right to this", "403 or another 401 than `TokenExpired`, and the organisation "
        "is still among the connections",
        "a problem of the tenant; this list, these reads or writes of this batch are tried again after an hour, and "
        "when somebody connects again; everything else goes on",
    ),
    Reaction(
        "the consent does not cover this", "its token lacks the scope of a read; or the same for a write",
        "a problem of the tenant that says so; a read costs no call until somebody consents again, a write is tried "
        "again after an hour; everything else goes on",
    ),
    Reaction(
        "a list cannot be read to its end", "Xero refuses it, or shows fewer rows than it counts",
        "a problem of the tenant; the list is read again later, the other lists go on",
    ),
    Reaction(
        "a page takes too long", "no whole answer to a list in 45 s",
        "pages half as large from then on, down to 100 rows; smaller ones count as no good answer",
    ),
    Reaction(
        "a record cannot be read", "a field is missing, or has a value that is not documented",
        "a problem that names record and field; the other records come in, and it closes once the record can be read",
    ),
    Reaction(
        "a record that a webhook named is not there", "an empty list, or 404",
        "it is asked for again after 5 s, 30 s and 2 min, apart from the others; then it is left to the polls",
    ),
    Reaction(
        "the call did nothing", "a refused connection, 429, an expired token; the fresh read before a write "
        "is older than stored snapshots again and again",
        "its intents are queued again; the tenant waits as long as Xero says, otherwise 2 s, then twice as long each "
        "time, up to 5 minutes",
        RetryAfter, _at_least_as_named, fails=True,
    ),
    Reaction(
        "no good answer", "5xx, a timeout, a cut body, HTML for JSON",
        "the call stays stored: within 5 minutes of the first send its bytes are sent again; later, or after a 5xx, "
        "it is looked up first; the tenant waits 2 s, then twice as long each time, up to 5 minutes",
        OutcomeUnknown, lambda _, failures, timing: backoff(failures, timing), fails=True,
    ),
    Reaction(
        "an answer that does not fit its call", "an element without an id of its own, with a mark that is not ours, "
        "left out, or with “An error occurred in Xero”",
        "the other elements count; the intents of these are looked up, and sent again if nothing is found",
    ),
    Reaction(
        "a call fails again and again, and others do not", "its look-ups are answered, and another write is done",
        "the tenant's other calls go on; after 3 failures its intents are sent in halves, until the one at fault is "
        "alone: it rests 2 s, then twice as long each time, up to an hour, and is reported as a problem",
    ),
    Reaction(
        "a payment that may be there", "a look-up finds its bill, amount and date, with another reference",
        "it is refused with that reason, so that a person decides; a retry makes it",
    ),
    Reaction(
        "an element is refused", "200 with ValidationErrors",
        "only its intent is refused, in Xero's words; a void or deletion that somebody else has made counts as done",
    ),
    Reaction(
        "a call is refused as a whole", "400, 404 for a record",
        "what it did is looked up; the rest is sent in halves, until a single intent is refused",
    ),
    Reaction(
        "a call that Xero cannot understand", "400 QueryParse, NoDataProcessed, 404 for a list, other 4xx, 501",
        "our bug: the tenant waits 5 minutes, and an error is logged; no record is at fault",
        MalformedRequest, lambda _, __, timing: timing.after_a_bug,
    ),
    Reaction(
        "the lease is lost", "another owner's epoch, too little time left to send, or a restored database",
        "the work is dropped; the next owner continues, or this process once it has renewed the lease", LeaseLost,
    ),
    Reaction(
        "Postgres is unavailable", "no connection, or a lost race", "retried within seconds",
        RetryLater, lambda _, failures, timing: backoff(failures, timing), fails=True,
    ),
    Reaction(
        "anything else", "an unexpected exception", "a bug: the tenant waits 5 minutes, other tenants continue",
        Exception, lambda _, __, timing: timing.after_a_bug,
    ),
)  # fmt: skip


def reaction_to(error: Exception) -> Reaction:
    """The first row whose error this is."""
    return next(row for row in REACTIONS if row.error is not None and isinstance(error, row.error))
