"""Processes of the service under test: they have what every forked process has, and take requests for changes."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import UUID

from tieout_testing.faults import ForkedProcess, KillPoint, forked_processes
from tieout_testing.kafka import wait_until

TESTS = Path(__file__).parents[1]


class ServiceProcess(ForkedProcess):
    """At most one process of the service at a time; it listens on a socket."""

    _connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def start(self, env: Mapping[str, str], at: KillPoint | None = None) -> None:
        """Start it; with a point, it signals itself there."""
        self.path.unlink(missing_ok=True)
        self._disconnect()
        await super().start(env, at)

    async def ready(self) -> None:
        """Wait until it listens to requests, and so to signals too."""

        async def listens() -> bool:
            assert self.alive, self.log()
            return self.path.exists()

        await wait_until(listens, bool)

    async def request(self, tenant: UUID, vendor: UUID, change_id: str) -> str:
        """Request a change: `done`, `later` (it may be done or not), `unknown` (likewise), `not_received`."""
        try:
            if self._connection is None:
                self._connection = await asyncio.open_unix_connection(str(self.path))
        except OSError:
            return "not_received"
        reader, writer = self._connection
        try:
            writer.write(json.dumps({"tenant": str(tenant), "vendor": str(vendor), "id": change_id}).encode() + b"\n")
            async with asyncio.timeout(20):
                answer = await reader.readline()
        except (OSError, TimeoutError):
            answer = b""
        if not answer:
            self._disconnect()
        return answer.decode().strip() or "unknown"

    async def close(self) -> None:
        """Kill it if it lives, and wait for its end."""
        await super().close()
        self._disconnect()

    def _disconnect(self) -> None:
        if self._connection:
            self._connection[1].close()
        self._connection = None


def service_processes(count: int) -> AbstractAsyncContextManager[list[ServiceProcess]]:
    """So many processes; whatever lives afterwards is killed."""
    return forked_processes(ServiceProcess, count, "faults.service", TESTS)
