"""Plain-SQL migrations in dbmate's format, `<version>_<name>.sql`: expand, then contract (ADR 8).

`python -m tieout_kit.postgres.migrate PACKAGE...` runs the expanding ones, before the processes of a new version start;
on an empty database it runs all. With `--contract` it runs the contracting ones too: once no process of an older
version is left. It works as the owner of the schema, TIEOUT_OWNER_DATABASE_URL, and gives the logins of
TIEOUT_DATABASE_URL and TIEOUT_API_DATABASE_URL what they need (access.py).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from tieout_kit.postgres import access
from tieout_kit.postgres.database import Database
from tieout_kit.postgres.logins import Login, create_if_missing

LOCK = 7_301_001
"""The advisory lock of all migrations: one process migrates, the others wait."""
IDLE_S = 60
"""After this Postgres ends the session of a job that is frozen, or whose machine is gone: every service waits for its
lock. A job that works sends its next query within milliseconds."""
_CONTRACT = re.compile(r"^-- contract: (.+)$", re.MULTILINE)
# dbmate creates this table with the first column only.
_TABLE = """
create table if not exists schema_migrations (version varchar(128) primary key);
alter table schema_migrations add column if not exists contract text;
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """A migration. `contract`: why older code cannot live with it; None: it can."""

    version: str
    up: str
    contract: str | None


def known(packages: Iterable[str]) -> list[Migration]:
    """The migrations of these packages, first to last."""
    found = []
    for package in packages:
        folder = files(package).joinpath("migrations")
        for file in folder.iterdir() if folder.is_dir() else ():
            if file.name.endswith(".sql"):
                text = file.read_text()
                up = text.split("-- migrate:up", 1)[1].split("-- migrate:down", 1)[0]
                why = _CONTRACT.search(text)
                found.append(Migration(file.name.split("_", 1)[0], up, why[1] if why else None))
    return sorted(found, key=lambda migration: migration.version)


async def applied(db: Any) -> dict[str, str | None]:
    """The versions that were applied, each with its `contract`. The caller holds the lock."""
    await db.execute(_TABLE)
    return await recorded(db)


async def recorded(db: Any) -> dict[str, str | None]:
    """The same, where the table exists."""
    rows = await db.fetch("select version, contract from schema_migrations")
    return {row["version"]: row["contract"] for row in rows}


async def apply(db: Any, migrations: Sequence[Migration]) -> None:
    """Apply migrations, each in its own transaction. The caller holds the lock."""
    for migration in migrations:
        async with db.transaction():
            await db.execute(migration.up)
            await db.execute(
                "insert into schema_migrations (version, contract) values ($1, $2)",
                migration.version,
                migration.contract,
            )


async def migrate(
    database: Database, packages: Iterable[str], logins: tuple[Login, Login] | None = None, *, contract: bool = True
) -> tuple[list[str], list[str]]:
    """Apply the migrations of these packages as the owner of the schema; without `contract` the expanding ones only.

    `logins`: the worker's and the API's, which get what they need. None: only the owner uses the database. Returns the
    versions that were applied, and those that are left. Raises ValueError for a login that would pass the wall.
    """
    packages = list(packages)
    db: Any = await database.connection()
    try:
        await db.execute(
            f"set idle_session_timeout = '{IDLE_S}s'; set idle_in_transaction_session_timeout = '{IDLE_S}s'"
        )
        await db.execute("select pg_advisory_lock($1)", LOCK)
        done = await applied(db)
        pending = [migration for migration in known(packages) if migration.version not in done]
        # On an empty database there are no older processes.
        left = [migration for migration in pending if migration.contract and done and not contract]
        now = [migration for migration in pending if migration not in left]
        await apply(db, now)
        if logins:
            await create_if_missing(db, logins)
        await access.wall_in(db, logins[0] if logins else None)
        if logins:
            async with db.transaction():
                await access.grant(db, *logins, packages)
        return [one.version for one in now], [one.version for one in left]
    finally:
        # Not close, which waits for an answer: a cancelled run must end. The lock ends with the connection.
        db.terminate()
