"""Periodic work."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from tieout_kit.errors import RetryLater
from tieout_kit.postgres import UNAVAILABLE

Job = Callable[[], Awaitable[object]]

log = structlog.get_logger(__name__)


async def every(period: timedelta, work: Job) -> None:
    """Do the work periodically until cancelled. If a dependency is unavailable, the work is tried again next time."""
    while True:
        try:
            await work()
        except (RetryLater, *UNAVAILABLE) as error:
            log.warning("periodic work failed", work=getattr(work, "__qualname__", "?"), error=str(error))
        await asyncio.sleep(period.total_seconds())
