"""A side of the comparison: its process on the first core, its topic, and what Kafka stored of it."""

import asyncio
import os
import socket
import time
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.kit.load import PARTITIONS
from bench.kit.sides import make_topics
from bench.servers import Servers, cpu_of
from bench.webhooks.load import Load, NotAccepted, as_fast_as_possible, evenly
from tieout_local.kafka import NAME as KAFKA
from tieout_local.processes import Child
from tieout_schemas.topics import WEBHOOK

RECEIVER_CORE = 0


def give_core_to_receiver(servers: Servers) -> None:
    """Keep this process and Kafka off the receiver's core. The machine needs two."""
    others = os.sched_getaffinity(0) - {RECEIVER_CORE}
    if not others:
        raise RuntimeError("this benchmark needs a machine with two cores")
    os.sched_setaffinity(0, others)
    for thread in Path(f"/proc/{servers.children[KAFKA].pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), others)


class WebhookSide:
    """One side; the other has its own topic on the same Kafka."""

    def __init__(self, name: str, child: Child, port: int, bootstrap: str) -> None:
        self.answered = 0
        self._name, self._child, self._port, self._bootstrap = name, child, port, bootstrap

    @classmethod
    async def start(cls, name: str, servers: Servers) -> "WebhookSide":
        """Make its topic and start its process, `bench.webhooks.<name>_side`."""
        bootstrap, port = servers.kafka.bootstrap, _free_port()
        await make_topics(bootstrap, [f"{name}.{WEBHOOK.name}"])
        child = servers.start(f"bench.webhooks.{name}_side", bootstrap, f"{name}.", str(port))
        await asyncio.to_thread(child.wait_until, lambda: _accepts(port), 60)
        made = cls(name, child, port, bootstrap)
        await made._stores()
        return made

    async def _stores(self) -> None:
        # It may listen before it has reached Kafka.
        deadline = time.monotonic() + 30
        while True:
            try:
                await self.rate(Load(1))
            except* NotAccepted:
                if time.monotonic() > deadline:
                    raise
                self.answered -= 1
                await asyncio.sleep(0.1)
            else:
                return

    @property
    def cpu(self) -> float:
        """The seconds of CPU that its process has used."""
        return cpu_of(self._child.pid)

    async def rate(self, load: Load) -> float:
        """Requests a second, as fast as it answers."""
        self.answered += load.count
        return await as_fast_as_possible(self._port, load)

    async def latencies(self, load: Load, a_second: float) -> list[float]:
        """Seconds until the answer of each request, at an even rate."""
        self.answered += load.count
        return await evenly(self._port, load, a_second)

    async def stored(self) -> int:
        """The number of records in its topic."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap)
        await consumer.start()
        try:
            partitions = [TopicPartition(f"{self._name}.{WEBHOOK.name}", number) for number in range(PARTITIONS)]
            return sum((await consumer.end_offsets(partitions)).values())
        finally:
            await consumer.stop()

    async def stop(self) -> None:
        """Stop its process."""
        await asyncio.to_thread(self._child.stop)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
