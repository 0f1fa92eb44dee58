"""A place for one gateway process at a time: started, killed, stopped and watched from outside."""

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
from dataclasses import dataclass
from pathlib import Path

from tieout_kit.testing import wait_until
from tieout_local import leash

TESTS = Path(__file__).parents[1]
SIGKILLED = -9


@dataclass(frozen=True)
class Shot:
    """Signal the process at its n-th passage of a point."""

    point: str
    passage: int = 1
    sign: signal.Signals = signal.SIGKILL


class Place:
    """Where a process lives, or none."""

    def __init__(self, nursery: asyncio.subprocess.Process, path: Path) -> None:
        self._nursery = nursery
        self._path = path
        self.ended: asyncio.Task[int] | None = None
        self.pid = 0

    @property
    def alive(self) -> bool:
        return self.ended is not None and not self.ended.done()

    async def start(self, env: Mapping[str, str], shot: Shot | None = None) -> None:
        """Start a process; with a shot, one that signals itself."""
        assert not self.alive
        self._path.with_suffix(".passed").unlink(missing_ok=True)
        ours = {"CRASH_PLACE": str(self._path)}
        if shot:
            ours |= {"CRASH_POINT": shot.point, "CRASH_PASSAGE": str(shot.passage), "CRASH_SIGNAL": str(int(shot.sign))}
        assert self._nursery.stdin
        self._nursery.stdin.write(json.dumps({**env, **ours}).encode() + b"\n")
        self.pid = int(await self._line())
        self.ended = asyncio.create_task(self._status())

    def signal(self, sign: signal.Signals) -> None:
        # It may have died a moment ago, and nobody has noticed yet.
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    def stopped(self) -> bool:
        """Does it stand still, by a signal?"""
        state = subprocess.run(["ps", "-o", "state=", "-p", str(self.pid)], capture_output=True, text=True, check=False)
        return state.stdout.strip().startswith("T")

    async def leaves(self, within: float = 15.0) -> None:
        """It is told to end once it listens to signals, and ends in order."""
        await wait_until(self._at_work, bool)
        self.signal(signal.SIGTERM)
        assert self.ended
        done, _ = await asyncio.wait([self.ended], timeout=within)
        assert done, f"it did not end within {within} s:\n{self.says()}"
        assert self.ended.result() == 0, f"it ended with {self.ended.result()}:\n{self.says()}"

    async def falls(self, within: float = 15.0) -> None:
        """It is shot where it was to be."""
        assert self.ended
        done, _ = await asyncio.wait([self.ended], timeout=within)
        assert done, f"it did not end within {within} s:\n{self.says()}"
        assert self.code() == SIGKILLED, self.says()

    async def killed(self) -> None:
        """It is killed, and gone."""
        self.signal(signal.SIGKILL)
        assert self.ended
        await self.ended
        assert self.code() == SIGKILLED, self.says()

    def code(self) -> int:
        """What it ended with; minus the signal that killed it."""
        assert self.ended
        return os.waitstatus_to_exitcode(self.ended.result())

    def passed(self) -> Counter[str]:
        """Which points it passed, and how often, so far."""
        told = self._path.with_suffix(".passed")
        return Counter(json.loads(told.read_text())) if told.exists() else Counter()

    def says(self) -> str:
        """The end of its log."""
        log = self._path.with_suffix(".log")
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""

    async def _at_work(self) -> bool:
        return bool(self.passed())

    async def gone(self) -> None:
        """It is killed if it is alive, and its end is awaited: nothing waits for its nursery any more."""
        self.signal(signal.SIGKILL)
        if self.ended:
            await asyncio.wait([self.ended], timeout=5)
            self.ended.cancel()

    async def _line(self) -> bytes:
        assert self._nursery.stdout
        line = await self._nursery.stdout.readline()
        assert line, "the nursery is gone"
        return line

    async def _status(self) -> int:
        return int(await self._line())


@asynccontextmanager
async def places(count: int, folder: Path) -> AsyncIterator[list[Place]]:
    """So many places; whatever lives there afterwards is killed."""
    tie = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-1", "-1"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), *os.environ.get("PYTHONPATH", "").split()])}
    nurseries = [
        await asyncio.create_subprocess_exec(
            *tie, sys.executable, "-m", "crash.process",
            env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(count)
    ]  # fmt: skip
    made = [Place(nursery, folder / f"place-{n}") for n, nursery in enumerate(nurseries)]
    try:
        yield made
    finally:
        for place in made:
            await place.gone()
        for nursery in nurseries:
            nursery.kill()
            await nursery.wait()


@asynccontextmanager
async def place_folder() -> AsyncIterator[Path]:
    """For logs, and what a process tells."""
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        yield Path(folder)
