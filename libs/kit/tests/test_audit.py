"""The audit trail: written with the change, read by its filters, and never changed (SYS-11)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from tieout_kit.http import audit
from tieout_kit.http.audit import State
from tieout_kit.http.auth import Caller
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_schemas.payload import RecordRef
from tieout_schemas.roles import Role
from tieout_schemas.settings import TenantSettings

pytestmark = [pytest.mark.real, pytest.mark.timeout(60), pytest.mark.rule("SYS-11")]

TENANT, RECORD = uuid4(), uuid4()
ANA = Caller("ana", frozenset(), frozenset({Role.VIEWER, Role.ADMIN}), "PUT /things/{thing_id}", "192.0.2.7")


class Clock:
    """A clock that is a minute later at each call."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest_asyncio.fixture
async def database(database: str) -> AsyncIterator[Database]:
    found = Database(database, "bills", Clock())
    await found.open()
    await migrate(found, ["tieout_kit"])
    yield found
    await found.close()


async def note(tx: Tx, before: State, after: State, *, by: str = "ana", record_id: UUID = RECORD) -> None:
    caller = Caller(by, ANA.tenants, ANA.roles, ANA.operation, ANA.address)
    await audit.note(tx, caller, TENANT, RecordRef(kind="thing", id=record_id), before, after)


async def trail(database: Database, **filters: Any) -> list[audit.Entry]:
    async with database.transaction() as tx:
        return await audit.page(tx, TENANT, filters.pop("limit", 100), **filters)


async def test_a_change_is_told_with_who_what_before_after_when_and_from_where(database: Database) -> None:
    before, after = TenantSettings(tenant_id=TENANT), TenantSettings(tenant_id=TENANT, version=1)
    async with database.transaction() as tx:
        await note(tx, before, after)

    (told,) = await trail(database)

    assert (told.who, told.operation, told.address) == ("ana", "PUT /things/{thing_id}", "192.0.2.7")
    assert (told.roles, told.record) == ([Role.ADMIN, Role.VIEWER], RecordRef(kind="thing", id=RECORD))
    assert (told.before, told.after) == (before.model_dump(mode="json"), after.model_dump(mode="json"))
    assert told.at == datetime(2026, 11, 25, 0, 1, tzinfo=UTC)


async def test_what_was_made_has_nothing_before_and_what_did_not_change_is_not_told(database: Database) -> None:
    async with database.transaction() as tx:
        await note(tx, None, {"a": 1})
        await note(tx, {"a": 1}, {"a": 1})
        await note(tx, {"a": 1}, None)

    assert [(told.before, told.after) for told in await trail(database)] == [({"a": 1}, None), (None, {"a": 1})]


async def test_a_change_that_does_not_come_through_is_not_told(database: Database) -> None:
    async def note_and_fail(tx: Tx) -> None:
        await note(tx, None, {"a": 1})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.run(note_and_fail)

    assert await trail(database) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "update audit set who = 'eve'",
        "update audit set who = who where false",
        "delete from audit",
        "truncate audit",
        "insert into audit overriding system value select * from audit on conflict (tenant_id, id) do update "
        "set who = 'eve'",
        "set local session_replication_role = replica; delete from audit",
    ],
)
async def test_the_services_own_database_user_cannot_change_it(database: Database, tampering: str) -> None:
    async with database.transaction() as tx:
        await note(tx, None, {"a": 1})
    before = await trail(database)

    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="added to and never changed"):
        async with database.transaction() as tx:
            await tx.db.execute(tampering)

    assert await trail(database) == before
    assert len(before) == 1


async def test_it_is_read_by_record_by_person_and_by_time(database: Database) -> None:
    other = uuid4()
    for by, record_id in (("ana", RECORD), ("bob", RECORD), ("ana", other)):
        async with database.transaction() as tx:
            await note(tx, None, {"a": 1}, by=by, record_id=record_id)
    third, second, first = await trail(database)

    assert await trail(database, record_id=RECORD) == [second, first]
    assert await trail(database, who="ana") == [third, first]
    assert await trail(database, since=second.at) == [third, second]
    assert await trail(database, until=second.at) == [first]
    assert await trail(database, who="ana", record_id=RECORD, since=second.at) == []
    async with database.transaction() as tx:
        assert await audit.page(tx, uuid4(), 100) == []


async def test_pages_follow_one_another_and_what_is_new_disturbs_none(database: Database) -> None:
    async def add(count: int) -> None:
        async with database.transaction() as tx:
            for n in range(count):
                await note(tx, None, {"n": n})

    await add(25)
    seen: list[int] = []
    while page := await trail(database, limit=10, after=seen[-1] if seen else None):
        seen += [told.id for told in page]
        await add(1)

    assert seen == list(range(25, 0, -1))
