"""What a service's two logins may do in its database: grants and row-level security (ADR 29).

The worker's login is for consumers, relay and periodic work, and sees every tenant. The API's login is for requests,
and sees the one tenant that its transaction names (database.py). Neither owns anything, so neither alters the schema.

Everything follows from the tables there are: a table with a column `tenant_id` is behind the wall, a table without one
is closed to the API. `access.sql` of a package says what is different, with `:worker` and `:api` for the logins.
"""

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from tieout_kit.postgres.logins import Login, quoted

TENANT_SETTING = "tieout.tenant"
"""The setting of a transaction that names its tenant."""
# In a subquery it is computed once a statement and not once a row. After a transaction the setting is empty, not null.
_OF_THE_TENANT = f"tenant_id = (select nullif(current_setting('{TENANT_SETTING}', true), '')::uuid)"
_TABLES = """
with t as (select c.oid, quote_ident(c.relname) as name, c.relrowsecurity as walled,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
        as of_tenants,
    exists (select from pg_policy where polrelid = c.oid and polname = 'of_the_tenant') as policed,
    array(select r.rolname::text from pg_policy p join pg_roles r on r.oid = any(p.polroles)
        where p.polrelid = c.oid and p.polname = 'every_tenant' order by r.rolname) as workers
from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace order by c.relname)
select * from t
"""


async def wall_in(db: Any, worker: Login | None) -> None:
    """Put every table with tenants behind row-level security: who is no worker sees its transaction's tenant only.

    A table in each transaction: locks on several would deadlock with the processes that use them meanwhile.
    """
    for table in await db.fetch(_TABLES):
        async with db.transaction():
            if table["of_tenants"] and not table["policed"]:
                await db.execute(f"alter table {table['name']} enable row level security")
                await db.execute(f"create policy of_the_tenant on {table['name']} using ({_OF_THE_TENANT})")
            if worker and worker.name not in table["workers"] and (table["of_tenants"] or table["walled"]):
                # A process of the version before may still use another login.
                workers = ", ".join(quoted(name) for name in (*table["workers"], worker.name))
                await db.execute(
                    f"alter policy every_tenant on {table['name']} to {workers}"
                    if table["workers"]
                    else f"create policy every_tenant on {table['name']} to {workers} using (true)"
                )


async def grant(db: Any, worker: Login, api: Login, packages: Iterable[str]) -> None:
    """Give both logins what they need and nothing else. In a transaction: meanwhile they go on with what they had.

    Raises ValueError if the API's login could still make temporary tables.
    """
    to_worker, to_api = quoted(worker.name), quoted(api.name)
    both, schema = f"{to_worker}, {to_api}", quoted(await db.fetchval("select current_schema()"))
    database = quoted(await db.fetchval("select current_database()"))
    for sql in (
        f"revoke all on database {database} from public, {both}",
        f"grant connect on database {database} to {both}",
        f"revoke create on schema {schema} from public, {both}",
        f"grant usage on schema {schema} to {both}",
        f"revoke all on all tables in schema {schema} from public, {both}",
        f"revoke all on all functions in schema {schema} from public",
        f"grant execute on all functions in schema {schema} to {both}",
        f"grant select, insert, update, delete on all tables in schema {schema} to {to_worker}",
    ):
        await db.execute(sql)
    # Who does not own the database revokes nothing of it, and Postgres only warns.
    if await db.fetchval("select has_database_privilege($1, current_database(), 'temporary')", api.name):
        raise ValueError(
            f"{api.name} may make temporary tables, which would stand before the real ones; "
            f"the owner of the database must run: revoke temporary on database {database} from public"
        )
    for table in await db.fetch(_TABLES):
        if table["of_tenants"]:
            await db.execute(f"grant select, insert, update, delete on {table['name']} to {to_api}")
    await db.execute(f"revoke all on schema_migrations from {both}; grant select on schema_migrations to {both}")
    for package in packages:
        special = files(package).joinpath("access.sql")
        if special.is_file():
            await db.execute(special.read_text().replace(":worker", to_worker).replace(":api", to_api))


async def too_mighty(db: Any) -> str | None:
    """Why this connection could alter the schema or the audit trail; None: it can do neither."""
    owned = "name <> 'schema_migrations' and pg_has_role((select relowner from pg_class where oid = t.oid), 'member')"
    if names := await _names(db, owned):
        return f"its login owns {names}"
    if await db.fetchval("select has_schema_privilege(current_schema(), 'create')"):
        return "its login may create tables"
    return None


async def sees_every_tenant(db: Any) -> str | None:
    """The tables in which this connection sees more than the tenant of its transaction; None: there are none."""
    return await _names(
        db,
        """of_tenants and (not row_security_active(oid)
        or exists (select from pg_roles r where r.rolname = any(t.workers) and pg_has_role(r.oid, 'member')))""",
    )


async def _names(db: Any, condition: str) -> str | None:
    names = [row["name"] for row in await db.fetch(f"{_TABLES} where {condition}")]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") if names else None
