"""Forks a process under test from one that has imported everything: a restart takes milliseconds.

`python -m tieout_testing.faults.fork_server MODULE`: the module has `async def serve(path: Path) -> None`. A line of
JSON on stdin (the child's environment) starts a child. Its pid is printed, and its wait status once it has ended. One
child at a time.
"""

import asyncio
import ctypes
import gc
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from tieout_testing.faults.kill_points import PATH

_PR_SET_PDEATHSIG = 1


def _live(serve: Callable[[Path], Awaitable[None]], env: dict[str, str]) -> None:
    """The child's whole life."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.environ.update(env)
    path = Path(env[PATH])
    log = os.open(path.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)

    async def main() -> None:
        await serve(path)

    asyncio.run(main())


def main(module: str) -> None:
    """Start a child for each line."""
    # By default structlog shows the locals of every frame, which takes longer than all the rest.
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])
    serve = importlib.import_module(module).serve
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                _live(serve, json.loads(line))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
