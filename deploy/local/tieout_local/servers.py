"""What a test, a demo or the stack may ask of its Kafka and its Postgres, wherever they run.

All of it blocks but the properties; from a coroutine call it with `asyncio.to_thread`.
"""

from typing import Protocol


class Server(Protocol):
    """Comes back on the same port and with its data after `stop` or `kill`."""

    def start(self) -> None:
        """Start it and wait until it answers."""

    def stop(self) -> None:
        """Stop it in order."""

    def kill(self) -> None:
        """SIGKILL it."""

    def restart(self) -> None:
        """Stop it and start it."""


class Freezable(Protocol):
    """Kafka and every child process are."""

    def freeze(self) -> None:
        """It keeps its connections but answers nobody."""

    def thaw(self) -> None:
        """It goes on where it was frozen."""


class KafkaServer(Server, Freezable, Protocol):
    """A Kafka."""

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""


class PostgresServer(Server, Protocol):
    """A Postgres."""

    def dsn(self, database: str = "postgres") -> str:
        """Where to connect to; the database need not exist yet."""

    def create_database(self, database: str) -> str:
        """Create the database if it is missing. Returns its dsn."""
