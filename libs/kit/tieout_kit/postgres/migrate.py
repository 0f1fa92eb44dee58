"""Plain-SQL migrations in dbmate's format, `<version>_<name>.sql`: expand, then contract (ADR 8). See schema.py next.

`python -m tieout_kit.postgres.migrate PACKAGE...` runs all of them, the contracting ones too, in TIEOUT_DATABASE_URL.
Run it when no process of an older version is left.
"""

import asyncio
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import structlog

from tieout_kit.clock import utc_now
from tieout_kit.postgres.database import Database

LOCK = 7_301_001
"""The advisory lock of all migrations: one process migrates, the others wait."""
_CONTRACT = re.compile(r"^-- contract: (.+)$", re.MULTILINE)
# dbmate creates this table with the first column only.
_TABLE = """
create table if not exists schema_migrations (version varchar(128) primary key);
alter table schema_migrations add column if not exists contract text;
"""

log = structlog.get_logger(__name__)


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
    return {
        row["version"]: row["contract"] for row in await db.fetch("select version, contract from schema_migrations")
    }


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
        log.info("migrated", version=migration.version)


async def migrate(database: Database, packages: Iterable[str]) -> None:
    """Apply all migrations of these packages, the contracting ones too."""
    db: Any = await database.connection()
    try:
        await db.execute("select pg_advisory_lock($1)", LOCK)
        done = await applied(db)
        await apply(db, [migration for migration in known(packages) if migration.version not in done])
    finally:
        # Not close, which waits for an answer: a cancelled start must end. The lock ends with the connection.
        db.terminate()


def main() -> None:
    """Apply every migration of the packages that the arguments name."""
    asyncio.run(migrate(Database(os.environ["TIEOUT_DATABASE_URL"], "migrate", utc_now), sys.argv[1:]))


if __name__ == "__main__":
    main()
