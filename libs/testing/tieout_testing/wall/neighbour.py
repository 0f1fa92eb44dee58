"""A second tenant with a copy of every row of the first: the same ids, and other words."""

import re
from typing import Any
from uuid import UUID

MARK = "next door"
# Words that people choose: no code reads them.
_FREE_COLUMNS = ("who", "by", "name", "org_name", "place", "asked_by", "address")
_FREE_KEYS = "name|number|reference|description|by|asked_by|sentence|what"
# Only the relay reads it.
_LEFT_OUT = ("outbox",)

_COLUMNS = """
select c.relname as table, a.attname as column, format_type(a.atttypid, null) as type,
    exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and a.attnum = any(i.indkey)
        and not exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id'
            and t.attnum = any(i.indkey))) as must_differ
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and a.attidentity = ''
    and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id')
order by c.relname, a.attnum
"""


class Neighbour:
    """The second tenant. `db`: a connection of a superuser."""

    def __init__(self, db: Any, ours: UUID, theirs: UUID) -> None:
        self._db, self._ours, self.theirs = db, ours, theirs
        self._copies: list[str] = []
        self._made_up: list[str] = []
        self.tables: list[str] = []

    async def learn(self) -> None:
        """Read the tables that there are."""
        columns: dict[str, dict[str, str]] = {}
        made_up: dict[str, dict[str, str]] = {}
        for row in await self._db.fetch(_COLUMNS):
            if row["table"] not in _LEFT_OUT:
                columns.setdefault(row["table"], {})[f'"{row["column"]}"'] = self._copied(row)
                made_up.setdefault(row["table"], {})[f'"{row["column"]}"'] = self._of_type(row["type"])
        self.tables = list(columns)
        self._copies = [
            f'insert into "{table}" ({", ".join(of)}) select {", ".join(of.values())} from "{table}" '
            f"where tenant_id = '{self._ours}'"
            for table, of in columns.items()
        ]
        self._made_up = [
            f'insert into "{table}" ({", ".join(of)}) select {", ".join(of.values())} '
            f"where not exists (select from \"{table}\" where tenant_id = '{self._ours}')"
            for table, of in made_up.items()
        ]

    async def move_in(self) -> None:
        """Copy the rows; of a table without rows of the first tenant there is one that is made up. Keys to other tables
        are not checked."""
        await self._db.execute("set local session_replication_role = replica")
        for made in (*self._copies, *self._made_up):
            await self._db.execute(made)
        for table in self.tables:
            # A query that takes the first row it meets now meets the neighbour's.
            if table != "audit":
                await self._db.execute(f"update \"{table}\" set tenant_id = tenant_id where tenant_id = '{self._ours}'")
        await self._db.execute("set local session_replication_role = origin")

    async def state(self) -> str:
        """All that the second tenant has, in a short text."""
        each = [
            f"select '{table}' as t, count(*) as n, md5(string_agg(r::text, '|' order by r::text)) as h "
            f"from \"{table}\" r where tenant_id = '{self.theirs}'"
            for table in self.tables
        ]
        return str([tuple(row) for row in await self._db.fetch(" union all ".join(each))])

    def _of_type(self, type_: str) -> str:
        """The SQL of a made-up value."""
        if type_.endswith("[]"):
            return "'{}'"
        made = {"uuid": f"'{self.theirs}'", "bytea": f"'{MARK}'::bytea", "json": "'{}'", "jsonb": "'{}'"}
        made |= {"boolean": "true", "timestamp with time zone": "now()", "date": "now()", "text": f"'{MARK}'"}
        return f"{made.get(type_, '7')}::{type_}"

    def _copied(self, row: Any) -> str:
        """The SQL of a column's copy."""
        column, type_ = f'"{row["column"]}"', row["type"]
        if row["column"] == "tenant_id":
            return f"'{self.theirs}'::uuid"
        if row["must_differ"]:
            text = f"md5('{MARK}' || {column}::text)"
            return f"{text}::uuid" if type_ == "uuid" else f"decode({text}, 'hex')" if type_ == "bytea" else text
        if row["column"] in _FREE_COLUMNS and type_ in ("text", "character varying"):
            return f"'{MARK} ' || {column}"
        if type_ in ("json", "jsonb"):
            own = f"replace({column}::text, '{self._ours}', '{self.theirs}')"
            return f"""regexp_replace({own}, '"({_FREE_KEYS})": ?"', '"\\1": "{MARK} ', 'g')::{type_}"""
        return column


def shows(text: str, theirs: UUID) -> bool:
    """Whether an answer shows something of the second tenant."""
    return re.search(rf"{MARK}|{theirs}", text) is not None
