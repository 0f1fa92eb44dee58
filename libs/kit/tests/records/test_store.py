"""Many at one record: nobody writes over what another has saved, and nobody waits in a ring."""

import asyncio
import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_kit.errors import Clash, RetryLater
from tieout_kit.events import Cause
from tieout_kit.postgres.database import Tx
from tieout_kit.records.sweeps import Recheck
from tieout_kit.sync.edit import StateUnknown
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.state import State
from tieout_kit.sync.work import Work
from tieout_schemas.platform import Bill, BillStatus
from tieout_schemas.xero import InvoiceStatus
from tieout_testing.kafka import wait_until

from .world import TENANT, World

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

MADE_NOW = 0


def work(world: World, bill: Bill, sequence: int) -> Work[Any, Any]:
    facts: Any = Facts(TENANT, None, None, world.now)  # type: ignore[arg-type]  # nothing is decided
    return Work(world.kind, TENANT, bill, State(), facts, Cause.request(), sequence=sequence)


async def save(world: World, *works: tuple[Work[Any, Any], int]) -> None:
    await world.database.run(lambda tx: world.reconciler.records.save(tx, works))


async def test_a_save_over_a_record_that_somebody_else_made_raises_retry_later_and_stores_nothing(
    plain: World,
) -> None:
    bill, sequence = await plain.edit(uuid4(), number="kept")

    # Whoever wins in the same millisecond has taken the very same number.
    for theirs in (sequence, sequence + 1):
        with pytest.raises(RetryLater, match="another transaction has created a bill"):
            await save(plain, (work(plain, bill.replace(number="lost"), theirs), MADE_NOW))

    assert await plain.bill(bill.id) == bill
    assert len(await plain.changes(bill.id)) == 1


async def test_a_stale_record_among_many_refuses_the_whole_save(plain: World) -> None:
    bills = []
    for _ in range(30):
        bills.append(await plain.edit(uuid4(), number="kept"))
        plain.pass_time()
    # Each in a state that a record of this save is in, but not that one.
    before = [sequence for _, sequence in bills]
    before[15:17] = before[16], before[15]
    lost = [work(plain, bill.replace(number="lost"), sequence + 99_000) for bill, sequence in bills]

    with pytest.raises(RetryLater, match="another transaction has created a bill"):
        await save(plain, *zip(lost, before, strict=True))

    async with plain.database.transaction() as tx:
        page = await plain.reconciler.records.page(tx, TENANT, None, 200)
    assert {shown.record.number for shown in page} == {"kept"}
    assert await plain.rows("select from change where sequence > $1", max(before)) == []


async def test_of_two_who_make_a_record_at_once_one_is_told_and_none_is_written_over(plain: World) -> None:
    bill_id = uuid4()

    made = await asyncio.gather(
        *(plain.put(bill_id, None, number=f"number {n}") for n in range(4)), return_exceptions=True
    )

    [won] = [one for one in made if isinstance(one, tuple)]
    assert [type(one) for one in made if one is not won] == [StateUnknown] * 3
    assert await plain.bill(bill_id) == won[0]
    assert len(await plain.intents()) == len(await plain.changes(bill_id)) == 1


async def test_one_that_was_made_after_one_looked_is_not_made_over(
    plain: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail: the second began the record anew, so that the first one's intent was forgotten, and left twice."""
    bill_id, load, late = uuid4(), plain.reconciler.store.load, True

    async def loads_late(*args: Any, **more: Any) -> Any:
        nonlocal late
        if late:
            late = False
            await plain.put(bill_id, None, number="first")
        return await load(*args, **more)

    monkeypatch.setattr(plain.reconciler.store, "load", loads_late)
    with pytest.raises(StateUnknown):
        await plain.put(bill_id, None, number="second")

    assert (await plain.bill(bill_id)).number == "first"
    assert len(await plain.intents()) == 1


@pytest.mark.rule("BILL-8")
async def test_an_edit_is_checked_on_the_state_that_is_there_when_it_is_locked(plain: World) -> None:
    """Seen to fail when it was checked on the state that was read before: a bill was changed after it was paid."""
    bill_id = uuid4()
    seen = await plain.in_step(bill_id)
    found = await plain.stored(bill_id)
    assert found

    async with plain.database.transaction() as tx:
        await plain.take_in(tx, seen.replace(status=InvoiceStatus.PAID, answers=None))
        asking = asyncio.create_task(plain.put(bill_id, found[1], number="another"))
        await wait_until(lambda: plain.rows("select from pg_locks where not granted"), bool)
    with pytest.raises(Clash, match="it is paid"):
        await asking


async def test_who_asks_for_the_same_at_once_gets_the_same(plain: World) -> None:
    bill_id = uuid4()

    made = await asyncio.gather(*(plain.put(bill_id, None) for _ in range(4)))

    assert made == [made[0]] * 4
    assert len(await plain.intents()) == len(await plain.changes(bill_id)) == 1


async def test_concurrent_changes_of_different_fields_are_all_kept(plain: World) -> None:
    bill_id = uuid4()
    _, made = await plain.edit(bill_id)
    day = dt.date(2026, 10, 1)
    fields: dict[str, Any] = {"number": "B-2", "due_date": day, "date": day, "status": BillStatus.AWAITING_APPROVAL}

    await asyncio.gather(*(plain.edit(bill_id, based_on=made, **{n: v}) for n, v in fields.items()))

    bill = await plain.bill(bill_id)
    assert {name: getattr(bill, name) for name in fields} == fields
    assert len(await plain.changes(bill_id)) == len(await plain.published()) == 5
    assert len(await plain.intents()) == 1


async def test_records_are_locked_in_the_order_of_their_keys(plain: World) -> None:
    """Seen to fail without the order: while the first was waited for, others were locked already."""
    ids = sorted((uuid4() for _ in range(20)), reverse=True)
    for bill_id in ids:
        await plain.edit(bill_id)

    async def lock_all(tx: Tx) -> None:
        # By no order that follows from how Postgres happens to look for them.
        await tx.db.execute("set local enable_sort = off; set local enable_indexscan = off")
        await plain.reconciler.records.lock(tx, [(TENANT, bill_id) for bill_id in ids])

    async with plain.database.transaction() as holding:
        await plain.reconciler.records.lock(holding, [(TENANT, min(ids))])
        waiting = asyncio.create_task(plain.database.run(lock_all))
        await wait_until(lambda: plain.rows("select from pg_locks where not granted"), bool)
        await plain.rows("select from record where id <> $1 for update nowait", min(ids))
    await waiting


async def test_two_writers_over_the_same_records_in_different_order_do_not_wait_in_a_ring(plain: World) -> None:
    ids = [uuid4() for _ in range(30)]
    for bill_id in ids:
        await plain.edit(bill_id)
    tries = 0

    async def check(tx: Tx, order: Sequence[UUID]) -> None:
        nonlocal tries
        tries += 1
        await plain.reconciler.lock(tx, [TENANT])
        await plain.reconciler.check(tx, [recheck(bill_id) for bill_id in order])

    orders = [ids, ids[::-1], ids[15:] + ids[:15], ids[1::2] + ids[::2]]
    await asyncio.gather(*(plain.database.run(functools.partial(check, order=order)) for order in orders * 3))

    assert tries == 12


def recheck(bill_id: UUID) -> Recheck:
    return Recheck(TENANT, bill_id, Cause.request(), None)
