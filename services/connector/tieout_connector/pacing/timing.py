"""How long a call may take, how long its bytes may be sent again, and how often the gateway does what."""

from dataclasses import dataclass
from datetime import timedelta

from tieout_connector.xero.http import TIMEOUT

SEND_WITHIN = timedelta(seconds=3)
"""A call is sent this soon after the check of its lease, or not at all: the process may freeze in between."""
LONGEST_CALL = SEND_WITHIN + timedelta(seconds=TIMEOUT)
"""After this, no answer to a call can arrive."""
RESEND_WINDOW = timedelta(minutes=5)
"""Xero forgets an Idempotency-Key after 6 minutes. One minute is left for the slowest answer that we wait for."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How often the gateway does what, and how much at once. Nobody needs to configure it; tests pass other values."""

    renew_every: timedelta = timedelta(seconds=2)
    """Leases last five times as long, so that a slow renewal loses none."""
    tidy_every: timedelta = timedelta(seconds=30)
    """Between two searches for tenants that nobody scheduled, and for intents and usage past their retention."""
    look_every_s: float = 1.0
    """Seconds after which work is looked for when Postgres sends no notification."""
    first_backoff: timedelta = timedelta(seconds=2)
    """How long a tenant's calls wait after the first failure in a row."""
    send_again_after: timedelta = timedelta(seconds=5)
    """A call without a good answer is sent again, or looked up, after this."""
    look_up_again_after: timedelta = timedelta(minutes=1)
    """Between the look-ups of a call, so that a look-up that always fails does not stop the tenant's other calls."""
    read_echo_after: timedelta = timedelta(seconds=5)
    """An echo comes before its write's answer only if that answer was lost, and a lost call is retried no sooner."""
    read_resting_after: timedelta = timedelta(minutes=1)
    """A record that a write which rests may have changed is read again after this: a rest may last an hour."""
    named_again_after: tuple[timedelta, ...] = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
    """How long after each read that did not show it a record is read again that a webhook named (F12)."""
    list_again_after: timedelta = timedelta(minutes=5)
    """After a list that shows fewer rows than it counts."""
    refused_list_again_after: timedelta = timedelta(minutes=30)
    """After a list whose request Xero refuses: a person must look."""
    permission_again_after: timedelta = timedelta(hours=1)
    """After Xero did not permit something: somebody may have given the right meanwhile."""
    after_a_bug: timedelta = timedelta(minutes=5)
    """How long a tenant's calls wait after a bug of ours."""
    call_bytes: int = 3_000_000
    """Bytes in a call's body. Xero's limit is 3.5 MB."""
    rows_deleted: int = 1000
    """Rows of usage deleted in one transaction, so that it stays short."""


TIMING = Timing()
