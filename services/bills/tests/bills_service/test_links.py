"""A bill's link to Xero, made and undone by hand, and what a vendor's new link means for its bills (CONT-13)."""

from uuid import UUID, uuid4

import httpx
import pytest

from tieout_schemas.payload import OriginKind
from tieout_schemas.platform import Bill, SyncState
from tieout_schemas.settings import ConflictPolicy, TenantSettings
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import InvoiceStatus, XeroInvoice
from tieout_testing.builders import answer_to, vendor, xero_invoice, xero_invoice_after, xero_line
from tieout_testing.service_harness import ServiceHarness

from .steps import (
    BILL_ID,
    BILL_XERO_ID,
    CONTACT_XERO_ID,
    PATH,
    VENDOR_ID,
    connected,
    in_xero,
    last,
    problems,
    sent,
    take,
    wanted,
)  # fmt: skip

pytestmark = pytest.mark.real
OTHER_XERO_ID, OTHER_CONTACT_XERO_ID, OTHER_VENDOR_ID = uuid4(), uuid4(), uuid4()


async def do(harness: ServiceHarness, what: str, path: str = PATH, **body: str) -> httpx.Response:
    return await harness.ask("POST", f"{path}/{what}", body or None)


async def link(harness: ServiceHarness, xero_id: UUID, path: str = PATH) -> httpx.Response:
    return await do(harness, "link", path, xero_id=str(xero_id))


async def kept_in_xero(harness: ServiceHarness) -> XeroInvoice:
    """Another bill of Xero, which is not imported until it is approved."""
    seen = xero_invoice(OTHER_XERO_ID, CONTACT_XERO_ID, status=InvoiceStatus.SUBMITTED)
    await harness.deliver((seen, 40))
    return seen


@pytest.mark.rule("CONT-13")
async def test_an_unlinked_bill_is_nobodys_in_xero_and_neither_follows_nor_leaves(harness: ServiceHarness) -> None:
    await in_xero(harness)
    [intent] = await harness.published(WriteIntent)
    before = await last(harness)

    unlinked = await do(harness, "unlink")
    await harness.deliver((xero_invoice_after(intent, BILL_XERO_ID, answers=None, number="theirs"), 60))
    await harness.change(PATH, wanted(number="ours"))

    after = Bill.model_validate(unlinked.json())
    assert (after.origin.kind, after.origin.by, after.origin.rule) == (OriginKind.USER, "ana", "CONT-13")
    sync = before.sync.replace(
        state=SyncState.NOT_FOR_XERO, xero_id=None, former_xero_ids=(BILL_XERO_ID,), based_on_sequence=0
    )
    assert after == before.replace(sync=sync, origin=after.origin)
    known = await last(harness)
    assert (known.number, known.sync) == ("ours", sync)
    assert await harness.published(WriteIntent) == [intent]
    assert (await problems(harness), len({bill.id for bill in await harness.published(Bill)})) == ([], 1)


@pytest.mark.rule("CONT-13")
async def test_what_is_linked_again_takes_up_where_it_was(harness: ServiceHarness) -> None:
    await in_xero(harness)
    before = await last(harness)
    await do(harness, "unlink")

    linked = await link(harness, BILL_XERO_ID)

    after = Bill.model_validate(linked.json())
    assert after == before.replace(origin=after.origin)
    assert len(await sent(harness)) == 1


@pytest.mark.rule("CONT-13")
@pytest.mark.rule("SYS-3")
async def test_what_changed_on_one_side_while_unlinked_is_taken_by_the_other(harness: ServiceHarness) -> None:
    await in_xero(harness)
    [intent] = await harness.published(WriteIntent)
    await do(harness, "unlink")
    lines = tuple(xero_line(line.xero_line_id) for line in (await last(harness)).lines)
    shown = xero_invoice_after(intent, BILL_XERO_ID, answers=None, lines=lines, due_date=None)
    await harness.deliver((shown, 60))
    await harness.change(PATH, wanted(number="ours"))

    await link(harness, BILL_XERO_ID)

    known, body = await last(harness), (await sent(harness))[-1]
    assert (known.number, known.due_date, known.sync.xero_id) == ("ours", known.date, BILL_XERO_ID)
    assert (body.number, body.due_date) == ("ours", known.date)
    assert (await harness.published(WriteIntent))[-1].xero_id == BILL_XERO_ID


