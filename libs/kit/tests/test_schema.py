"""A service on a database that is older or newer than its code: it goes on, or reports and waits (ADR 8, ADR 29)."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from tieout_kit.clock import utc_now
from tieout_kit.postgres.database import Database
from tieout_kit.postgres.logins import Login
from tieout_kit.postgres.migrate import LOCK
from tieout_kit.postgres.schema import Schema
from tieout_local.logins import DatabaseUrls
from tieout_testing.kafka import running, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

EXPAND, CONTRACT, LATER = "1_make", "2_drop", "3_add"
STEPS = {
    EXPAND: "-- migrate:up\ncreate table bill (tenant_id uuid, old int);",
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
        self.folder, self.package, self.urls = folder, f"release_{uuid4().hex}", DatabaseUrls.of(database)
        (folder / self.package / "migrations").mkdir(parents=True)
        (folder / self.package / "__init__.py").touch()
        for step in steps:
            (folder / self.package / "migrations" / f"{step}.sql").write_text(f"{STEPS[step]}\n-- migrate:down\n")

    @property
    def starting(self) -> Schema:
        databases = [Database(url, "bills", utc_now) for url in (self.urls.worker, self.urls.api)]
        return Schema(databases[0], (self.package,), databases[1])

    async def command(self, *options: str, **changed: str) -> tuple[int, str]:
        """`python -m tieout_kit.postgres.migrate`, as Helm runs it before the roll-out: exit code and output."""
        env = os.environ | self.urls.environment | {"TIEOUT_OWNER_DATABASE_URL": self.urls.owner, **changed}
        words = [sys.executable, "-m", "tieout_kit.postgres.migrate", *options, self.package]
        process = await asyncio.create_subprocess_exec(
            *words, env=env | {"PYTHONPATH": str(self.folder)}, stdout=PIPE, stderr=STDOUT
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    async def migrated(self, *options: str) -> "Code":
        """This release, after its migration job."""
        code, output = await self.command(*options)
        assert code == 0, output
        # Its log is read when an upgrade goes wrong.
        assert "Warning" not in output, output
        return self


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
    return sorted({row["column_name"] for row in rows} - {"tenant_id"})


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


async def test_the_job_expands_before_the_roll_out_and_contracts_on_request_after_it(
    releases: Any, database: str
) -> None:
    """Seen to fail when all pending migrations were made: the release that still runs lost a column it reads."""
    await releases(EXPAND).migrated()
    new = releases(EXPAND, CONTRACT, LATER)

    await new.migrated()
    assert await columns(database) == ["new", "old"]
    await new.starting.ready()

    await new.migrated("--contract")
    assert await columns(database) == ["new"]
    await new.starting.ready()
    assert await versions(database) == ["1", "2", "3"]


async def test_a_service_waits_until_the_job_has_made_what_it_needs(releases: Any) -> None:
    await releases(EXPAND).migrated()
    new = releases(EXPAND, LATER)

    async with waiting(
        new.starting, f"lacks the migrations 3; run `python -m tieout_kit.postgres.migrate {new.package}`"
    ):
        await new.migrated()


async def test_a_service_waits_for_a_login_that_the_job_is_yet_to_make(releases: Any, database: str) -> None:
    code = releases(EXPAND)

    async with waiting(code.starting, "Postgres is unavailable: password authentication failed"):
        await code.migrated()
        assert await columns(database) == ["old"]


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize(
    ("worker", "api", "reason"),
    [
        ("owner", "api", "TIEOUT_DATABASE_URL: its login owns bill"),
        ("worker", "owner", "TIEOUT_API_DATABASE_URL: its login owns bill"),
        ("worker", "worker", "TIEOUT_API_DATABASE_URL: its login sees every tenant in bill"),
    ],
)
async def test_a_service_refuses_a_login_that_may_do_too_much(
    releases: Any, worker: str, api: str, reason: str
) -> None:
    code = await releases(EXPAND).migrated()
    databases = [Database(getattr(code.urls, login), "bills", utc_now) for login in (worker, api)]
    schema = Schema(databases[0], (code.package,), databases[1])

    async with running(schema.ready()):
        await wait_until(lambda: _said(schema), lambda said: reason in str(said))


@pytest.mark.rule("SYS-11")
async def test_a_login_that_could_make_itself_the_owner_is_refused(releases: Any, database: str) -> None:
    """A member of the owner's role that does not inherit its rights takes them with `set role`."""
    code = await releases(EXPAND).migrated()
    owner, worker = Login.of(code.urls.owner).name, Login.of(code.urls.worker).name
    async with asked(database) as db:
        await db.execute(f"alter role {worker} noinherit; grant {owner} to {worker}")

    exit_code, output = await code.command()
    assert exit_code != 0
    assert f"the login {worker} is a superuser or has the owner's rights" in output
    schema = code.starting
    async with running(schema.ready()):
        await wait_until(lambda: _said(schema), lambda said: "TIEOUT_DATABASE_URL: its login owns bill" in str(said))


