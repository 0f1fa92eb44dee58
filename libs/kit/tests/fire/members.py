"""Members of the group under fire: real processes, started, signalled and asked from outside."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

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

    async def start(self, env: Mapping[str, str], point: str | None = None, passage: int = 0) -> None:
        """Start a process; with a point, one that kills itself there."""
        assert not self.alive
        self.socket.unlink(missing_ok=True)
        self._asking = None
        fire = {"FIRE_SOCKET": str(self.socket)} | ({"FIRE_POINT": point, "FIRE_PASSAGE": str(passage)} if point else {})
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

    def signal(self, sign: signal.Signals) -> None:
        if self.alive:
            os.kill(self.pid, sign)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)
        self.frozen = True

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)
        self.frozen = False

    async def ask(self, tenant: UUID, vendor: UUID, change_id: str) -> str | None:
        """Ask for a change: `done`, `later`, `unknown`; None: nobody heard it."""
        try:
            if self._asking is None:
                self._asking = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return None
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
    env = os.environ | {"PYTHONPATH": str(TESTS)}
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
                member.signal(signal.SIGKILL)
            for nursery in nurseries:
                nursery.kill()
                await nursery.wait()