@pytest.mark.rule("CONT-13")
async def test_an_unlinked_bill_that_is_exported_is_made_anew(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await do(harness, "unlink")

    exported = await do(harness, "export")

    assert (exported.status_code, exported.json()["sync"]["state"]) == (200, "on_its_way")
    made, again = await harness.published(WriteIntent)
    assert (again.xero_id, again.base_sequence, again.replaces) == (None, None, BILL_XERO_ID)
    assert again.revision > made.revision
    await take(harness, 70, OTHER_XERO_ID)
    known = await last(harness)
    assert known.sync.state is SyncState.IN_STEP
    assert (known.sync.xero_id, known.sync.created_xero_id, known.sync.former_xero_ids) == (
        OTHER_XERO_ID,
        OTHER_XERO_ID,
        (BILL_XERO_ID,),
    )


@pytest.mark.rule("BILL-8")
async def test_a_bill_made_anew_has_none_of_the_line_ids_of_the_one_before(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await do(harness, "unlink")

    await do(harness, "export")

    lines = (await sent(harness))[-1].lines
    assert lines is not None
    assert [line.xero_line_id for line in lines] == [None]


@pytest.mark.rule("CONT-13")
async def test_a_link_by_hand_closes_the_problem_of_xeros_bill_and_fills_what_is_open(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await do(harness, "unlink")
    shown = await kept_in_xero(harness)
    assert await problems(harness) == ["not_approved_in_xero"]
    await harness.deliver((TenantSettings(tenant_id=harness.tenant_id, version=1, conflicts=ConflictPolicy.XERO), 1))

    linked = await link(harness, OTHER_XERO_ID)

    known = Bill.model_validate(linked.json())
    assert (known.sync.xero_id, known.sync.former_xero_ids) == (OTHER_XERO_ID, (BILL_XERO_ID,))
    assert (known.xero_status, known.lines[0].xero_line_id) == (InvoiceStatus.SUBMITTED, shown.lines[0].xero_line_id)
    assert (await problems(harness), await last(harness)) == ([], known)


@pytest.mark.rule("CONT-13")
async def test_a_wrong_link_is_refused_and_changes_nothing(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await kept_in_xero(harness)
    second = f"bills/{uuid4()}"
    await harness.put(second, wanted(number="B-2", status="draft"))
    said = await harness.published(Bill)

    refused = {
        "linked already": await link(harness, OTHER_XERO_ID),
        "another's": await link(harness, BILL_XERO_ID, second),
        "not known": await link(harness, uuid4(), second),
        "not unlinked": await do(harness, "export"),
        "not linked": await do(harness, "unlink", second),
    }

    assert {name: answer.status_code for name, answer in refused.items()} == dict.fromkeys(refused, 409)
    assert (await do(harness, "unlink", f"bills/{uuid4()}")).status_code == 404
    assert (await harness.published(Bill), len(await sent(harness))) == (said, 1)


@pytest.mark.rule("CONT-13")
async def test_a_bill_that_is_just_being_made_in_xero_is_not_linked_to_another(harness: ServiceHarness) -> None:
    await connected(harness)
    await kept_in_xero(harness)
    await harness.put(PATH, wanted())

    assert (await link(harness, OTHER_XERO_ID)).status_code == 409


@pytest.mark.rule("CONT-13")
async def test_the_answer_to_what_was_sent_before_the_unlink_ends_it_and_links_nothing(harness: ServiceHarness) -> None:
    await in_xero(harness)
    await harness.change(PATH, wanted(number="B-2"))

    await do(harness, "unlink")
    await take(harness, 60)

    known = await last(harness)
    assert (known.sync.state, known.sync.xero_id) == (SyncState.NOT_FOR_XERO, None)
    await link(harness, BILL_XERO_ID)
    assert ((await last(harness)).sync.state, len(await sent(harness))) == (SyncState.IN_STEP, 2)


@pytest.mark.rule("SYS-11")
@pytest.mark.parametrize("what", ["link", "unlink", "export", "resolve"])
async def test_another_tenant_cannot_touch_a_bills_link(harness: ServiceHarness, what: str) -> None:
    await in_xero(harness)
    said = await harness.published(Bill)
    bodies = {
        "link": {"xero_id": str(OTHER_XERO_ID)},
        "resolve": {"field": "number", "keep": "xero", "ours": '"B-1"', "theirs": '"B-1"'},
    }

    answer = await harness.ask("POST", f"{PATH}/{what}", bodies.get(what), tenants=[str(uuid4())])

    assert (answer.status_code, await harness.published(Bill)) == (404, said)


@pytest.mark.rule("SYS-3")
async def test_a_bill_that_was_refused_goes_out_again_to_its_vendors_other_contact(harness: ServiceHarness) -> None:
    await connected(harness)
    await harness.put(PATH, wanted())
    [intent] = await harness.published(WriteIntent)
    await harness.deliver((answer_to(intent, outcome=Outcome.REFUSED, messages=("the contact is archived",)), 1))
    assert await problems(harness) == ["refused_by_xero"]

    await harness.deliver((vendor(VENDOR_ID, OTHER_CONTACT_XERO_ID), 2))

    assert [body.contact_xero_id for body in await sent(harness)] == [CONTACT_XERO_ID, OTHER_CONTACT_XERO_ID]
    await take(harness, 50, contact_xero_id=OTHER_CONTACT_XERO_ID)
    assert ((await last(harness)).sync.state, await problems(harness)) == (SyncState.IN_STEP, [])


@pytest.mark.rule("SYS-3")
async def test_a_bill_in_step_is_left_alone_when_its_vendor_is_relinked_and_goes_with_its_next_change(
    harness: ServiceHarness,
) -> None:
    await in_xero(harness)
    before = await last(harness)

    await harness.deliver((vendor(VENDOR_ID, None), 2), (vendor(VENDOR_ID, OTHER_CONTACT_XERO_ID), 3))
    assert (await last(harness), len(await sent(harness))) == (before, 1)
    await harness.change(PATH, wanted(number="B-2"))

    assert (await sent(harness))[-1].contact_xero_id == OTHER_CONTACT_XERO_ID
    await take(harness, 60, contact_xero_id=OTHER_CONTACT_XERO_ID)
    known = await last(harness)
    assert (known.vendor_id, known.sync.state, len(await sent(harness))) == (VENDOR_ID, SyncState.IN_STEP, 2)


@pytest.mark.rule("BILL-8")
async def test_a_bill_follows_to_the_vendor_that_its_contact_belongs_to_now(harness: ServiceHarness) -> None:
    await in_xero(harness)

    await harness.deliver((vendor(VENDOR_ID, OTHER_CONTACT_XERO_ID), 2))
    await harness.deliver((vendor(OTHER_VENDOR_ID, CONTACT_XERO_ID), 3))

    known = await last(harness)
    assert (known.id, known.vendor_id, known.sync.state) == (BILL_ID, OTHER_VENDOR_ID, SyncState.IN_STEP)
    assert len(await sent(harness)) == 1
