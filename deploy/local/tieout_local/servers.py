"""The interfaces of Kafka and Postgres servers, whether they are processes or containers.

All methods but the properties block; a coroutine calls them with `asyncio.to_thread`.
"""

from typing import Protocol


class Server(Protocol):
    """A server that returns on the same port and with its data after `stop` or `kill`."""

    def start(self) -> None:
        """Start it and wait until it answers."""

    def stop(self) -> None:
        """Stop it gracefully."""

    def kill(self) -> None:
        """SIGKILL it."""

    def restart(self) -> None:
        """Stop it and start it."""


class Freezable(Protocol):
    """A process that can be frozen: Kafka, or any child process."""

    def freeze(self) -> None:
        """Freeze it: it keeps its connections but answers nobody."""

    def thaw(self) -> None:
        """Let it continue."""


class KafkaServer(Server, Freezable, Protocol):
    """A Kafka server."""

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""


class PostgresServer(Server, Protocol):
    """A Postgres server."""

    def dsn(self, database: str = "postgres") -> str:
        """The connection string of a database, which need not exist yet."""

    def create_database(self, database: str) -> str:
        """Create the database if it is missing. Returns its dsn."""
