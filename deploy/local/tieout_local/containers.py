"""Kafka and Postgres from Docker, for tests: TIEOUT_TEST_STACK=containers."""

from collections.abc import Callable
from typing import Any

from testcontainers.core.container import DockerContainer

from tieout_local import databases
from tieout_local.kafka import SETTINGS, kafka_answers
from tieout_local.ports import answers, free_port
from tieout_local.run_async import run
from tieout_local.waiting import wait_until

KAFKA_IMAGE = "apache/kafka:4.3.1"
POSTGRES_IMAGE = "postgres:18"
READY_WITHIN = 120.0
_PASSWORD = "for-tests-on-this-machine"  # noqa: S105  of containers that live as long as a test run


class _ContainerServer:
    """A container with one port, which stays the same on the machine over restarts."""

    def __init__(self, container: DockerContainer, inner_port: int | None, ready: Callable[[], bool]) -> None:
        """`inner_port`: the port inside the container; None: the same as on the machine."""
        self.port = free_port()
        self._container = container.with_bind_ports(inner_port or self.port, self.port)
        self._ready = ready
        self._made = False

    def start(self) -> None:
        if self._made:
            self._docker.start()
        else:
            self._container.start()
            self._made = True
        wait_until(self._ready, READY_WITHIN, f"the container of {self._container.image}")

    def stop(self) -> None:
        self._docker.stop()

    def kill(self) -> None:
        self._docker.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def freeze(self) -> None:
        self._docker.pause()

    def thaw(self) -> None:
        self._docker.unpause()

    def remove(self) -> None:
        """Remove the container with its data."""
        self._container.stop()

    @property
    def _docker(self) -> Any:
        return self._container.get_wrapped_container()


class ContainerKafka(_ContainerServer):
    """A Kafka in a container."""

    def __init__(self) -> None:
        container = DockerContainer(KAFKA_IMAGE)
        super().__init__(container, None, lambda: answers(self.port) and run(lambda: kafka_answers(self.bootstrap)))
        settings = {
            **SETTINGS,
            # The broker reaches itself as clients do, for example to end a transaction: so inside the port is the same.
            "listeners": f"PLAINTEXT://:{self.port},CONTROLLER://:9093",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.quorum.voters": "1@localhost:9093",
        }
        for name, value in settings.items():
            # The image reads each setting from an environment variable of this form.
            container.with_env("KAFKA_" + name.upper().replace(".", "_"), str(value))

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self.port}"


class ContainerPostgres(_ContainerServer):
    """A Postgres in a container."""

    def __init__(self) -> None:
        container = DockerContainer(POSTGRES_IMAGE).with_env("POSTGRES_PASSWORD", _PASSWORD)
        container.with_command("postgres -c max_connections=300 -c fsync=off -c jit=off")
        super().__init__(container, 5432, lambda: run(lambda: databases.answers(self.dsn())))

    def dsn(self, database: str = "postgres") -> str:
        """The connection string of a database, which need not exist yet."""
        return f"postgresql://postgres:{_PASSWORD}@127.0.0.1:{self.port}/{database}"

    def create_database(self, database: str) -> str:
        """Create the database if it is missing. Returns its dsn."""
        run(lambda: databases.create(self.dsn(), database))
        return self.dsn(database)
