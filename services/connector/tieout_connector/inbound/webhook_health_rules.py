"""When Xero's webhooks are silent: changes are known that no event announced, and no event came after them. Pure.

A subscription belongs to the app, so an event for any tenant shows that its category works. Xero repeats a failed
delivery every 15 minutes (docs/xero.md 5.2): a late event is no silence. A category may not be subscribed at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = timedelta(minutes=45)
"""After the last of the changes that are ENOUGH. Three deliveries may fail in this time."""
ENOUGH = 2
"""Unannounced changes of one tenant. One event may be lost; of two in a row without one in between, none came."""
RECENT = timedelta(minutes=35)
"""Older changes that a poll finds prove nothing: they may be from before a reconnect, when Xero sent no events."""
SKEW = timedelta(minutes=1)
"""Xero's clock may be so much ahead of ours."""
ECHOED = frozenset({"CONTACT", "INVOICE"})
"""Categories in which our own writes must cause events. That payments do is not certain (docs/xero.md 5.1)."""


@dataclass(frozen=True, slots=True)
class CategoryHealth:
    """What is known of a webhook category, over all tenants."""

    name: str
    last_event_at: datetime | None = None
    """When its latest event came; None: never."""
    echoes_since: datetime | None = None
    """When one tenant had enough writes of ours since its latest event."""
    found_since: datetime | None = None
    """When one tenant had enough changes since its latest event that polls found."""
    silent_since: datetime | None = None
    """Since when it is stored as silent; None: it is not."""


def silent_since(category: CategoryHealth, now: datetime) -> datetime | None:
    """Since when Xero's events of this category stay away; None: they do not. A silence ends with an event."""
    if category.silent_since and not _event_since(category, category.silent_since):
        return category.silent_since
    # What was never announced may not be subscribed. Then only our own writes tell that it should be.
    found = category.found_since if category.last_event_at else None
    since = min((at for at in (category.echoes_since, found) if at), default=None)
    if since is None or _event_since(category, since) or now - since < GRACE:
        return None
    return since


def must_be_announced(changed_at: Sequence[datetime], now: datetime) -> list[datetime]:
    """Of the changes that a poll found, those that an event must have announced: our time at which it may have come."""
    return [at - SKEW for at in changed_at if now - at <= RECENT]


def _event_since(category: CategoryHealth, at: datetime) -> bool:
    return category.last_event_at is not None and category.last_event_at >= at
