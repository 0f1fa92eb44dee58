"""When a tenant's sync status is told anew (CONN-7): not with each poll. Pure."""

from datetime import datetime, timedelta

from tieout_schemas.runs import SyncStatus

TOLD_EVERY = timedelta(minutes=15)
"""While only polls end."""


def is_worth_telling(told: SyncStatus | None, told_at: datetime | None, status: SyncStatus, now: datetime) -> bool:
    """Whether a status is published: a run that a person may watch has begun or ended, or the last time is long ago."""
    if told is None or told_at is None:
        return True
    return (told.running, told.job_id) != (status.running, status.job_id) or now - told_at >= TOLD_EVERY
