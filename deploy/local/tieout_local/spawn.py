"""One thread starts every child process.

Linux ties a child to the *thread* that forked it: a child of a pool's thread would be killed when that thread ends. So
one thread, which lives as long as this process, starts all children.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tieout_local import die_with_parent


@dataclass(frozen=True)
class User:
    """The user that a child runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """A program to run. Its output is appended to `log`."""

    name: str
    argv: Sequence[str | Path]
    log: Path
    cwd: Path
    env: Mapping[str, str] | None = None
    user: User | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    # Sent by the kernel when this process dies without stopping the child.
    orphan_signal: signal.Signals = signal.SIGKILL
    # Seconds between the stop signal and SIGKILL.
    grace: float = 10.0


_Job = tuple[Command, "Future[subprocess.Popen[bytes]]"]


class _Spawner:
    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def spawn(self, command: Command) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="spawner", daemon=True)
                self._thread.start()
        future: Future[subprocess.Popen[bytes]] = Future()
        self._jobs.put((command, future))
        return future.result()

    def _work(self) -> None:
        while True:
            command, future = self._jobs.get()
            try:
                future.set_result(_popen(command))
            except BaseException as error:
                future.set_exception(error)


def _popen(command: Command) -> "subprocess.Popen[bytes]":
    program, *rest = (str(part) for part in command.argv)
    user = command.user or User(-1, -1)
    tie = [str(os.getpid()), str(int(command.orphan_signal)), str(user.uid), str(user.gid)]
    argv = [sys.executable, "-I", "-S", die_with_parent.__file__, *tie, shutil.which(program) or program, *rest]
    command.log.parent.mkdir(parents=True, exist_ok=True)
    with command.log.open("ab") as log:
        return subprocess.Popen(
            argv,
            cwd=command.cwd,
            env=None if command.env is None else dict(command.env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Its own session: Ctrl-C reaches only this process, which then stops the children in order.
            start_new_session=True,
        )


spawn = _Spawner().spawn
