"""Many small sweeps go as fast as one large one; and what is healthy is reached, too, in pages."""

import datetime as dt
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tieout_kit.records import sweeps
from tieout_kit.records.sweeps import PAGE
from tieout_schemas.platform import SyncState
from tieout_schemas.references import moment
from tieout_schemas.xero import XeroAccount

from .held import Held
from .world import OTHER, TENANT, World, vendor

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

MANY = 200


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What Postgres is asked, by its first words."""
    asked: Counter[str] = Counter()

    def counted(call: Any) -> Any:
        async def method(db: Any, query: str, *args: Any, **more: Any) -> Any:
            asked[" ".join(query.split()[:6])] += 1
            return await call(db, query, *args, **more)

        return method

    for name in ("execute", "executemany", "fetch", "fetchrow", "fetchval"):
        monkeypatch.setattr(asyncpg.Connection, name, counted(getattr(asyncpg.Connection, name)))
    return asked


async def _waiting_for_vendors(held: Held, vendors: list[UUID], each: int) -> list[UUID]:
    """Bills of vendors that are not in Xero yet."""
    await held.world.choose(outbound_payments=True)
    ids = [bill_id for one in vendors for bill_id in await held.make(TENANT, each, vendor_id=one)]
    await held.relay()
    return ids


async def test_two_hundred_sweeps_of_one_record_each_take_a_handful_of_transactions(
    held: Held, statements: Counter[str]
) -> None:
    vendors = [uuid4() for _ in range(MANY)]
    ids = await _waiting_for_vendors(held, vendors, 1)
    await held.world.deliver(*(vendor(one, uuid4()) for one in vendors))
    [[count]] = await held.world.rows("select count(*) from sweep")
    assert count == MANY
    statements.clear()

    turns = await held.sweep()

    # The last page is full, so only the next one tells that it was the last.
    assert turns == MANY / PAGE + 1
    many = statements.total()
    assert set(await held.sent()) == set(ids)

    # As many records that all wait for one vendor take as many statements.
    one = uuid4()
    await _waiting_for_vendors(held, [one], MANY)
    await held.world.deliver(vendor(one, uuid4()))
    statements.clear()
    assert await held.sweep() == turns
    assert many == statements.total()


async def test_an_event_of_many_records_takes_as_many_statements_as_one_of_one(
    held: Held, statements: Counter[str]
) -> None:
    for count in (1, MANY):
        statements.clear()
        await held.world.deliver(*(vendor(uuid4(), uuid4()) for _ in range(count)))
        asked = dict(statements)
        if count == 1:
            alone = asked
    assert asked == alone


async def test_a_setting_by_which_records_are_decided_reaches_healthy_ones_in_pages(plain: World) -> None:
    ids = []
    for _ in range(3):
        bill_id = uuid4()
        await plain.in_step(bill_id)
        ids.append(bill_id)
    await plain.choose(contact_terms=False)
    await plain.sweep()
    # It does not sync now, so nothing leaves.
    for bill_id in ids:
        await plain.edit(bill_id, due_date=dt.date(2027, 1, 1))
    assert [await plain.state_of(bill_id) for bill_id in ids] == [SyncState.IN_STEP] * 3
    left = len(await plain.intents())

    await plain.choose(contact_terms=True)
    pages = 0
    while await plain.database.run(lambda tx: sweeps.process_page(tx, plain.wired.rechecks, 2)):
        pages += 1

    assert pages == 2
    assert [intent.record.id for intent in (await plain.intents())[left:]] == sorted(ids)
    assert await plain.rows("select from sweep") == []


async def test_a_setting_that_no_record_is_decided_by_reaches_none(plain: World) -> None:
    await plain.in_step(uuid4())

    await plain.choose(contact_email=False)

    assert await plain.rows("select from sweep") == []


@pytest.mark.rule("REF-3")
async def test_reference_data_reaches_the_records_that_are_decided_by_it_when_it_changes(plain: World) -> None:
    await plain.in_step(uuid4(), number="odd one")
    account = XeroAccount(code="1", name="old", active=True, xero_id=uuid4(), type="BANK", takes_payments=True)
    await plain.deliver(account, sequence=5)
    await plain.sweep()
    assert "old" in (await plain.problems())[0].sentence

    await plain.deliver(account, sequence=6)
    await plain.deliver(account.replace(name="older"), sequence=4)
    assert await plain.rows("select from sweep") == [], "nothing changed"
    await plain.deliver(account.replace(name="new"), sequence=7)
    await plain.sweep()

    [problem] = await plain.problems()
    assert "new" in problem.sentence
    assert (problem.count, problem.history[-1].note) == (3, problem.sentence)


@pytest.mark.rule("PAY-1")
async def test_what_waits_for_a_moment_goes_when_it_has_come(plain: World) -> None:
    day = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    ids = {tenant_id: uuid4() for tenant_id in (TENANT, OTHER)}
    for tenant_id, bill_id in ids.items():
        await plain.edit(bill_id, tenant_id=tenant_id, date=day.date())
        assert (await plain.bill(bill_id, tenant_id)).sync.waits_for == (moment(day),)
    later = uuid4()
    await plain.edit(later, date=dt.date(2026, 11, 21))

    plain.pass_time(day - plain.now - dt.timedelta(milliseconds=1))
    await plain.database.run(sweeps.add_for_moments)
    assert await plain.rows("select from sweep") == []
    plain.pass_time(dt.timedelta(milliseconds=1))
    for _ in range(2):
        await plain.database.run(sweeps.add_for_moments)
    assert len(await plain.rows("select from sweep")) == 2, "each once, however often one looks"
    await plain.sweep()

    for tenant_id, bill_id in ids.items():
        assert [intent.record.id for intent in await plain.intents(tenant_id=tenant_id)] == [bill_id]
    assert (await plain.bill(later)).sync.state is SyncState.WAITING
