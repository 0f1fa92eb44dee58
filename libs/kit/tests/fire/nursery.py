"""Forks the service under fire from a process that has imported everything: a restart takes milliseconds.

`python -m fire.nursery`: a line of JSON on stdin (the child's environment) starts a child; its pid is printed, and its
wait status when it is gone. One child at a time.
"""

import asyncio
import ctypes
import gc
import json
import os
import signal
import sys
import traceback
from pathlib import Path

import structlog

from .service import serve

PR_SET_PDEATHSIG = 1


def _live(env: dict[str, str]) -> None:
    """The child's whole life."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.environ.update(env)
    log = os.open(Path(env["FIRE_SOCKET"]).with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    asyncio.run(serve())


def main() -> None:
    """Start a child for each line."""
    # The default shows the locals of every frame, which takes longer than all the rest.
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
