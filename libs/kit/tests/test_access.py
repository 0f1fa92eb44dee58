"""What the two logins of a service may do on a real Postgres: its rows, and never the schema or the audit trail."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from tieout_kit.clock import utc_now
from tieout_kit.postgres.database import Database
from tieout_kit.postgres.logins import Login
from tieout_kit.postgres.migrate import migrate
from tieout_local.logins import DatabaseUrls

pytestmark = [pytest.mark.real, pytest.mark.timeout(60), pytest.mark.rule("SYS-11")]

OURS, THEIRS = uuid4(), uuid4()
FORBIDDEN = [
    "create table mine (a int)",
    "create temporary table record (a int)",
    "alter table record add mine int",
    "alter table record disable row level security",
    "create policy mine on record using (true)",
    "drop policy of_the_tenant on record",
    "drop table record",
    "truncate record",
    "create function mine() returns int language sql return 1",
    "alter table audit disable trigger audit_is_kept",
    "drop trigger audit_is_kept on audit",
    "drop function audit_is_kept cascade",
    "update audit set who = 'eve'",
    "delete from audit",
    "truncate audit",
    "insert into schema_migrations values ('9')",
    "delete from schema_migrations",
    "set session_replication_role = replica",
    "set role {owner}",
    "grant {owner} to current_user",
    "alter role current_user bypassrls",
]


@pytest.fixture(scope="session")
def migrated_packages() -> Sequence[str]:
    return ("tieout_kit",)


@pytest_asyncio.fixture
async def urls(database: str, migrated_packages: Sequence[str]) -> DatabaseUrls:
    """Logins of this database alone."""
    found = DatabaseUrls.of(database)
    await found.migrate(migrated_packages)
    return found


@pytest_asyncio.fixture
async def worker(urls: DatabaseUrls) -> AsyncIterator[Database]:
    """Two tenants, each with a record and an audit entry."""
    database = Database(urls.worker, "bills", utc_now)
    await database.open()
    async with database.transaction() as tx:
        for tenant_id in (OURS, THEIRS):
            await tx.db.execute(
                "insert into record (tenant_id, kind, id, sequence, doc, state) values ($1, 'bill', $1, 1, '{}', '{}')",
                tenant_id,
            )
            await tx.db.execute(
                """insert into audit (tenant_id, at, who, roles, operation, record_kind, record_id, address)
                values ($1, now(), 'ana', '{}', 'PUT', 'bill', $1, '')""",
                tenant_id,
            )
    yield database
    await database.close()


@pytest_asyncio.fixture
async def api(urls: DatabaseUrls, worker: Database) -> AsyncIterator[Database]:
    database = Database(urls.api, "bills", utc_now, connections=1)
    await database.open()
    yield database
    await database.close()


async def records(database: Database) -> list[UUID]:
    async with database.transaction() as tx:
        return [row["tenant_id"] for row in await tx.db.fetch("select tenant_id from record")]


async def test_a_request_sees_the_tenant_that_its_transaction_names(api: Database) -> None:
    assert await records(api.of_tenant(OURS)) == [OURS]
    assert await records(api.of_tenant(THEIRS)) == [THEIRS]


async def test_without_a_tenant_there_is_no_row(api: Database) -> None:
    """On a connection that had a tenant before, too: the setting ends with the transaction."""
    assert await records(api) == []
    await records(api.of_tenant(OURS))
    assert await records(api) == []


async def test_a_refused_transaction_leaves_no_tenant_behind(api: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with api.of_tenant(OURS).transaction():
            raise ZeroDivisionError

    assert await records(api) == []


async def test_a_request_cannot_write_into_another_tenant(api: Database, worker: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with api.of_tenant(OURS).transaction() as tx:
            await tx.db.execute("insert into parked_tenant values ($1, now(), 'why')", THEIRS)
    async with api.of_tenant(OURS).transaction() as tx:
        await tx.db.execute("update record set sequence = 2")
        await tx.db.execute("delete from record where tenant_id = $1", THEIRS)

    async with worker.transaction() as tx:
        found = dict(await tx.db.fetch("select tenant_id, sequence from record"))
    assert found == {OURS: 2, THEIRS: 1}


async def test_the_worker_sees_every_tenant(worker: Database) -> None:
    assert sorted(await records(worker)) == sorted([OURS, THEIRS])


@pytest.mark.parametrize("login", ["worker", "api"])
async def test_no_login_of_a_service_alters_the_schema_or_the_audit_trail(
    worker: Database, urls: DatabaseUrls, login: str
) -> None:
    db, allowed = await asyncpg.connect(getattr(urls, login)), []
    await db.execute(f"set tieout.tenant = '{OURS}'")

    for statement in FORBIDDEN:
        try:
            async with db.transaction():
                await db.execute(statement.format(owner=Login.of(urls.owner).name))
            allowed.append(statement)
        except asyncpg.InsufficientPrivilegeError:
            pass
    # The trigger refuses it, too, and might be dropped by the owner.
    may_change = await db.fetchval("select has_table_privilege('audit', 'update, delete, truncate')")
    await db.close()

    assert (allowed, may_change) == ([], False)


async def test_every_table_with_tenants_is_behind_the_wall_and_no_other_is_open(urls: DatabaseUrls) -> None:
    db = await asyncpg.connect(urls.owner)
    walled = {row[0] for row in await db.fetch("select relname from pg_class where relrowsecurity")}
    of_tenants = {row[0] for row in await db.fetch(
        "select table_name from information_schema.columns where column_name = 'tenant_id' and table_schema = 'public'"
    )}  # fmt: skip
    await db.close()
    api = await asyncpg.connect(urls.api)
    readable = {row[0] for row in await api.fetch(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace "
        "and has_table_privilege(oid, 'select')"
    )}  # fmt: skip
    await api.close()

    assert walled == of_tenants
    assert readable == of_tenants | {"schema_migrations"}


async def test_a_table_of_a_later_migration_is_behind_the_wall_without_more_words(
    urls: DatabaseUrls, worker: Database, api: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "later" / "migrations").mkdir(parents=True)
    (tmp_path / "later" / "__init__.py").touch()
    made = "-- migrate:up\ncreate table note (tenant_id uuid, said text);\n-- migrate:down\n"
    (tmp_path / "later" / "migrations" / "29990101_note.sql").write_text(made)
    monkeypatch.syspath_prepend(tmp_path)
    await urls.migrate(("tieout_kit", "later"))
    async with worker.transaction() as tx:
        await tx.db.execute("insert into note values ($1, 'ours'), ($2, 'theirs')", OURS, THEIRS)

    async with api.of_tenant(OURS).transaction() as tx:
        assert [row["said"] for row in await tx.db.fetch("select * from note")] == ["ours"]


async def test_another_workers_login_joins_the_first_while_both_are_in_use(
    urls: DatabaseUrls, worker: Database, database: str
) -> None:
    """As when passwords are changed by changing logins: the processes of both run for a while."""
    next_login = Login(f"{Login.of(urls.worker).name}_2", "secret-2")
    await migrate(Database(database, "migrate", utc_now), ["tieout_kit"], (next_login, Login.of(urls.api)))
    server = urls.worker.rpartition("@")[2]
    second = Database(f"postgresql://{next_login.name}:{next_login.password}@{server}", "bills", utc_now)
    await second.open()

    for each in (worker, second):
        assert len(await records(each)) == 2
    await second.close()


async def test_a_login_with_the_owners_rights_is_refused(urls: DatabaseUrls, database: str) -> None:
    owner = Login.of(urls.owner)

    with pytest.raises(ValueError, match="has the owner's rights"):
        await migrate(Database(database, "migrate", utc_now), ["tieout_kit"], (owner, Login.of(urls.api)))


async def test_an_owner_needs_no_more_rights_where_the_logins_are_there(database: str) -> None:
    """As where Postgres is managed by somebody else."""
    name = f"plain_{uuid4().hex[:8]}"
    plain = DatabaseUrls.of(f"postgresql://{name}:secret@{database.rpartition('@')[2].rpartition('/')[0]}/{name}")
    worker, api = Login.of(plain.worker), Login.of(plain.api)
    server = await asyncpg.connect(database)
    await server.execute(f"create role {name} login password 'secret'")
    await server.execute(f"create database {name} owner {name}")

    with pytest.raises(ValueError, match=f"the login {worker.name} is missing, and the owner may not create it"):
        await plain.migrate(["tieout_kit"])
    for login in (worker, api):
        await server.execute(f"create role {login.name} login password '{login.password}'")
    await plain.migrate(["tieout_kit"])

    by_worker, by_api = (Database(url, "bills", utc_now) for url in (plain.worker, plain.api))
    for each in (by_worker, by_api):
        await each.open()
    async with by_worker.transaction() as tx:
        for tenant_id in (OURS, THEIRS):
            await tx.db.execute("insert into parked_tenant values ($1, now(), 'why')", tenant_id)
    async with by_api.of_tenant(OURS).transaction() as tx:
        assert [row["tenant_id"] for row in await tx.db.fetch("select * from parked_tenant")] == [OURS]
    for each in (by_worker, by_api):
        await each.close()
    await server.execute(f"drop database {name} with (force)")
    await server.close()


async def test_a_login_is_changed_for_another_while_processes_run(
    urls: DatabaseUrls, worker: Database, migrated_packages: Sequence[str]
) -> None:
    """docs/operate.md, Rotate keys: the former login works until it is dropped, and the new one does after that."""
    new = Login(f"{Login.of(urls.worker).name}_2", "another")
    url = urls.worker.replace(Login.of(urls.worker).name, new.name).replace(
        Login.of(urls.worker).password or "", "another"
    )
    owner = Database(urls.owner, "migrate", utc_now)
    await migrate(owner, migrated_packages, (new, Login.of(urls.api)))
    assert sorted(await records(worker)) == sorted([OURS, THEIRS])
    await worker.close()

    db = await asyncpg.connect(urls.owner)
    old = Login.of(urls.worker).name
    await db.execute(f'drop owned by "{old}"; drop role "{old}"')
    await db.close()

    changed = Database(url, "bills", utc_now)
    await changed.open()
    assert sorted(await records(changed)) == sorted([OURS, THEIRS])
    await changed.close()
