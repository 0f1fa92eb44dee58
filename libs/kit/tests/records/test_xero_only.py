"""Records of Xero that are none of ours: they wait, are imported, are found to be ours, or become problems."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_kit.events import Cause
from tieout_kit.records.sweeps import Recheck
from tieout_kit.sync.arrival import imported_id
from tieout_kit.sync.desk import Desk
from tieout_kit.sync.work import Work
from tieout_schemas.platform import SyncState
from tieout_schemas.problem import ProblemState
from tieout_schemas.signals import Refresh
from tieout_schemas.topics import REFRESH
from tieout_schemas.xero import InvoiceStatus, InvoiceType
from tieout_testing.kafka import wait_until

from .world import OTHER, TENANT, World, answer, done, invoice, vendor

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def only(world: World, tenant_id: UUID = TENANT) -> list[UUID]:
    rows = await world.rows("select xero_id from xero_only where tenant_id = $1 order by xero_id", tenant_id)
    return [row["xero_id"] for row in rows]


async def named(world: World, xero_id: UUID) -> list[str]:
    return [row["reference"] for row in await world.rows("select reference from refers where id = $1", xero_id)]


@pytest.mark.rule("BILL-1")
async def test_one_that_means_something_comes_in_linked_in_step_and_is_never_sent_back(plain: World) -> None:
    seen = invoice(number="X-1")

    await plain.deliver(seen)

    [bill] = await plain.published()
    assert (bill.id, bill.number) == (imported_id(TENANT, seen.xero_id), "X-1")
    assert (bill.sync.state, bill.sync.xero_id) == (SyncState.IN_STEP, seen.xero_id)
    assert bill.origin.rule == "BILL-1"
    assert await plain.intents() == []
    assert await only(plain) == []


async def test_one_of_another_kind_is_not_looked_at(plain: World) -> None:
    await plain.deliver(invoice(type=InvoiceType.ACCREC))

    assert await plain.rows("select from xero_only union all select from record") == []


async def test_one_that_waits_is_a_problem_until_it_comes_in_and_then_is_forgotten(plain: World) -> None:
    seen = invoice(status=InvoiceStatus.DRAFT)
    await plain.deliver(seen)
    [problem] = await plain.problems()
    assert (problem.code, problem.record.id, problem.record.kind) == (
        "not_approved_in_xero", seen.xero_id, "xero_invoice",
    )  # fmt: skip
    assert await only(plain) == [seen.xero_id]

    await plain.deliver(seen.replace(status=InvoiceStatus.AUTHORISED))

    assert await plain.codes() == []
    assert [p.id for p in await plain.problems(ProblemState.CLOSED)] == [problem.id]
    assert len(await plain.published()) == 1
    assert await only(plain) == []
    assert await named(plain, seen.xero_id) == []


async def test_one_that_waits_for_something_names_it_and_no_more_when_it_waits_for_another(plain: World) -> None:
    contact, another = uuid4(), uuid4()
    seen = invoice(contact_xero_id=contact)
    await plain.deliver(seen)
    assert await named(plain, seen.xero_id) == [f"xero_contact:{contact}"]

    await plain.deliver(seen.replace(contact_xero_id=another))
    assert await named(plain, seen.xero_id) == [f"xero_contact:{another}"]
    await plain.deliver(vendor(uuid4(), contact))
    await plain.sweep()
    assert await only(plain) == [seen.xero_id]
    await plain.deliver(vendor(uuid4(), another))
    await plain.sweep()

    assert await only(plain) == []
    assert await named(plain, seen.xero_id) == []
    assert len(await plain.published()) == 1


async def test_one_that_is_skipped_is_told_once_and_closes_when_it_is_no_more(plain: World) -> None:
    seen = invoice(paid=5)
    for _ in range(2):
        await plain.deliver(seen)
    [problem] = await plain.problems()
    assert (problem.code, problem.problem_kind) == ("already_paid_in_xero", "skipped")

    await plain.deliver(invoice(seen.xero_id))

    assert await plain.codes() == []


async def test_an_older_reading_changes_nothing(plain: World) -> None:
    seen = invoice(status=InvoiceStatus.DRAFT, number="new")
    await plain.deliver(seen, sequence=5)

    for sequence in (4, 5):
        await plain.deliver(invoice(seen.xero_id, number="old"), sequence=sequence)

    [row] = await plain.rows("select sequence, doc from xero_only")
    assert (row["sequence"], row["doc"]["number"]) == (5, "new")
    assert await plain.published() == []


async def test_a_retry_decides_again_and_asks_for_xeros_record_to_be_read(plain: World) -> None:
    seen = invoice(status=InvoiceStatus.DRAFT)
    await plain.deliver(seen)

    again = Recheck(TENANT, seen.xero_id, Cause.request(), "ada")
    await plain.database.run(lambda tx: plain.wired.rechecks.by_kind["xero_invoice"](tx, [again]))

    [problem] = await plain.problems()
    assert [(step.kind, step.by) for step in problem.history][1] == ("retried", "ada")
    [row] = await plain.rows("select value from outbox where topic = $1", REFRESH.name)
    assert Refresh.model_validate_json(row["value"]).xero_id == seen.xero_id


@pytest.mark.rule("CONT-1")
@pytest.mark.parametrize("ours_first", [True, False])
async def test_one_with_the_key_of_ours_is_ours_whichever_came_first(matched: World, *, ours_first: bool) -> None:
    bill_id, seen = uuid4(), invoice(number="same", status=InvoiceStatus.DRAFT)
    await matched.connect(lost=True)

    if ours_first:
        await matched.edit(bill_id, number="same")
        await matched.deliver(seen)
    else:
        await matched.deliver(seen)
        await matched.edit(bill_id, number="same")

    bill = await matched.bill(bill_id)
    assert (bill.sync.xero_id, await only(matched)) == (seen.xero_id, [])
    assert len({bill.id for bill in await matched.published()}) == 1
    assert await matched.intents() == []


async def test_one_with_another_tenants_key_is_not_ours(matched: World) -> None:
    bill_id, seen = uuid4(), invoice(number="same", status=InvoiceStatus.DRAFT)
    await matched.edit(bill_id, number="same")

    await matched.deliver(seen, tenant_id=OTHER)

    assert (await matched.bill(bill_id)).sync.xero_id is None
    assert await only(matched, OTHER) == [seen.xero_id]


async def test_one_that_came_before_the_answer_to_its_create_is_ours_by_the_result(plain: World) -> None:
    bill_id, xero_id = uuid4(), uuid4()
    await plain.edit(bill_id)
    intent = await plain.last(bill_id)
    unstamped = answer(intent, xero_id=xero_id).replace(record_id=None, answers=None, status=InvoiceStatus.DRAFT)
    await plain.deliver(unstamped)
    assert await only(plain) == [xero_id]

    assert await plain.codes() == ["not_approved_in_xero"]
    await plain.deliver(done(intent, xero_id, plain.next_sequence()))

    assert await only(plain) == []
    assert await plain.codes() == []
    assert (await plain.bill(bill_id)).sync.xero_id == xero_id


async def test_one_with_the_stamp_of_a_record_that_was_lost_is_made_again_under_its_id(plain: World) -> None:
    lost, seen = uuid4(), invoice(number="kept in Xero")

    await plain.deliver(seen.replace(record_id=lost))

    bill = await plain.bill(lost)
    assert (bill.number, bill.sync.xero_id, bill.sync.created_xero_id) == ("kept in Xero", seen.xero_id, seen.xero_id)
    assert await plain.intents() == []


async def test_a_second_one_with_the_stamp_of_ours_is_told_and_not_taken(plain: World) -> None:
    bill_id = uuid4()
    seen = await plain.in_step(bill_id)
    twin = invoice(number="twin").replace(record_id=bill_id)

    for _ in range(2):
        await plain.deliver(twin)

    [problem] = await plain.problems()
    assert (problem.code, problem.params["other"]) == ("twice_in_xero", str(twin.xero_id))
    assert (await plain.bill(bill_id)).sync.xero_id == seen.xero_id


@pytest.mark.rule("CONT-13")
async def test_what_was_unlinked_by_hand_is_nobodys_and_does_not_come_in_again(plain: World) -> None:
    bill_id = uuid4()
    seen = await plain.in_step(bill_id)

    def unlink(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
        desk.unlink(work, Cause.request())

    await plain.database.run(lambda tx: plain.reconciler.act(tx, TENANT, bill_id, unlink))
    [row] = await plain.rows("select xero_id, former from xero_only")
    assert (row["xero_id"], row["former"]) == (seen.xero_id, bill_id)
    said = len(await plain.published())

    await plain.deliver(seen.replace(number="changed there", answers=None, record_id=None))
    await plain.deliver(seen.replace(number="changed again", answers=None))

    assert len(await plain.published()) == said
    assert (await plain.bill(bill_id)).sync.state is SyncState.NOT_FOR_XERO
    [row] = await plain.rows("select former, doc from xero_only")
    assert (row["former"], row["doc"]["number"]) == (bill_id, "changed again")
    assert len(await plain.intents()) == 1


async def test_a_person_links_only_while_nobody_takes_in_what_xero_shows(plain: World) -> None:
    """Seen to fail with a shared lock: a snapshot that came meanwhile was stored as nobody's, and came in again."""
    bill_id = uuid4()
    await plain.in_step(bill_id)

    def unlink(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
        desk.unlink(work, Cause.request())

    async with plain.database.transaction() as tx:
        await plain.reconciler.lock(tx, [TENANT])
        acting = asyncio.create_task(plain.database.run(lambda tx: plain.reconciler.act(tx, TENANT, bill_id, unlink)))
        await wait_until(lambda: plain.rows("select from pg_locks where not granted"), bool, within=5)
    await acting

    assert await plain.state_of(bill_id) is SyncState.NOT_FOR_XERO
