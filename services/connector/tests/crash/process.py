"""The gateway under fire, wired as in production, with a clock that the test moves; forked from what is imported.

`python -m crash.process`: a line of JSON on stdin (the child's environment) starts a child; its pid is printed, and
its wait status when it is gone. One child at a time. An older or newer gateway needs nothing here but `app.at_xero`.
"""

import asyncio
import ctypes
import gc
import json
import os
import signal
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import httpx
import structlog

from tieout_connector.app import SERVICE, at_xero
from tieout_connector.config import ConnectorSettings
from tieout_connector.pacing.usage import Usage
from tieout_kit.postgres import database as postgres
from tieout_kit.postgres import notifications, stuck_sessions
from tieout_kit.postgres.database import Database
from tieout_kit.process.service import every
from tieout_local.ahead import Ahead

from .points import Points

PR_SET_PDEATHSIG = 1
ABANDONED = 2.0
"""Seconds after which Postgres, or a living process, ends what one that stands still holds there; about 60 in life."""


async def serve(place: Path) -> None:
    """Run the gateway until SIGTERM, with what the environment says."""
    env = os.environ
    sign = signal.Signals(int(env.get("CRASH_SIGNAL", signal.SIGKILL)))
    points = Points(env.get("CRASH_POINT"), int(env.get("CRASH_PASSAGE", "1")), sign, place.with_suffix(".passed"))
    points.instrument()
    ahead = Ahead(Path(env["CRASH_AHEAD"]))
    # All clocks of a machine go on while a process stands still, so the loop's own does too.
    ahead.move_monotonic()
    notifications.TICK, postgres._ABANDONED, stuck_sessions._SILENT = 0.05, ABANDONED, ABANDONED
    settings, now = ConnectorSettings(), ahead.now
    database = Database(settings.database_url, SERVICE, now)
    await database.open()
    async with httpx.AsyncClient(trust_env=False) as client:
        gateway, _ = at_xero(settings, database, client, Usage(now), now)
        running = asyncio.create_task(gateway.run())
        # As every service does.
        ending = asyncio.create_task(every(timedelta(seconds=1), lambda: stuck_sessions.end_silent(database)))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
        await asyncio.wait([running])
        ending.cancel()
        if not running.cancelled():
            running.result()
    await database.close()


def _live(env: dict[str, str]) -> None:
    """The child's whole life."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.environ.update(env)
    place = Path(env["CRASH_PLACE"])
    log = os.open(place.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    asyncio.run(serve(place))


def main() -> None:
    """Start a child for each line."""
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _live(json.loads(line))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    main()
