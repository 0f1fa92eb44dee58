"""How long a call may take, and how long its bytes may be sent again."""

from datetime import timedelta

from tieout_connector.xero.http import TIMEOUT

SEND_WITHIN = timedelta(seconds=3)
"""A call is sent this soon after the check of its lease, or not at all: the process may freeze in between."""
LONGEST_CALL = SEND_WITHIN + timedelta(seconds=TIMEOUT)
"""After this, no answer to a call can arrive."""
RESEND_WINDOW = timedelta(minutes=5)
"""Xero forgets an Idempotency-Key after 6 minutes. One minute is left for the slowest answer that we wait for."""
