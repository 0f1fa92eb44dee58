"""How long a call may be under way, and how long it may be sent again."""

from datetime import timedelta

from tieout_connector.xero.http import TIMEOUT

LEAVE_WITHIN = timedelta(seconds=3)
"""A call leaves this soon after its lease was checked, or not at all: a process may stand still in between."""
CALL = LEAVE_WITHIN + timedelta(seconds=TIMEOUT)
"""The longest that a call may be under way."""
RESEND_WINDOW = timedelta(minutes=5)
"""Xero forgets keys after 6 minutes; a minute is left for the slowest answer we wait for."""
