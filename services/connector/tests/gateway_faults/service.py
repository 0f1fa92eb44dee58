"""The gateway under test, wired as in production, with a clock that the test moves.

An older or newer gateway needs nothing here but `app.xero_side` and its `Timing`.
"""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import httpx

from tieout_connector.app import SERVICE, xero_side
from tieout_connector.config import ConnectorSettings
from tieout_connector.pacing.timing import Timing
from tieout_connector.pacing.usage import Usage
from tieout_kit.postgres.database import Database, Timeouts
from tieout_kit.postgres.stuck_sessions import terminate_stuck_sessions
from tieout_kit.process.every import every
from tieout_testing.faults import KillPoint
from tieout_testing.shared_clock import SharedClock

from .points import Points

ABANDONED = 2.0
"""Seconds after which Postgres, or a living process, ends what one that stands still holds there; about 60 in life."""


async def serve(path: Path) -> None:
    """Run the gateway until SIGTERM, with what the environment says."""
    env = os.environ
    points = Points(KillPoint.of(env), path.with_suffix(".passed"))
    points.instrument()
    ahead = SharedClock(Path(env["FAULT_AHEAD"]))
    # All clocks of a machine go on while a process stands still, so the loop's own does too.
    ahead.move_monotonic()
    settings, now = ConnectorSettings(), ahead.now
    timeouts = Timeouts(idle_transaction_s=ABANDONED)
    database = Database(settings.database_url, SERVICE, now, timeouts=timeouts)
    await database.open()
    async with httpx.AsyncClient(trust_env=False) as client:
        gateway, _ = xero_side(settings, database, client, Usage(now), now, Timing(look_every_s=0.05))
        running = asyncio.create_task(gateway.run())
        # As every service does.
        ending = asyncio.create_task(every(timedelta(seconds=1), lambda: terminate_stuck_sessions(database, ABANDONED)))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        await asyncio.wait([running])
        ending.cancel()
        if not running.cancelled():
            running.result()
    await database.close()
