"""What becomes of a bill of Xero that is linked to none of ours (BILL-1)."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tieout_bills.bill import BILL
from tieout_bills.bill.arrive import arrive, restore
from tieout_bills.bill.lines import line_of
from tieout_kit.sync.arrival import Arrival, Import, Skip, Wait, XeroOnly, imported_id
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, Sync
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record
from tieout_schemas.xero import Applied, InvoiceStatus, InvoiceType, LineAmountTypes, XeroContact, XeroInvoice
from tieout_testing.builders import DAY, DUE_DAY, TENANT_ID, facts, nzd, vendor, xero_invoice, xero_line

BILL_ID, BILL_XERO_ID = uuid4(), uuid4()
VENDOR_ID, CONTACT_XERO_ID, STRANGER_XERO_ID = uuid4(), uuid4(), uuid4()
FACTS = facts(vendor(VENDOR_ID, CONTACT_XERO_ID))


def seen(status: InvoiceStatus = InvoiceStatus.AUTHORISED, **more: Any) -> XeroInvoice:
    contact = more.pop("contact_xero_id", CONTACT_XERO_ID)
    return xero_invoice(BILL_XERO_ID, contact, status=status, **more)


def arrived(snapshot: XeroInvoice) -> Arrival:
    return arrive(XeroOnly(TENANT_ID, 1, snapshot), (), FACTS)


def waits_for_approval(status: str) -> Wait:
    return Wait(reason=Reason.NOT_APPROVED_IN_XERO, params={"number": "B-1", "status": status})


def paid(paid: str, credited: str) -> Skip:
    params = {"number": "B-1", "paid": f"{paid} NZD", "credited": f"{credited} NZD"}
    return Skip(Reason.ALREADY_PAID_IN_XERO, params)


WAITS_FOR_VENDOR = Wait(
    record(XeroContact, STRANGER_XERO_ID),
    Reason.VENDOR_NOT_HERE_YET,
    {"number": "B-1", "contact_xero_id": str(STRANGER_XERO_ID)},
)


@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize(
    ("snapshot", "decision"),
    [
        (seen(InvoiceStatus.DRAFT), waits_for_approval("DRAFT")),
        (seen(InvoiceStatus.SUBMITTED), waits_for_approval("SUBMITTED")),
        (seen(InvoiceStatus.SUBMITTED, contact_xero_id=STRANGER_XERO_ID), waits_for_approval("SUBMITTED")),
        (seen(InvoiceStatus.DRAFT, amount_paid=nzd("1.00")), waits_for_approval("DRAFT")),
        (seen(amount_paid=nzd("0.01")), paid("0.01", "0.00")),
        (seen(amount_credited=nzd("115.00")), paid("0.00", "115.00")),
        (seen(InvoiceStatus.PAID, amount_paid=nzd("115.00")), paid("115.00", "0.00")),
        (
            seen(InvoiceStatus.PAID, amount_paid=nzd("115.00"), contact_xero_id=STRANGER_XERO_ID),
            paid("115.00", "0.00"),
        ),
        (seen(InvoiceStatus.VOIDED), Skip(Reason.GONE_IN_XERO, {"number": "B-1", "status": "VOIDED"})),
        (seen(InvoiceStatus.DELETED), Skip(Reason.GONE_IN_XERO, {"number": "B-1", "status": "DELETED"})),
        (seen(contact_xero_id=STRANGER_XERO_ID), WAITS_FOR_VENDOR),
    ],
)
def test_only_unpaid_approved_bills_come_in(snapshot: XeroInvoice, decision: Wait | Skip) -> None:
    assert arrived(snapshot) == decision
    assert decision.reason
    assert "B-1" in decision.reason.sentence(decision.params)


@pytest.mark.rule("BILL-1")
def test_an_unpaid_approved_bill_comes_in_whole() -> None:
    applied = (Applied(xero_id=uuid4(), amount=nzd("0.00")),)
    lines = (xero_line(), xero_line(description="Ink", quantity=Decimal(2), tax_type="NONE", account_code="429"))

    decision = arrived(seen(number="B-7", currency="NZD", lines=lines, applied=applied, due_date=dt.date(2026, 12, 1)))

    assert decision == Import(
        Bill(
            id=imported_id(TENANT_ID, BILL_XERO_ID),
            sync=Sync(),
            origin=Origin(kind=OriginKind.EVENT, by=str(BILL_XERO_ID), rule="BILL-1"),
            vendor_id=VENDOR_ID,
            number="B-7",
            status=BillStatus.APPROVED,
            date=DAY,
            due_date=dt.date(2026, 12, 1),
            currency="NZD",
            line_amount_types=LineAmountTypes.EXCLUSIVE,
            lines=tuple(line_of(line) for line in lines),
            total=nzd("115.00"),
            amount_due=nzd("115.00"),
            applied=applied,
            xero_status=InvoiceStatus.AUTHORISED,
            paid=False,
        ),
        rule="BILL-1",
    )


@pytest.mark.rule("SYS-4")
@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize(
    ("snapshot", "decision"),
    [
        (seen(InvoiceStatus.PAID, amount_paid=nzd("115.00"), amount_due=nzd("0.00")), (True, "0.00")),
        (seen(amount_paid=nzd("15.00"), amount_due=nzd("100.00")), (False, "100.00")),
        (seen(amount_credited=nzd("15.00"), amount_due=nzd("100.00")), (False, "100.00")),
        (seen(InvoiceStatus.DRAFT), waits_for_approval("DRAFT")),
        (seen(InvoiceStatus.VOIDED), Skip(Reason.GONE_IN_XERO, {"number": "B-1", "status": "VOIDED"})),
        (seen(InvoiceStatus.PAID, amount_paid=nzd("115.00"), contact_xero_id=STRANGER_XERO_ID), WAITS_FOR_VENDOR),
    ],
    ids=["paid", "part paid", "part credited", "a draft", "voided", "its vendor is not here"],
)
def test_a_paid_bill_comes_in_if_a_person_asked_for_it(
    snapshot: XeroInvoice, decision: tuple[bool, str] | Wait | Skip
) -> None:
    found = arrived(snapshot.replace(asked_for=True))

    if isinstance(decision, tuple) and isinstance(found, Import):
        assert (found.record.paid, str(found.record.amount_due), found.rule) == (
            decision[0],
            f"{decision[1]} NZD",
            "SYS-4",
        )
    else:
        assert found == decision


@pytest.mark.rule("BILL-4")
def test_a_bill_of_nothing_that_xero_shows_as_paid_comes_in_paid() -> None:
    nothing = {"total": nzd("0.00"), "amount_due": nzd("0.00")}

    decision = arrived(seen(InvoiceStatus.PAID, **nothing))

    assert isinstance(decision, Import)
    assert (decision.record.status, decision.record.paid) == (BillStatus.APPROVED, True)


@pytest.mark.rule("BILL-1")
def test_a_bill_of_xero_comes_in_as_the_same_bill_however_often_it_is_seen() -> None:
    first, again = (arrive(XeroOnly(TENANT_ID, sequence, seen()), (), FACTS) for sequence in (5, 9))

    assert isinstance(first, Import)
    assert isinstance(again, Import)
    assert first.record.id == again.record.id
    assert first.record.id != imported_id(uuid4(), BILL_XERO_ID)
    assert first.record.id != imported_id(TENANT_ID, uuid4())


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize(
    ("there", "here"),
    [
        (InvoiceStatus.DRAFT, BillStatus.DRAFT),
        (InvoiceStatus.SUBMITTED, BillStatus.AWAITING_APPROVAL),
        (InvoiceStatus.AUTHORISED, BillStatus.APPROVED),
        (InvoiceStatus.PAID, BillStatus.APPROVED),
        (InvoiceStatus.VOIDED, BillStatus.APPROVED),
        (InvoiceStatus.DELETED, BillStatus.AWAITING_APPROVAL),
    ],
)
def test_a_bill_that_was_lost_here_is_made_again_in_any_status(there: InvoiceStatus, here: BillStatus) -> None:
    bill = restore(BILL_ID, seen(there), FACTS)

    assert isinstance(bill, Bill)
    assert (bill.id, bill.status, bill.xero_status, bill.due_date) == (BILL_ID, here, there, DUE_DAY)


@pytest.mark.rule("SYS-1")
def test_a_bill_that_was_lost_here_waits_for_its_vendor() -> None:
    assert restore(BILL_ID, seen(contact_xero_id=STRANGER_XERO_ID), FACTS) == WAITS_FOR_VENDOR


@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize(("type_", "ours"), [(InvoiceType.ACCPAY, True), (InvoiceType.ACCREC, False)])
def test_a_bill_is_what_we_owe_and_no_sales_invoice(type_: InvoiceType, ours: bool) -> None:
    assert BILL.ours(seen(type=type_)) is ours


@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize("status", InvoiceStatus)
def test_a_bill_is_gone_once_it_is_voided_or_deleted(status: InvoiceStatus) -> None:
    assert BILL.gone(seen(status)) is (status in (InvoiceStatus.VOIDED, InvoiceStatus.DELETED))
