"""The connection pool, and transactions that are tried again after a lost race."""

import asyncio
import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, TypeVar
from uuid import UUID

import asyncpg
import orjson

from tieout_kit.clock import Clock
from tieout_kit.errors import RetryLater
from tieout_kit.postgres.access import TENANT_SETTING

T = TypeVar("T")

UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # Raised when a frozen process wakes up: the call timed out and the connection is gone.
    asyncpg.InternalClientError,
    # Postgres stops, restarts or cancels; has no resources or connections; a disk error; now a standby.
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # The login or the database does not exist yet, or the password was changed.
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    OSError,
    TimeoutError,
)
"""Postgres is unavailable. It is unknown whether an open transaction was committed. Never caused by a record."""
RETRYABLE = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    # A migration changed a table behind a prepared statement.
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
)
"""The transaction was rolled back; the same work may be tried again at once."""
TAKEN = asyncpg.UniqueViolationError
"""Another row has this key already, perhaps one that this transaction does not see."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a process waits for Postgres, and Postgres for a process; in seconds."""

    pool_s: float = 10.0
    """How long to wait for a connection of the pool."""
    idle_transaction_s: float = 60.0
    """After this Postgres ends a transaction that sends no query. The transaction of a frozen process, or of one whose
    machine is gone, would hold its locks for hours."""


TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class Tx:
    """An open transaction of one service, and the time that counts as now in it."""

    db: Any
    """The asyncpg connection."""
    service: str
    now: datetime
    on_commit: list[Callable[[], object]] = field(default_factory=list)
    """Callbacks that run after the commit, so that metrics never count rolled-back work."""
    locked: dict[UUID, bool] = field(default_factory=dict)
    """The tenants that are locked (records/locks.py); True: exclusively."""
    on_rollback: list[Callable[[], object]] = field(default_factory=list)
    """Callbacks that run after a rollback, or if the outcome is unknown: they put back what was to be stored."""


async def _set_json_codecs(db: Any) -> None:
    """json and jsonb columns take values, or bytes that are JSON already."""

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


async def _nothing_to_reset(_: Any) -> None:
    """Pooled connections are used for transactions alone, which leave no state of the session. asyncpg's own reset
    would cost a round trip for each transaction. It still rolls back a transaction that was left open."""


def _is_lost(db: Any) -> bool:
    try:
        return bool(db.is_closed())
    except asyncpg.InterfaceError:
        # The pool has already taken the connection back, because it was cut.
        return True


@asynccontextmanager
async def _of_tenant(db: Any, tenant_id: UUID) -> AsyncIterator[None]:
    """A transaction that names its tenant, in the same message to Postgres that begins it."""
    await db.execute(f"begin; set local {TENANT_SETTING} = '{UUID(int=tenant_id.int)}'")
    try:
        yield
    except BaseException:
        await db.execute("rollback")
        raise
    await db.execute("commit")


class Database:
    """A service's database."""

    def __init__(
        self, url: str, service: str, clock: Clock, *, connections: int = 10, timeouts: Timeouts = TIMEOUTS
    ) -> None:
        self.url = url
        self._timeouts = timeouts
        self._service = service
        self._clock = clock
        self._tenant_id: UUID | None = None
        # min_size=0: a service can start, and report that it is not ready, while Postgres is unavailable.
        self._pool = asyncpg.create_pool(
            url,
            min_size=0,
            max_size=connections,
            init=_set_json_codecs,
            reset=_nothing_to_reset,
            command_timeout=30,
            timeout=5,
            server_settings={"idle_in_transaction_session_timeout": f"{timeouts.idle_transaction_s:.0f}s"},
        )

    async def open(self) -> None:
        """Open the pool. Connections are made when they are needed."""
        await self._pool

    async def close(self) -> None:
        """Close every connection; those in use have two seconds to finish."""
        try:
            async with asyncio.timeout(2):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    def of_tenant(self, tenant_id: UUID) -> Self:
        """This database as one tenant sees it: a login under row-level security gets no row of another (ADR 29)."""
        found = copy.copy(self)
        found._tenant_id = tenant_id
        return found

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """One transaction. Raises RetryLater if Postgres is unavailable or a race was lost."""
        try:
            async with self._pool.acquire(timeout=self._timeouts.pool_s) as db:
                try:
                    tx = Tx(db, self._service, self._clock())
                    try:
                        async with db.transaction() if self._tenant_id is None else _of_tenant(db, self._tenant_id):
                            yield tx
                    except BaseException:
                        for call in tx.on_rollback:
                            call()
                        raise
                except asyncpg.InterfaceError as error:
                    # asyncpg raises it for a lost connection, and for a query that was called wrongly.
                    if _is_lost(db):
                        raise
                    raise RuntimeError(f"a query was called wrongly: {error}") from error
        except UNAVAILABLE as error:
            raise RetryLater(f"Postgres is unavailable: {error}") from error
        except RETRYABLE as error:
            raise RetryLater(f"a race was lost: {error}") from error
        for call in tx.on_commit:
            call()

    async def run(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do the work in a transaction, and again after a lost race: detected by Postgres, or by `work`, which raises
        RetryLater. Raises RetryLater if Postgres is unavailable, or after five attempts."""
        for attempt in range(_ATTEMPTS):
            try:
                async with self.transaction() as tx:
                    return await work(tx)
            except RetryLater as error:
                if attempt == _ATTEMPTS - 1 or isinstance(error.__cause__, UNAVAILABLE):
                    raise
        raise AssertionError("unreachable")

    async def connection(self) -> Any:
        """A connection outside the pool, for a session lock or LISTEN."""
        db = await asyncpg.connect(self.url, timeout=5)
        await _set_json_codecs(db)
        return db
