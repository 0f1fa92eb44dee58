"""Children: started with a log each, watched, stopped in reverse order, never left behind.

Everything here blocks; from a coroutine call it with `asyncio.to_thread`.
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
    """One process. `kill`, `freeze` and `stop` are on purpose, so they are not reported as a death."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._log_start = command.log.stat().st_size if command.log.exists() else 0
        self._ended_on_purpose = False
        self._process = spawn(command)

    @property
    def name(self) -> str:
        """How it is called in messages."""
        return self.command.name

    @property
    def pid(self) -> int:
        """Its process id; also the id of its session and process group."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Has it not ended yet? A frozen one runs too."""
        return self._process.poll() is None

    @property
    def died(self) -> bool:
        """Did it end although nobody asked it to?"""
        return not self.running and not self._ended_on_purpose

    def log_tail(self, lines: int = 20) -> str:
        """The last lines that this run of it wrote."""
        with self.command.log.open("rb") as log:
            log.seek(self._log_start)
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def death(self) -> Died:
        """Its death as an error to raise, with the last log lines."""
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
        """Wait for its end. Raises ChildFailed unless it exits with 0 in time."""
        try:
            code = self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise NotReady(f"{self.name} did not end within {within:.0f} s", self.log_tail()) from None
        if code != 0:
            raise ChildFailed(f"{self.name} failed with exit code {code}", self.log_tail())

    def stop(self) -> None:
        """Ask it to end; after its grace, kill it with all it started. Does nothing if it has ended."""
        self._ended_on_purpose = self._ended_on_purpose or self.running
        self._signal(self.command.stop_signal)
        # A frozen child would see the stop signal only after it is thawed.
        self._signal(signal.SIGCONT)
        try:
            self._process.wait(self.command.grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL, for it and for all it started, and wait until it is gone."""
        self._ended_on_purpose = self._ended_on_purpose or self.running
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP: it keeps its sockets but answers nobody."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
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
        # Where the kernel cannot tie a child to us, this is all there is if nobody calls stop.
        atexit.register(self.stop)

    def start(self, command: Command) -> Child:
        """Start it, in place of an ended one of the same name."""
        with self._lock:
            if self._closed:
                raise LocalError(f"{command.name} was not started: everything is being stopped")
            before = self._children.get(command.name)
            if before is not None and before.running:
                raise LocalError(f"{command.name} runs already as process {before.pid}; stop it first")
            child = self._children[command.name] = Child(command)
            return child

    def run(self, command: Command, within: float = 60) -> None:
        """Start it and wait for its end. Raises ChildFailed unless it exits with 0 in time."""
        child = self.start(command)
        child.wait_for_success(within)
        with self._lock:
            self._children.pop(command.name, None)

    def __getitem__(self, name: str) -> Child:
        return self._children[name]

    def check(self) -> None:
        """Raise Died for the first child that ended although nobody asked it to."""
        for child in list(self._children.values()):
            if child.died:
                raise child.death()

    def watch(self, until: Callable[[], bool]) -> None:
        """Wait until the condition holds. Raises Died as soon as a child dies."""
        while not until():
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Stop all in reverse order of start. No child can be started afterwards."""
        with self._lock:
            self._closed = True
            last_first = list(reversed(self._children.values()))
        for child in last_first:
            child.stop()
        atexit.unregister(self.stop)
