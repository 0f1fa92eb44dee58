"""Processes under test: started, signalled and watched from outside, one after the other from a fork server."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from tieout_local import die_with_parent
from tieout_testing.faults.kill_points import PATH, KillPoint
from tieout_testing.run_folder import folder_for_speed

P = TypeVar("P", bound="ForkedProcess")
_SERVER = "tieout_testing.faults.fork_server"


class ForkedProcess:
    """At most one process at a time, forked by a server of its own."""

    def __init__(self, server: asyncio.subprocess.Process, path: Path) -> None:
        """`path`: the process's log and files have its name, with other endings."""
        self._server = server
        self._ended: asyncio.Task[int] | None = None
        self.path = path
        self.pid = 0
        self.frozen = False

    @property
    def alive(self) -> bool:
        """Whether it was started and has not ended."""
        return self._ended is not None and not self._ended.done()

    async def start(self, env: Mapping[str, str], at: KillPoint | None = None) -> None:
        """Start it; with a point, it signals itself there."""
        assert not self.alive
        self.path.with_suffix(".passed").unlink(missing_ok=True)
        own = {PATH: str(self.path)} | (at.environment() if at else {})
        assert self._server.stdin
        self._server.stdin.write(json.dumps({**env, **own}).encode() + b"\n")
        self.pid = int(await self._line())
        self._ended = asyncio.create_task(self._status())

    async def ends(self, within: float) -> int | None:
        """Its exit code, minus the signal that killed it; None: it lives."""
        assert self._ended
        done, _ = await asyncio.wait([self._ended], timeout=within)
        return os.waitstatus_to_exitcode(self._ended.result()) if done else None

    async def stop(self, sign: signal.Signals = signal.SIGTERM, within: float = 15.0) -> int:
        """End it; its exit code."""
        self.signal(sign)
        self.thaw()
        code = await self.ends(within)
        assert code is not None, f"the process did not end within {within} s:\n{self.log()}"
        return code

    async def ready(self) -> None:
        """Wait until it listens to signals. Each kind of process says how that shows."""
        raise NotImplementedError

    async def leave(self) -> None:
        """Tell it to end once it listens to signals; it ends in order."""
        await self.ready()
        code = await self.stop()
        assert code == 0, f"the process ended with {code}:\n{self.log()}"

    async def kill(self) -> None:
        """Kill it with SIGKILL."""
        assert await self.stop(signal.SIGKILL) == -signal.SIGKILL, self.log()

    async def killed(self, within: float = 15.0) -> None:
        """Wait until it has killed itself where it was to."""
        code = await self.ends(within)
        assert code == -signal.SIGKILL, f"it ended with {code}:\n{self.log()}"

    def signal(self, sign: signal.Signals) -> None:
        """Send it a signal, if it lives."""
        # It may have died a moment ago, and nobody has noticed yet.
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    def freeze(self) -> None:
        """Stop it with SIGSTOP."""
        self.signal(signal.SIGSTOP)
        self.frozen = True

    def thaw(self) -> None:
        """Let it go on."""
        self.signal(signal.SIGCONT)
        self.frozen = False

    def stopped(self) -> bool:
        """Whether it stands still, by a signal."""
        state = subprocess.run(["ps", "-o", "state=", "-p", str(self.pid)], capture_output=True, text=True, check=False)
        return state.stdout.strip().startswith("T")

    def passed(self) -> Counter[str]:
        """Which points it has passed, and how often, as far as it has written them down."""
        written = self.path.with_suffix(".passed")
        return Counter(json.loads(written.read_text())) if written.exists() else Counter()

    def log(self) -> str:
        """The end of its log."""
        log = self.path.with_suffix(".log")
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""

    async def close(self) -> None:
        """Kill it if it lives, and wait for its end: nothing waits for its server any more."""
        self.signal(signal.SIGKILL)
        if self._ended:
            await asyncio.wait([self._ended], timeout=5)
            self._ended.cancel()

    async def _line(self) -> bytes:
        assert self._server.stdout
        line = await self._server.stdout.readline()
        assert line, "the fork server is gone"
        return line

    async def _status(self) -> int:
        return int(await self._line())


@asynccontextmanager
async def fork_servers(count: int, module: str, tests: Path) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    """So many fork servers for `serve` of a module, found from the folder `tests`; they die with this process."""
    tie = [sys.executable, "-I", "-S", die_with_parent.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-1", "-1"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(tests), *os.environ.get("PYTHONPATH", "").split()])}
    command = [*tie, sys.executable, "-m", _SERVER, module]
    pipe = asyncio.subprocess.PIPE
    servers = [await asyncio.create_subprocess_exec(*command, env=env, stdin=pipe, stdout=pipe) for _ in range(count)]
    try:
        yield servers
    finally:
        for server in servers:
            server.kill()
            await server.wait()


@asynccontextmanager
async def forked_processes(kind: type[P], count: int, module: str, tests: Path) -> AsyncIterator[list[P]]:
    """So many processes of a kind, each forked by a server of its own. Whatever lives afterwards is killed."""
    with tempfile.TemporaryDirectory(prefix="faults-", dir=folder_for_speed()) as folder:
        async with fork_servers(count, module, tests) as servers:
            processes = [kind(server, Path(folder) / f"process-{n}") for n, server in enumerate(servers)]
            try:
                yield processes
            finally:
                for process in processes:
                    await process.close()
