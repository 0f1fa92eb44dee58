"""When a tenant's sync status is told anew (CONN-7): not with each poll. Pure."""

from datetime import datetime, timedelta
from uuid import UUID

from tieout_schemas.runs import SyncStatus

TOLD_EVERY = timedelta(minutes=15)
"""While only polls end."""


def is_worth_telling(told: SyncStatus | None, told_at: datetime | None, job_id: UUID | None, now: datetime) -> bool:
    """Whether the status is published: a run that people may watch has begun or ended, or the last time is long ago.

    `job_id`: the id of such a run under way.
    """
    return told is None or told_at is None or told.job_id != job_id or now - told_at >= TOLD_EVERY
