"""Postgres: the pool, and transactions that are tried again when only a race was lost."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import orjson

from tieout_kit.clock import Clock
from tieout_kit.errors import RetryLater

T = TypeVar("T")

UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg says when a process that was frozen wakes up: its call is too late, and the connection was cut.
    asyncpg.InternalClientError,
    # Stopped, restarted, cancelled; full, too many connections; its disk; a primary that has become a standby.
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    OSError,
    TimeoutError,
)
"""Postgres is away, or went away in the middle: whether a commit came through is unknown. Never a record's fault."""
RETRYABLE = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    # A migration changed a table behind a prepared statement.
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)
"""Nothing was done; the same work may be tried again at once."""
_ATTEMPTS = 5
_POOL_TIMEOUT_S = 10.0
"""Seconds for a connection of the pool."""
_IDLE_TRANSACTION_TIMEOUT_S = 60.0
"""Seconds after which Postgres ends a transaction in which nothing is asked: a process that froze, or whose machine
vanished, would hold its locks for hours."""


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction of one service, and the moment it is handled at."""

    db: Any
    """The asyncpg connection."""
    service: str
    now: datetime
    on_commit: list[Callable[[], object]] = field(default_factory=list)
    """Called once it is: what is counted must not count what was rolled back."""
    locked: dict[UUID, bool] = field(default_factory=dict)
    """The tenants that are locked (locks.py), and whether nobody else may check their records meanwhile."""
    on_rollback: list[Callable[[], object]] = field(default_factory=list)
    """Called if it is not, or if nobody knows: what was taken out of memory to be stored goes back there."""


async def _set_json_codecs(db: Any) -> None:
    """Values go in as they are, or as bytes that are JSON already."""

    def encoded(value: Any) -> bytes:
        return value if isinstance(value, bytes) else orjson.dumps(value)

    await db.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + encoded(value),
        decoder=lambda raw: orjson.loads(raw[1:]),
    )
    await db.set_type_codec("json", schema="pg_catalog", format="binary", encoder=encoded, decoder=orjson.loads)


def _is_lost(db: Any) -> bool:
    try:
        return bool(db.is_closed())
    except asyncpg.InterfaceError:
        # The pool has taken it back, which it does with one that was cut.
        return True


class Database:
    """A service's database."""

    def __init__(self, url: str, service: str, clock: Clock, *, connections: int = 10) -> None:
        self.url = url
        self._service = service
        self._clock = clock
        # min_size=0: a service starts, and says it is not ready, while Postgres is away.
        self._pool = asyncpg.create_pool(
            url,
            min_size=0,
            max_size=connections,
            init=_set_json_codecs,
            command_timeout=30,
            timeout=5,
            server_settings={"idle_in_transaction_session_timeout": f"{_IDLE_TRANSACTION_TIMEOUT_S:.0f}s"},
        )

    async def open(self) -> None:
        """Make the pool usable; connects lazily."""
        await self._pool

    async def close(self) -> None:
        """Close every connection, waiting a little for those in use."""
        try:
            async with asyncio.timeout(2):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """One transaction. Raises RetryLater when Postgres is away or a race was lost."""
        try:
            async with self._pool.acquire(timeout=_POOL_TIMEOUT_S) as db:
                try:
                    tx = Tx(db, self._service, self._clock())
                    try:
                        async with db.transaction():
                            yield tx
                    except BaseException:
                        for call in tx.on_rollback:
                            call()
                        raise
                except asyncpg.InterfaceError as error:
                    # It is raised for a lost connection too; on a living one, a query was called wrongly.
                    if _is_lost(db):
                        raise
                    raise RuntimeError(f"a query was called wrongly: {error}") from error
        except UNAVAILABLE as error:
            raise RetryLater(f"Postgres is away: {error}") from error
        except RETRYABLE as error:
            raise RetryLater(f"a race was lost: {error}") from error
        for call in tx.on_commit:
            call()

    async def run(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do the work in a transaction, again when a race was lost: one that Postgres saw, or one that `work` raised
        RetryLater for. Raises RetryLater when it does not come through."""
        for attempt in range(_ATTEMPTS):
            try:
                async with self.transaction() as tx:
                    return await work(tx)
            except RetryLater as error:
                if attempt == _ATTEMPTS - 1 or isinstance(error.__cause__, UNAVAILABLE):
                    raise
        raise AssertionError("unreachable")

    async def connection(self) -> Any:
        """A connection of one's own, outside the pool, for a session lock or LISTEN."""
        db = await asyncpg.connect(self.url, timeout=5)
        await _set_json_codecs(db)
        return db
