"""Processes of the gateway under test: they have what every forked process has, and end in order once they work."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tieout_testing.faults import ForkedProcess, fork_servers
from tieout_testing.kafka import wait_until

TESTS = Path(__file__).parents[1]


class GatewayProcess(ForkedProcess):
    """At most one process of the gateway at a time."""

    async def leave(self) -> None:
        """Tell it to end once it listens to signals; it ends in order."""

        async def works() -> bool:
            return bool(self.passed())

        await wait_until(works, bool)
        code = await self.stop()
        assert code == 0, f"the process ended with {code}:\n{self.log()}"


@asynccontextmanager
async def gateway_processes(count: int) -> AsyncIterator[list[GatewayProcess]]:
    """So many; whatever lives afterwards is killed."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        async with fork_servers(count, "gateway_faults.service", TESTS) as servers:
            processes = [GatewayProcess(server, Path(folder) / f"gateway-{n}") for n, server in enumerate(servers)]
            try:
                yield processes
            finally:
                for process in processes:
                    await process.close()
