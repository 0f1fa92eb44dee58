"""All of Tieout on one machine: Postgres, Kafka, the Xero simulator and the four services.

All functions block; a coroutine calls them with `asyncio.to_thread`.
"""

import asyncio
import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

from tieout_local.environment import (
    CONNECTOR,
    PLATFORM_URL,
    SERVICES,
    ServiceAddress,
    SharedEnvironment,
    inherited_environment,
    service_environment,
)
from tieout_local.kafka import Kafka
from tieout_local.keys import SigningKeys
from tieout_local.logins import DatabaseUrls
from tieout_local.ports import remembered_port
from tieout_local.postgres import Postgres
from tieout_local.processes import Child, Children
from tieout_local.run_async import run
from tieout_local.servers import KafkaServer, PostgresServer, Server
from tieout_local.spawn import Command
from tieout_local.xero_app import register_app, subscribe_webhook

PARTITIONS: Final = 48
SIMULATOR: Final = "simulator"
READY_WITHIN: Final = 60.0


class Stack:
    """Runs from `start` to `stop`, or inside `with`; its data is in `folder`.

    `kafka` and `postgres`, if given, already run and are left running. Then `prefix`, for topics, groups and databases,
    separates this stack from others. `settings` are more environment variables for every service. `platform_url` is
    where the connector sends a user back to, and marks our bills in Xero.
    """

    def __init__(
        self,
        folder: Path,
        *,
        kafka: KafkaServer | None = None,
        postgres: PostgresServer | None = None,
        prefix: str = "",
        partitions: int = PARTITIONS,
        platform_url: str = PLATFORM_URL,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.children = Children()
        self.kafka: KafkaServer = kafka or Kafka(self.folder / "kafka", self.children)
        self.postgres: PostgresServer = postgres or Postgres(self.folder / "postgres", self.children)
        self.keys = SigningKeys(self.folder / "keys")
        self._own: list[Server] = [*([] if kafka else [self.kafka]), *([] if postgres else [self.postgres])]
        self._prefix = prefix
        self._partitions = partitions
        self._settings = dict(settings or {})
        self.simulator_url = f"http://127.0.0.1:{self._port(SIMULATOR)}"
        self.services = {name: ServiceAddress(self._port(name), self._port(f"{name}-health")) for name in SERVICES}
        self._platform_url = platform_url

    def start(self) -> None:
        """Start everything and wait until every service is ready. After an error nothing is left running."""
        try:
            self._start_servers()
            self._make_topics()
            self._make_databases()
            self._start_simulator()
            # All at once, since a start is mostly imports.
            for service in SERVICES:
                self._launch(service)
            for service in SERVICES:
                self._await_service(service)
            subscribe_webhook(self.simulator_url, f"{self.services[CONNECTOR].url}/webhooks/xero")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything in reverse order."""
        self.children.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def dsn(self, service: str) -> str:
        """The connection string of the service's database, as its owner."""
        return self.postgres.dsn(self._database(service))

    def child(self, name: str) -> Child:
        """The process of a service or of the simulator: `kill`, `freeze`, `thaw`, `log_tail`."""
        return self.children[name]

    def start_service(self, service: str) -> None:
        """Start a service that was stopped or killed, at the same address, and wait until it is ready."""
        self._launch(service)
        self._await_service(service)

    def _start_servers(self) -> None:
        with ThreadPoolExecutor(max_workers=2) as pool:
            starts = [pool.submit(server.start) for server in self._own]
            try:
                for start in starts:
                    start.result()
            except BaseException:
                # Otherwise the pool would wait for the other server.
                self.stop()
                raise

    def _make_topics(self) -> None:
        from tieout_kit.kafka import KafkaConnection, create_topics  # noqa: PLC0415  the kit is not needed for the servers alone

        run(lambda: create_topics(KafkaConnection(self.kafka.bootstrap), self._prefix, self._partitions))

    def _make_databases(self) -> None:
        for service in SERVICES:
            self.postgres.create_database(self._database(service))

        async def migrate() -> None:
            # All at once: each mostly waits for Postgres.
            async with asyncio.TaskGroup() as group:
                for service in SERVICES:
                    urls = DatabaseUrls.of(self.dsn(service))
                    group.create_task(urls.migrate(("tieout_kit", f"tieout_{service}")))

        run(migrate)

    def _start_simulator(self) -> None:
        port = self.simulator_url.rpartition(":")[2]
        data = self.folder / SIMULATOR / "world"
        argv = [sys.executable, "-m", "xero_sim", "--port", port, "--data", str(data)]
        child = self.children.start(self._command(SIMULATOR, argv, inherited_environment()))
        child.wait_until(lambda: _status(self.simulator_url) is not None, READY_WITHIN)
        register_app(self.simulator_url, self.services[CONNECTOR].redirect_uri)

    def _launch(self, service: str) -> None:
        shared = SharedEnvironment(
            kafka=self.kafka.bootstrap,
            prefix=self._prefix,
            partitions=self._partitions,
            simulator_url=self.simulator_url,
            platform_url=self._platform_url,
            keys=self.keys,
        )
        address, urls = self.services[service], DatabaseUrls.of(self.dsn(service))
        environment = service_environment(service, address, urls, shared, self._settings)
        self.children.start(self._command(service, [sys.executable, "-m", f"tieout_{service}"], environment))

    def _await_service(self, service: str) -> None:
        readyz = f"{self.services[service].health_url}/readyz"
        self.children[service].wait_until(lambda: _status(readyz) == httpx.codes.OK, READY_WITHIN)

    def _command(self, name: str, argv: Sequence[str | Path], environment: Mapping[str, str]) -> Command:
        return Command(name=name, argv=argv, log=self.folder / "logs" / name, cwd=self.folder, env=environment)

    def _database(self, service: str) -> str:
        return re.sub(r"\W", "_", f"{self._prefix}tieout_{service}")

    def _port(self, name: str) -> int:
        return remembered_port(self.folder / "ports" / name)


def _status(url: str) -> int | None:
    try:
        # No proxy for this machine's own ports.
        return httpx.get(url, timeout=2, trust_env=False).status_code
    except httpx.TransportError:
        return None
