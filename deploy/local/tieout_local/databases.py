"""Check whether a Postgres server answers; create and drop databases."""

import asyncpg

# Errors of a connection while the server starts.
STARTING = (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError)


async def answers(dsn: str) -> bool:
    """Whether the server answers a query."""
    try:
        connection = await asyncpg.connect(dsn, timeout=5)
    except STARTING:
        return False
    try:
        return bool(await connection.fetchval("select true"))
    finally:
        await connection.close()


async def create(dsn: str, database: str, template: str | None = None) -> None:
    """Create the database if it is missing. `template`: the database that it becomes a copy of; nobody may use it."""
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("select true from pg_database where datname = $1", database):
            # Postgres copies the files of a small database faster than it logs its pages.
            copied = f" template {_quoted(template)} strategy file_copy" if template else ""
            await connection.execute(f"create database {_quoted(database)}{copied}")
    finally:
        await connection.close()


async def drop(dsn: str, database: str) -> None:
    """Drop the database if it exists, and cut its connections."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"drop database if exists {_quoted(database)} with (force)")
    finally:
        await connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
