"""Migrations on a real Postgres: each is applied once, by one process, completely or not at all."""

import asyncio
from collections.abc import Sequence
from importlib import resources
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from tieout_kit.clock import utc_now
from tieout_kit.postgres import access
from tieout_kit.postgres import migrate as migrate_module
from tieout_kit.postgres.database import Database
from tieout_kit.postgres.migrate import migrate
from tieout_testing.kafka import running, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


@pytest.fixture(scope="session")
def migrated_packages() -> Sequence[str]:
    """None: these tests migrate."""
    return ()


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, **migrations: str) -> str:
    """A package with these migrations, by file name."""
    name = f"migrated_{uuid4().hex}"
    (folder / name / "migrations").mkdir(parents=True)
    (folder / name / "__init__.py").touch()
    for file, up in migrations.items():
        text = f"-- migrate:up\n{up}\n-- migrate:down\nselect no_such_function();\n"
        (folder / name / "migrations" / f"{file}.sql").write_text(text)
    monkeypatch.syspath_prepend(folder)
    return name


async def versions(url: str) -> list[str]:
    db = await asyncpg.connect(url)
    try:
        return [row["version"] for row in await db.fetch("select version from schema_migrations order by version")]
    finally:
        await db.close()


KIT = sorted(file.name.split("_")[0] for file in files("tieout_kit").joinpath("migrations").iterdir())


async def test_many_at_once_migrate_once(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = package(
        tmp_path, monkeypatch, **{"2_b": "create table b ();", "1_a": "select pg_sleep(0.3); create table a ();"}
    )
    services = [Database(database, "bills", utc_now) for _ in range(4)]

    await asyncio.gather(*(migrate(service, ["tieout_kit", name]) for service in services))
    await migrate(services[0], ["tieout_kit", name])

    assert await versions(database) == ["1", "2", *KIT]


async def test_a_failing_migration_leaves_nothing_behind(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = package(tmp_path, monkeypatch, **{"1_a": "create table a ();", "2_b": "create table b (); select 1 / 0;"})
    service = Database(database, "bills", utc_now)

    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(service, [name])

    assert await versions(database) == ["1"]
    db = await asyncpg.connect(database)
    assert await db.fetchval("select to_regclass('b')") is None
    assert await db.fetchval("select to_regclass('a')") == "a"
    await db.close()
    # The lock is free again: the next start says the same and does not hang.
    with pytest.raises(asyncpg.DivisionByZeroError):
        await asyncio.wait_for(migrate(service, [name]), 10)


async def test_a_job_that_is_frozen_keeps_nobody_waiting_for_ever(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail without the limits: services that wait for the lock would have waited until TCP gave up."""
    monkeypatch.setattr(migrate_module, "IDLE_S", 1)
    monkeypatch.setattr(access, "wall_in", lambda *_: asyncio.Event().wait())
    db = await asyncpg.connect(database)

    async def held() -> int:
        return int(
            await db.fetchval(
                """select count(*) from pg_locks where locktype = 'advisory'
            and database = (select oid from pg_database where datname = current_database())"""
            )
        )

    async with running(migrate(Database(database, "bills", utc_now), ["tieout_kit"])):
        await wait_until(held, lambda locks: locks == 1)
        await wait_until(held, lambda locks: locks == 0, within=10)
    await db.close()


async def test_every_down_is_the_way_back(database: str) -> None:
    service = Database(database, "bills", utc_now)
    await migrate(service, ["tieout_kit"])
    db = await asyncpg.connect(database)
    for file in sorted(resources.files("tieout_kit").joinpath("migrations").iterdir(), key=str, reverse=True):
        await db.execute(file.read_text().split("-- migrate:down")[1])
    tables = await db.fetch("select tablename from pg_tables where schemaname = 'public'")
    await db.close()

    assert [row["tablename"] for row in tables] == ["schema_migrations"]
