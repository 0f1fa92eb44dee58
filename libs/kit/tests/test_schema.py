"""A service on a database that is older or newer than its code: it migrates, goes on, or reports and waits (ADR 8)."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tieout_kit.clock import utc_now
from tieout_kit.postgres.database import Database
from tieout_kit.postgres.migrate import LOCK
from tieout_kit.postgres.schema import Schema
from tieout_testing.kafka import running, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

EXPAND, CONTRACT, LATER = "1_make", "2_drop", "3_add"
STEPS = {
    EXPAND: "-- migrate:up\ncreate table bill (old int);",
    CONTRACT: "-- contract: nobody reads bill.old any more\n-- migrate:up\nalter table bill drop old;",
    LATER: "-- migrate:up\nalter table bill add new int;",
}


@pytest.fixture(scope="session")
def migrated_packages() -> Sequence[str]:
    """None: these tests migrate."""
    return ()


class Code:
    """A release: it knows some of the steps."""

    def __init__(self, folder: Path, database: str, *steps: str) -> None:
        self.folder, self.package, self._url = folder, f"release_{uuid4().hex}", database
        (folder / self.package / "migrations").mkdir(parents=True)
        (folder / self.package / "__init__.py").touch()
        for step in steps:
            (folder / self.package / "migrations" / f"{step}.sql").write_text(f"{STEPS[step]}\n-- migrate:down\n")

    @property
    def starting(self) -> Schema:
        return Schema(Database(self._url, "bills", utc_now), (self.package,))

    async def command(self) -> None:
        """`python -m tieout_kit.postgres.migrate`, as Helm runs it after the roll-out."""
        env = os.environ | {"PYTHONPATH": str(self.folder), "TIEOUT_DATABASE_URL": self._url}
        words = [sys.executable, "-m", "tieout_kit.postgres.migrate", self.package]
        process = await asyncio.create_subprocess_exec(*words, env=env)
        assert await process.wait() == 0


@pytest.fixture
def releases(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(tmp_path)
    return lambda *steps: Code(tmp_path, database, *steps)


@asynccontextmanager
async def asked(database: str) -> AsyncIterator[Any]:
    db = await asyncpg.connect(database)
    yield db
    await db.close()


async def columns(database: str) -> list[str]:
    async with asked(database) as db:
        rows = await db.fetch("select column_name from information_schema.columns where table_name = 'bill'")
    return sorted(row["column_name"] for row in rows)


async def versions(database: str) -> list[str]:
    async with asked(database) as db:
        return [row["version"] for row in await db.fetch("select version from schema_migrations order by version")]


@asynccontextmanager
async def waiting(schema: Schema, trouble: str) -> AsyncIterator[None]:
    """The service waits for this reason, and starts after the block inside."""

    async def seen() -> str | None:
        return schema.unhealthy_because

    async with running(schema.ready()) as (ready,):
        assert trouble in str(await wait_until(seen, lambda said: said is not None and "not checked" not in said))
        assert not ready.done()
        yield
        await asyncio.wait_for(asyncio.shield(ready), 10)
    assert schema.unhealthy_because is None


async def test_on_an_older_database_a_starting_service_expands_and_leaves_contracting_for_later(
    releases: Any, database: str
) -> None:
    """Seen to fail when all pending migrations were made: the release that still runs lost a column it reads."""
    await releases(EXPAND).starting.ready()
    new = releases(EXPAND, CONTRACT, LATER)

    await new.starting.ready()
    assert await columns(database) == ["new", "old"]

    await new.command()
    assert await columns(database) == ["new"]
    await new.starting.ready()
    assert await versions(database) == ["1", "2", "3"]


async def test_on_an_empty_database_everything_is_made_in_order(releases: Any, database: str) -> None:
    await releases(EXPAND, CONTRACT, LATER).starting.ready()

    assert await columns(database) == ["new"]


async def test_on_a_database_that_was_only_expanded_older_code_goes_on(releases: Any) -> None:
    await releases(EXPAND, LATER).starting.ready()

    await asyncio.wait_for(releases(EXPAND).starting.ready(), 5)


async def test_on_a_database_that_was_contracted_older_code_says_so_and_waits(releases: Any, database: str) -> None:
    """Seen to fail when the mark was not kept in the table: it began on tables it does not know."""
    await releases(EXPAND, CONTRACT, LATER).starting.ready()

    reason = "the database is newer than this code can work with: 2 (nobody reads bill.old any more)"
    async with waiting(releases(EXPAND).starting, reason), asked(database) as db:
        # An older database is restored, say.
        await db.execute("delete from schema_migrations where version = '2'")


async def test_while_another_process_migrates_it_says_so(releases: Any, database: str) -> None:
    """Seen to fail with a lock that is waited for: the reason stayed what it was before."""
    async with asked(database) as db:
        await db.execute("select pg_advisory_lock($1)", LOCK)
        async with waiting(releases(EXPAND).starting, "another process migrates"):
            assert await columns(database) == []
            await db.execute("select pg_advisory_unlock($1)", LOCK)
    assert await columns(database) == ["old"]


async def test_a_table_that_dbmate_made_is_understood_and_stays_of_use_to_it(releases: Any, database: str) -> None:
    async with asked(database) as db:
        await db.execute("create table bill (old int); create table schema_migrations (version varchar primary key)")
        await db.execute("insert into schema_migrations (version) values ('1')")
    await releases(EXPAND, LATER).starting.ready()

    async with asked(database) as db:
        await db.execute("insert into schema_migrations (version) values ('4')")
    await releases(EXPAND, LATER).starting.ready()
    assert await versions(database) == ["1", "3", "4"]
