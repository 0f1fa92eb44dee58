"""Child processes: each has a log; they are watched, stopped in reverse order, and never left behind.

All functions block; a coroutine calls them with `asyncio.to_thread`.
"""

import atexit
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable

from tieout_local.errors import ChildFailed, Died, LocalError, NotReady
from tieout_local.spawn import Command, spawn
from tieout_local.waiting import POLL_SECONDS


class Child:
    """One process. An end by `kill` or `stop` is not reported as an unexpected death."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._log_start = command.log.stat().st_size if command.log.exists() else 0
        self._ended_on_purpose = False
        self._process = spawn(command)

    @property
    def name(self) -> str:
        """Its name in messages."""
        return self.command.name

    @property
    def pid(self) -> int:
        """Its process id; also the id of its session and process group."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet; a frozen process counts as running."""
        return self._process.poll() is None

    @property
    def died(self) -> bool:
        """Whether it ended unexpectedly."""
        return not self.running and not self._ended_on_purpose

    def log_tail(self, lines: int = 20) -> str:
        """The last log lines of this process."""
        with self.command.log.open("rb") as log:
            log.seek(self._log_start)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def death(self) -> Died:
        """An error for its unexpected end, with its last log lines."""
        code = self._process.returncode
        how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
        return Died(f"{self.name} ended {how}; its log is {self.command.log}", self.log_tail())

    def wait_until(self, ready: Callable[[], bool], within: float) -> None:
        """Wait for the condition. Raises Died or, after `within` seconds, NotReady."""
        deadline = time.monotonic() + within
        while not ready():
            if not self.running:
                raise self.death()
            if time.monotonic() > deadline:
                message = f"{self.name} was not ready within {within:.0f} s; its log is {self.command.log}"
                raise NotReady(message, self.log_tail())
            time.sleep(POLL_SECONDS)

    def wait_for_success(self, within: float) -> None:
        """Wait until it ends. Raises ChildFailed unless it exits with 0 in time."""
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise NotReady(f"{self.name} did not end within {within:.0f} s", self.log_tail()) from None
        if code != 0:
            raise ChildFailed(f"{self.name} failed with exit code {code}", self.log_tail())

    def stop(self) -> None:
        """Send its stop signal; after its grace period, kill it and all its children. Does nothing if it has ended."""
        self._ended_on_purpose = self._ended_on_purpose or self.running
        self._signal(self.command.stop_signal)
        # A frozen process handles the stop signal only once it continues.
        self._signal(signal.SIGCONT)
        try:
            self._process.wait(self.command.grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL it and all its children, and wait until it has ended."""
        self._ended_on_purpose = self._ended_on_purpose or self.running
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def freeze(self) -> None:
        """Send SIGSTOP: it keeps its sockets but answers nobody."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Send SIGCONT."""
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        if self.running:
            self._process.send_signal(which)


class Children:
    """The children of one run, in the order in which they were started."""

    def __init__(self) -> None:
        self._children: dict[str, Child] = {}
        self._lock = threading.Lock()
        self._closed = False
        # On systems other than Linux, only this ends the children if nobody calls `stop`.
        atexit.register(self.stop)

    def start(self, command: Command) -> Child:
        """Start a child; it replaces an ended child of the same name."""
        with self._lock:
            if self._closed:
                raise LocalError(f"{command.name} was not started: everything is being stopped")
            before = self._children.get(command.name)
            if before is not None and before.running:
                raise LocalError(f"{command.name} already runs as process {before.pid}; stop it first")
            child = self._children[command.name] = Child(command)
            return child

    def run(self, command: Command, within: float = 60) -> None:
        """Start a child and wait until it ends. Raises ChildFailed unless it exits with 0 in time."""
        child = self.start(command)
        child.wait_for_success(within)
        with self._lock:
            self._children.pop(command.name, None)

    def __getitem__(self, name: str) -> Child:
        return self._children[name]

    def check(self) -> None:
        """Raise Died for the first child that ended unexpectedly."""
        for child in list(self._children.values()):
            if child.died:
                raise child.death()

    def watch(self, until: Callable[[], bool]) -> None:
        """Wait until the condition holds. Raises Died as soon as a child dies."""
        while not until():
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop all children in reverse order. No child can be started after that."""
        with self._lock:
            self._closed = True
            last_first = list(reversed(self._children.values()))
        for child in last_first:
            child.stop()
        atexit.unregister(self.stop)