async def test_an_owner_who_cannot_forbid_temporary_tables_is_told_so(releases: Any, database: str) -> None:
    """Seen to fail when Postgres' warning that nothing was revoked was the only sign."""
    code, owner = releases(EXPAND), f"owner_{uuid4().hex[:12]}"
    url = urlsplit(database)
    theirs = url._replace(netloc=f"{owner}:secret@{url.hostname}:{url.port}").geturl()
    async with asked(database) as db:
        await db.execute(
            f"create role {owner} login createrole password 'secret'; alter schema public owner to {owner}"
        )
        exit_code, output = await code.command(TIEOUT_OWNER_DATABASE_URL=theirs)
        assert exit_code != 0
        assert f'revoke temporary on database "{url.path[1:]}" from public' in output

        await db.execute(f"revoke temporary on database {url.path[1:]} from public")
    exit_code, output = await code.command(TIEOUT_OWNER_DATABASE_URL=theirs)
    assert exit_code == 0, output


async def test_the_job_locks_one_table_at_a_time_while_older_processes_work(releases: Any, database: str) -> None:
    """Seen to fail when all tables were walled in one transaction: the older process was ended as deadlocked."""
    code = await releases(EXPAND).migrated()
    waits = """select exists (select from pg_locks where not granted
        and database = (select oid from pg_database where datname = current_database()))"""
    async with asked(database) as older, asked(database) as db:
        await older.execute("create table first (tenant_id uuid); create table last (tenant_id uuid)")
        await older.execute("begin; select from last")
        async with running(code.migrated()) as (job,):
            await wait_until(lambda: db.fetchval(waits), bool)
            await older.execute("select from first", timeout=10)
            await older.execute("commit")
            await job


async def test_the_job_names_the_variable_that_is_missing(releases: Any) -> None:
    code, output = await releases(EXPAND).command(TIEOUT_API_DATABASE_URL="")

    assert (code, "set TIEOUT_API_DATABASE_URL" in output) == (2, True)


async def test_on_an_empty_database_everything_is_made_in_order(releases: Any, database: str) -> None:
    await releases(EXPAND, CONTRACT, LATER).migrated()

    assert await columns(database) == ["new"]


async def test_on_a_database_that_was_only_expanded_older_code_goes_on(releases: Any) -> None:
    await releases(EXPAND, LATER).migrated()

    await asyncio.wait_for(releases(EXPAND).starting.ready(), 5)


async def test_on_a_database_that_was_contracted_older_code_says_so_and_waits(releases: Any, database: str) -> None:
    """Seen to fail when the mark was not kept in the table: it began on tables it does not know."""
    await releases(EXPAND, CONTRACT, LATER).migrated()

    reason = "the database is newer than this code can work with: 2 (nobody reads bill.old any more)"
    async with waiting(releases(EXPAND).starting, reason), asked(database) as db:
        # An older database is restored, say.
        await db.execute("delete from schema_migrations where version = '2'")


async def test_while_another_process_migrates_it_says_so(releases: Any, database: str) -> None:
    """Seen to fail with a lock that is waited for: the reason stayed what it was before."""
    code = await releases(EXPAND).migrated()
    async with asked(database) as db:
        await db.execute("select pg_advisory_lock($1)", LOCK)
        async with waiting(code.starting, "another process migrates"):
            await db.execute("select pg_advisory_unlock($1)", LOCK)


async def test_a_table_that_dbmate_made_is_understood_and_stays_of_use_to_it(releases: Any, database: str) -> None:
    async with asked(database) as db:
        await db.execute("create table bill (tenant_id uuid, old int)")
        await db.execute("create table schema_migrations (version varchar primary key)")
        await db.execute("insert into schema_migrations (version) values ('1')")
    await releases(EXPAND, LATER).migrated()

    async with asked(database) as db:
        await db.execute("insert into schema_migrations (version) values ('4')")
    await (await releases(EXPAND, LATER).migrated()).starting.ready()
    assert await versions(database) == ["1", "3", "4"]


async def _said(schema: Schema) -> str | None:
    return schema.unhealthy_because
