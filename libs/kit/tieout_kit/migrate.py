"""Plain-SQL migrations in dbmate's format, under an advisory lock: `<version>_<name>.sql`, `-- migrate:up`."""

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import structlog

from tieout_kit.postgres import Database

LOCK = 7_301_001
"""Any number, the same for all of us: one migrates, the others wait and find it done."""

log = structlog.get_logger(__name__)


def _found(packages: Iterable[str]) -> list[tuple[str, str]]:
    found = []
    for package in packages:
        for file in files(package).joinpath("migrations").iterdir():
            if file.name.endswith(".sql"):
                up = file.read_text().split("-- migrate:up", 1)[1].split("-- migrate:down", 1)[0]
                found.append((file.name.split("_", 1)[0], up))
    return sorted(found)


async def migrate(database: Database, packages: Iterable[str]) -> None:
    """Bring the database to the newest version of these packages' migrations, each in its own transaction."""
    db: Any = await database.connection()
    try:
        await db.execute("select pg_advisory_lock($1)", LOCK)
        await db.execute("create table if not exists schema_migrations (version varchar(128) primary key)")
        done = {row["version"] for row in await db.fetch("select version from schema_migrations")}
        for version, up in _found(packages):
            if version not in done:
                async with db.transaction():
                    await db.execute(up)
                    await db.execute("insert into schema_migrations values ($1)", version)
                log.info("migrated", version=version)
    finally:
        # Not close, which waits for an answer, and a cancelled start must end. The lock goes with the connection.
        db.terminate()
