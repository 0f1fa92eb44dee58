"""Bills that come from Xero, and what Xero changes in bills that are here already (BILL-1, BILL-6, BILL-8)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_kit.sync.arrival import imported_id
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, SyncState
from tieout_schemas.problem import Problem
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Applied, InvoiceStatus, InvoiceType, XeroInvoice
from tieout_testing.builders import (
    answered,
    answering,
    bill_request,
    line_request,
    nzd,
    vendor,
    xero_invoice,
    xero_invoice_after,
    xero_line,
)
from tieout_testing.service_harness import ServiceHarness

from .steps import BILL_ID, BILL_XERO_ID, CONTACT_XERO_ID, PATH, VENDOR_ID, connected, in_xero, last, problems, wanted

pytestmark = pytest.mark.real
LINE = xero_line()


def seen(**more: Any) -> XeroInvoice:
    return xero_invoice(BILL_XERO_ID, CONTACT_XERO_ID, **{"lines": (LINE,), **more})


@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize("vendor_first", [True, False])
async def test_a_bill_of_xero_comes_in_once_its_contact_is_a_vendor(
    harness: ServiceHarness, vendor_first: bool
) -> None:
    await harness.connect()
    if vendor_first:
        await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    await harness.deliver((seen(), 7))
    if not vendor_first:
        assert (await problems(harness), await harness.published(Bill)) == (["vendor_not_here_yet"], [])
        await harness.deliver((vendor(VENDOR_ID, None), 1))
        assert await problems(harness) == ["vendor_not_here_yet"]
        await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 2))

    [bill] = await harness.published(Bill)
    assert (bill.id, bill.vendor_id, bill.number) == (imported_id(harness.tenant_id, BILL_XERO_ID), VENDOR_ID, "B-1")
    assert (bill.sync.state, bill.sync.xero_id, bill.sync.based_on_sequence) == (SyncState.IN_STEP, BILL_XERO_ID, 7)
    assert (bill.sync.created_xero_id, bill.sync.waits_for) == (None, ())
    assert (bill.origin.kind, bill.origin.rule) == (OriginKind.EVENT, "BILL-1")
    assert await problems(harness) == []
    assert await harness.published(WriteIntent) == []


@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize("status", [InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED])
async def test_a_draft_of_xero_comes_in_when_approved_there(harness: ServiceHarness, status: InvoiceStatus) -> None:
    await connected(harness)
    await harness.deliver((seen(status=status), 1))
    assert (await problems(harness), await harness.published(Bill)) == (["not_approved_in_xero"], [])

    await harness.deliver((seen(), 2))

    assert [bill.status for bill in await harness.published(Bill)] == [BillStatus.APPROVED]
    assert await problems(harness) == []


@pytest.mark.rule("BILL-1")
async def test_a_bill_first_seen_paid_stays_out_with_its_reason(harness: ServiceHarness) -> None:
    await connected(harness)

    await harness.deliver((seen(status=InvoiceStatus.PAID, amount_paid=nzd("115.00")), 1))

    assert await harness.published(Bill) == []
    assert await problems(harness) == ["already_paid_in_xero"]


@pytest.mark.rule("BILL-1")
async def test_a_sales_invoice_is_no_bill(harness: ServiceHarness) -> None:
    await connected(harness)

    await harness.deliver((seen(type=InvoiceType.ACCREC), 1))

    assert (await harness.published(Bill), await problems(harness)) == ([], [])


@pytest.mark.rule("SYS-1")
async def test_an_older_sequence_changes_nothing(harness: ServiceHarness) -> None:
    await connected(harness)
    await harness.deliver((seen(number="new"), 9))
    before = await harness.published(Bill)

    await harness.deliver((seen(number="old"), 8))
    await harness.deliver((seen(number="new"), 9))
    await harness.deliver((seen(number="new"), 10))

    assert await harness.published(Bill) == before
    assert [bill.number for bill in before] == ["new"]


@pytest.mark.rule("BILL-1")
async def test_what_changes_in_xero_within_one_batch_comes_through_in_its_order(harness: ServiceHarness) -> None:
    await connected(harness)

    await harness.deliver((seen(status=InvoiceStatus.DRAFT), 1), (seen(), 2), (seen(number="B-2"), 3))

    assert [bill.number for bill in await harness.published(Bill)] == ["B-2"]
    assert await problems(harness) == []


async def test_a_bill_that_comes_before_its_tenants_connection_comes_in_all_the_same(harness: ServiceHarness) -> None:
    # Topics are not ordered against each other: what comes first is nobody's fault and no dead letter.
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    await harness.deliver((seen(), 2))

    assert [bill.number for bill in await harness.published(Bill)] == ["B-1"]


async def test_a_bill_made_by_hand_under_an_imports_id_is_not_touched_and_stops_nothing(
    harness: ServiceHarness,
) -> None:
    await connected(harness)
    taken = imported_id(harness.tenant_id, BILL_XERO_ID)
    made = await harness.put(f"bills/{taken}", wanted(number="by hand"))

    await harness.deliver((seen(), 2), (xero_invoice(uuid4(), CONTACT_XERO_ID, number="another"), 3))

    assert made.status_code == 200
    assert {bill.number for bill in await harness.published(Bill)} == {"by hand", "another"}
    assert await problems(harness) == ["id_taken"]


@pytest.mark.rule("BILL-8")
async def test_a_change_of_xeros_is_followed_and_says_what_made_it(harness: ServiceHarness) -> None:
    await in_xero(harness)
    [intent] = await harness.published(WriteIntent)
    before = await last(harness)
    await harness.deliver((TenantSettings(tenant_id=harness.tenant_id, version=3), 3))

    await harness.deliver((xero_invoice_after(intent, BILL_XERO_ID, answers=None, lines=(), number="B-1a"), 60))

    after = await last(harness)
    origin = Origin(kind=OriginKind.EVENT, by=after.origin.by, rule="BILL-1", settings_version=3)
    synced = before.sync.replace(based_on_sequence=60)
    assert after == before.replace(number="B-1a", lines=(), sync=synced, origin=origin)
    assert after.origin.by != before.origin.by
    assert await harness.published(WriteIntent) == [intent]


@pytest.mark.rule("BILL-2")
async def test_a_state_says_who_or_what_made_it(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(PATH, wanted())
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))
    [intent] = await harness.published(WriteIntent)
    await harness.deliver(*answered(intent, xero_invoice_after(intent, BILL_XERO_ID)))

    origins = [(bill.sync.state, bill.origin.kind, bill.origin.rule) for bill in await harness.published(Bill)]
    assert origins == [
        (SyncState.WAITING, OriginKind.USER, "BILL-2"),
        (SyncState.ON_ITS_WAY, OriginKind.EVENT, None),
        (SyncState.IN_STEP, OriginKind.EVENT, "BILL-1"),
    ]
    told = (await harness.get(f"{PATH}/changes")).json()
    assert [Bill.model_validate(change["doc"]) for change in told] == await harness.published(Bill)


@pytest.mark.rule("PAY-9")
async def test_a_bill_names_what_its_amount_due_holds(harness: ServiceHarness) -> None:
    await in_xero(harness)
    [intent] = await harness.published(WriteIntent)
    payment = Applied(xero_id=uuid4(), amount=nzd("100.00"))
    part_paid = {"amount_due": nzd("15.00"), "amount_paid": nzd("100.00"), "applied": (payment,)}

    await harness.deliver((xero_invoice_after(intent, BILL_XERO_ID, answers=None, **part_paid), 60))

    known = await last(harness)
    assert (known.applied, known.amount_due, known.paid) == ((payment,), nzd("15.00"), False)
    await harness.deliver((xero_invoice_after(intent, BILL_XERO_ID, answers=None), 61))
    assert ((await last(harness)).applied, (await last(harness)).amount_due) == ((), nzd("115.00"))


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("explains", [None, ()], ids=["explained", "found again after it was lost"])
async def test_an_answer_that_lists_a_new_line_before_an_old_one_mixes_up_none(
    harness: ServiceHarness, explains: tuple[str, ...] | None
) -> None:
    await in_xero(harness, line_request())
    [paper] = (await last(harness)).lines
    await harness.change(PATH, wanted(line_request(), line_request(description="Ink")))
    intent = (await harness.published(WriteIntent))[-1]

    shown = xero_invoice_after(intent, BILL_XERO_ID, answers=answering(intent, explains=explains))
    await harness.deliver(*answered(intent, shown.replace(lines=tuple(reversed(shown.lines))), 60))

    known = await last(harness)
    ids = {line.description: line.xero_line_id for line in shown.lines}
    assert [(line.description, line.xero_line_id) for line in known.lines] == [
        ("Paper", paper.xero_line_id), ("Ink", ids["Ink"]),
    ]  # fmt: skip
    assert known.sync.state is SyncState.IN_STEP
    await harness.deliver((shown.replace(answers=None), 61))
    assert (await last(harness)) == known
    assert len(await harness.published(WriteIntent)) == 2


@pytest.mark.rule("BILL-6")
@pytest.mark.rule("SYS-10")
async def test_a_bill_voided_in_xero_is_marked_and_is_neither_changed_nor_sent_any_more(
    harness: ServiceHarness,
) -> None:
    await in_xero(harness)
    [intent] = await harness.published(WriteIntent)

    voided = xero_invoice_after(intent, BILL_XERO_ID, answers=None, status=InvoiceStatus.VOIDED, lines=(), number="")
    await harness.deliver((voided, 60))

    known = await last(harness)
    assert (known.sync.state, known.sync.gone_in_xero, known.xero_status) == (
        SyncState.NOT_FOR_XERO, True, InvoiceStatus.VOIDED,
    )  # fmt: skip
    assert (known.number, known.status, len(known.lines)) == ("B-1", BillStatus.APPROVED, 1)
    changed = await harness.change(PATH, wanted(number="B-2"))
    assert (changed.status_code, (await harness.put(PATH, wanted())).status_code) == (409, 200)
    assert "VOIDED in Xero" in changed.json()["title"]
    assert await harness.published(WriteIntent) == [intent]


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("status", InvoiceStatus)
async def test_a_bill_that_was_lost_here_is_made_again_under_its_own_id(
    harness: ServiceHarness, status: InvoiceStatus
) -> None:
    await harness.connect()
    await harness.deliver((seen(status=status, record_id=BILL_ID), 9))
    assert (await problems(harness), await harness.published(Bill)) == (["vendor_not_here_yet"], [])

    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))

    [bill] = await harness.published(Bill)
    assert (bill.id, bill.sync.xero_id, bill.sync.created_xero_id) == (BILL_ID, BILL_XERO_ID, BILL_XERO_ID)
    assert (bill.xero_status, bill.sync.gone_in_xero) == (status, status.is_final)
    assert (bill.origin.kind, bill.origin.rule) == (OriginKind.IMPORT, "SYS-1")
    assert (await problems(harness), await harness.published(WriteIntent)) == ([], [])


@pytest.mark.rule("SYS-1")
async def test_a_second_bill_of_xero_that_bears_our_mark_is_told_and_not_followed(harness: ServiceHarness) -> None:
    await in_xero(harness)
    before = await last(harness)

    await harness.deliver((xero_invoice(uuid4(), CONTACT_XERO_ID, record_id=BILL_ID, number="twin"), 60))

    assert await last(harness) == before
    assert [problem.code for problem in await harness.published(Problem)] == ["twice_in_xero"]
    assert len({bill.id for bill in await harness.published(Bill)}) == 1


@pytest.mark.rule("BILL-7")
async def test_a_bill_of_xero_is_never_matched_to_one_of_the_same_number_here(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"bills/{uuid4()}", bill_request(VENDOR_ID, number="B-1"))
    await harness.deliver((vendor(VENDOR_ID, CONTACT_XERO_ID), 1))

    await harness.deliver((seen(number="B-1"), 9))

    assert len({bill.id for bill in await harness.published(Bill)}) == 2
