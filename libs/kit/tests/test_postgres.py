"""Transactions: what is a bug, and what is only a database that has no time for us now."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tieout_kit.clock import utc_now
from tieout_kit.errors import RetryLater
from tieout_kit.postgres.database import Database, Timeouts
from tieout_testing.kafka import wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


@pytest_asyncio.fixture
async def single(database: str) -> AsyncIterator[Database]:
    """A pool of one connection, for which nobody waits long."""
    made = Database(database, "bills", utc_now, connections=1, timeouts=Timeouts(pool_s=0.2))
    await made.open()
    yield made
    await made.close()


async def test_a_query_called_wrongly_is_a_bug_and_not_a_database_that_is_away(single: Database) -> None:
    with pytest.raises(RuntimeError, match="called wrongly"):
        await single.run(lambda tx: tx.db.fetch("select $1::int", 1, 2))


async def test_no_connection_left_is_try_again_later(single: Database) -> None:
    async with single.transaction():
        with pytest.raises(RetryLater):
            await single.run(lambda tx: tx.db.execute("select 1"))
    await wait_until(lambda: single.run(lambda tx: tx.db.fetchval("select 1")), lambda one: one == 1)


async def test_a_transaction_that_is_cancelled_amid_a_query_leaves_nothing_on_its_connection(single: Database) -> None:
    begun = asyncio.Event()

    async def stuck() -> None:
        async with single.transaction() as tx:
            await tx.db.execute("create table never (id int); select pg_advisory_xact_lock(7)")
            await tx.db.execute("set local application_name = 'never'")
            begun.set()
            await tx.db.execute("select pg_sleep(60)")

    task = asyncio.create_task(stuck())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    left = (
        "select to_regclass('never') is null, current_setting('application_name'), "
        "(select count(*) from pg_locks where locktype = 'advisory')"
    )

    async def seen() -> object:
        try:
            return tuple(await single.run(lambda tx: tx.db.fetchrow(left)))
        except RetryLater:
            return None

    assert await wait_until(seen, bool) == (True, "", 0)
