"""Processes of the gateway under test: they have what every forked process has."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tieout_testing.faults import ForkedProcess, forked_processes
from tieout_testing.kafka import wait_until

TESTS = Path(__file__).parents[1]


class GatewayProcess(ForkedProcess):
    """At most one process of the gateway at a time."""

    async def ready(self) -> None:
        """Wait until it works, and so listens to signals."""

        async def works() -> bool:
            return bool(self.passed())

        await wait_until(works, bool)


def gateway_processes(count: int) -> AbstractAsyncContextManager[list[GatewayProcess]]:
    """So many processes; whatever lives afterwards is killed."""
    return forked_processes(GatewayProcess, count, "gateway_faults.service", TESTS)
