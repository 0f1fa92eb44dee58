"""Runs tasks in forked processes, two at a time. A task that loops forever ends after some time."""

import contextlib
import json
import os
import resource
import select
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

AT_ONCE = 2
_SECONDS_ELAPSED = 600.0
_MOST_MEMORY = 6 * 2**30
Task = tuple[Any, Callable[[], Any], float]
"""A name, what is done, whose answer can be JSON, and the seconds of CPU after which it is ended."""
DIED = object()
"""The answer of a task that was ended, or whose process died."""


def answers(tasks: Iterable[Task]) -> Iterator[tuple[Any, Any]]:
    """Each task's name with its answer, as they come. Tasks are taken only when they can start."""
    waiting = iter(tasks)
    running: dict[int, tuple[Any, int]] = {}
    while True:
        while len(running) < AT_ONCE and (task := next(waiting, None)):
            name, do, seconds = task
            reading, pid = _start(do, seconds)
            running[reading] = (name, pid)
        if not running:
            return
        for reading in select.select(list(running), [], [])[0]:
            name, pid = running.pop(reading)
            with os.fdopen(reading, "rb") as pipe:
                said = pipe.read()
            os.waitpid(pid, 0)
            yield name, json.loads(said) if said else DIED


def _start(do: Callable[[], Any], seconds: float) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return reading, pid
    # Whatever happens in the child, it does not go on with the parent's work.
    with contextlib.suppress(BaseException):
        os.close(reading)
        _be_quiet()
        # In CPU time, since other work may keep the machine busy.
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        signal.setitimer(signal.ITIMER_REAL, _SECONDS_ELAPSED)
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        said = json.dumps(do()).encode()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(said)
    os._exit(0)


def _be_quiet() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
