"""The whole of Tieout on one machine: Postgres, Kafka, the Xero simulator and the four services.

Everything here blocks; from a coroutine call it with `asyncio.to_thread`.
"""

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

from tieout_local.asking import ask
from tieout_local.environment import CONNECTOR, SERVICES, Address, Surroundings, outer_environment, service_environment
from tieout_local.kafka import Kafka
from tieout_local.keys import Keys
from tieout_local.ports import remembered_port
from tieout_local.postgres import Postgres
from tieout_local.processes import Child, Children
from tieout_local.servers import KafkaServer, PostgresServer
from tieout_local.spawn import Command

PARTITIONS: Final = 48
SIMULATOR: Final = "simulator"
READY_WITHIN: Final = 60.0


class Stack:
    """Starts on `start` or `with`, stops on `stop` or at the end of `with`; keeps its data in `folder`.

    `kafka` and `postgres`, if given, run already and are left running; then `prefix` (of topics and groups)
    and `database_prefix` keep this stack apart from others. `settings` are further environment variables of
    every service.
    """

    def __init__(
        self,
        folder: Path,
        *,
        kafka: KafkaServer | None = None,
        postgres: PostgresServer | None = None,
        prefix: str = "",
        database_prefix: str = "",
        partitions: int = PARTITIONS,
        platform_url: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.children = Children()
        self.keys = Keys(self.folder / "keys")
        self._own = [] if kafka else [own_kafka := Kafka(self.folder / "kafka", self.children)]
        self.kafka: KafkaServer = kafka or own_kafka
        own_postgres = Postgres(self.folder / "postgres", self.children)
        self.postgres: PostgresServer = postgres or own_postgres
        self.prefix = prefix
        self.partitions = partitions
        self._database_prefix = database_prefix
        self._settings = dict(settings or {})
