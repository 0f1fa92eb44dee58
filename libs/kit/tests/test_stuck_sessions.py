"""Who fell silent amid a statement is ended, and nobody else."""

import asyncio

import asyncpg
import pytest

from tieout_kit.clock import utc_now
from tieout_kit.postgres.database import Database
from tieout_kit.postgres.stuck_sessions import terminate_stuck_sessions
from tieout_testing.kafka import wait_until


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_only_a_connection_that_fell_silent_amid_a_statement_is_ended(database: str) -> None:
    """Seen to fail with the ending as a condition of the query: everybody was ended."""
    idle, in_transaction, busy, frozen = [await asyncpg.connect(database) for _ in range(4)]
    await idle.execute("select pg_advisory_lock(1)")
    await in_transaction.execute("begin")
    working = asyncio.create_task(busy.execute("select pg_sleep(3)"))
    # asyncpg leaves Postgres waiting for what is to be done with the statement.
    await frozen.prepare("select 1")
    db = Database(database, "bills", utc_now)
    await db.open()

    await terminate_stuck_sessions(db, stuck_after_s=0.0)

    async def closed() -> list[bool]:
        return [one.is_closed() for one in (idle, in_transaction, busy, frozen)]

    await wait_until(closed, lambda seen: seen == [False, False, False, True])
    await in_transaction.execute("commit")
    await idle.execute("select 1")
    await working
    await db.close()
    for one in (idle, in_transaction, busy):
        await one.close()
