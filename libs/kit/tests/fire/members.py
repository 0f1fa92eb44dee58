"""Members of the group under fire: real processes, started, signalled and asked from outside."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from tieout_kit.testing import wait_until
from tieout_local import leash

TESTS = Path(__file__).parents[1]


class Member:
    """A place for one process of the service at a time."""

    def __init__(self, nursery: asyncio.subprocess.Process, socket: Path) -> None:
        self._nursery = nursery
        self._ended: asyncio.Task[int] | None = None
        self._asking: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.socket = socket
        self.pid = 0
        self.frozen = False

    @property
    def alive(self) -> bool:
        return self._ended is not None and not self._ended.done()

    async def start(
        self,
        env: Mapping[str, str],
        point: str | None = None,
        passage: int = 1,
        sign: signal.Signals = signal.SIGKILL,
    ) -> None:
        """Start a process; with a point, one that kills itself there, or sends itself another signal."""
        assert not self.alive
        self.socket.unlink(missing_ok=True)
        self._asking = None
        fire = {"FIRE_SOCKET": str(self.socket)}
        if point:
            fire |= {"FIRE_POINT": point, "FIRE_PASSAGE": str(passage), "FIRE_SIGNAL": str(int(sign))}
        assert self._nursery.stdin
        self._nursery.stdin.write(json.dumps({**env, **fire}).encode() + b"\n")
        self.pid = int(await self._line())
        self._ended = asyncio.create_task(self._status())

    async def ends(self, within: float) -> int | None:
        """Its exit code, minus the signal that killed it; None: it lives."""
        assert self._ended
        done, _ = await asyncio.wait([self._ended], timeout=within)
        return os.waitstatus_to_exitcode(self._ended.result()) if done else None

    async def stop(self, sign: signal.Signals = signal.SIGTERM, within: float = 15.0) -> int:
        """End it; the exit code."""
        self.signal(sign)
        self.thaw()
        code = await self.ends(within)
        assert code is not None, f"the member did not end within {within} s:\n{self.says()}"
        return code

    async def awake(self) -> None:
        """It has started: it listens, and to signals too."""

        async def listens() -> bool:
            assert self.alive, self.says()
            return self.socket.exists()

        await wait_until(listens, bool)

    async def leaves(self) -> None:
        """It is told to end, and ends in order."""
        await self.awake()
        code = await self.stop()
        assert code == 0, f"the member ended with {code}:\n{self.says()}"

    def signal(self, sign: signal.Signals) -> None:
        # It may have died a moment ago, and nobody has noticed yet.
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, sign)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)
        self.frozen = True

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)
        self.frozen = False

    def stopped(self) -> bool:
        """Does it stand still, by a signal?"""
        state = subprocess.run(["ps", "-o", "state=", "-p", str(self.pid)], capture_output=True, text=True, check=True)
        return state.stdout.strip().startswith("T")

    async def ask(self, tenant: UUID, vendor: UUID, change_id: str) -> str:
        """Ask for a change: `done`, `later` (it may be done or not), `unknown` (likewise), `unheard`."""
        try:
            if self._asking is None:
                self._asking = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return "unheard"
        reader, writer = self._asking
        try:
            writer.write(json.dumps({"tenant": str(tenant), "vendor": str(vendor), "id": change_id}).encode() + b"\n")
            async with asyncio.timeout(20):
                answer = await reader.readline()
        except (OSError, TimeoutError):
            answer = b""
        if not answer:
            self._asking = None
        return answer.decode().strip() or "unknown"

    def passed(self) -> dict[str, int]:
        """Which points it passed, and how often; known once it has ended in order."""
        found: dict[str, int] = json.loads(self.socket.with_suffix(".passed").read_text())
        return found

    def says(self) -> str:
        """The end of its log."""
        log = self.socket.with_suffix(".log")
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""

    async def gone(self) -> None:
        """It is killed if it is alive, and its end is awaited: nothing waits for its nursery any more."""
        self.signal(signal.SIGKILL)
        if self._ended:
            await asyncio.wait([self._ended], timeout=5)
            self._ended.cancel()
        if self._asking:
            self._asking[1].close()

    async def _line(self) -> bytes:
        assert self._nursery.stdout
        line = await self._nursery.stdout.readline()
        assert line, "the nursery is gone"
        return line

    async def _status(self) -> int:
        return int(await self._line())


@asynccontextmanager
async def members(count: int) -> AsyncIterator[list[Member]]:
    """So many places; whatever lives there afterwards is killed."""
    tie = [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-1", "-1"]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), *os.environ.get("PYTHONPATH", "").split()])}
    with tempfile.TemporaryDirectory(prefix="fire-") as folder:
        nurseries = [
            await asyncio.create_subprocess_exec(
                *tie, sys.executable, "-m", "fire.nursery",
                env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            )
            for _ in range(count)
        ]  # fmt: skip
        places = [Member(nursery, Path(folder) / f"m{n}") for n, nursery in enumerate(nurseries)]
        try:
            yield places
        finally:
            for member in places:
                await member.gone()
            for nursery in nurseries:
                nursery.kill()
                await nursery.wait()
