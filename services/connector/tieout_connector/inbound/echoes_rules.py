"""Whether the stored state of a record shows the change that a webhook announces already. Pure.

An event names a moment of Xero's clock, and a record shows UpdatedDateUTC, the moment of its last change. Only whole
records are stored, so a state includes every change up to that moment. See docs/adr/0022-echoes-cost-no-call.md.
"""

from datetime import datetime, timedelta

APART = timedelta(seconds=1)
"""An event may be dated this much before its change. Only an event of exactly the state's moment is surely of it."""


def changed_by(event_at: datetime) -> datetime:
    """The latest moment at which the change was made. Without milliseconds, it may be any moment of that second."""
    return event_at if event_at.microsecond else event_at + APART


def is_shown(changed_by: datetime, shown_at: datetime | None) -> bool:
    """Whether a state shows a change. `shown_at`: the state's UpdatedDateUTC; None: no state is stored."""
    return shown_at is not None and (changed_by == shown_at or changed_by <= shown_at - APART)
