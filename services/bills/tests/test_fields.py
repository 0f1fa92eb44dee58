"""The fields of both sides: a linked bill takes over every later change in Xero (BILL-1, BILL-8)."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_bills.bill import BILL
from tieout_kit.events import Cause
from tieout_kit.sync.desk import Desk
from tieout_kit.sync.field import Owner
from tieout_kit.sync.values import UNKNOWN
from tieout_kit.sync.work import Seen, Work
from tieout_schemas.bodies import BillBody
from tieout_schemas.platform import Bill, BillStatus, SyncState
from tieout_schemas.xero import Applied, InvoiceStatus, LineAmountTypes, Tracking, XeroInvoice, XeroLine
from tieout_testing.builders import TENANT_ID, facts, nzd, vendor, xero_invoice, xero_line

VENDOR_ID, CONTACT_XERO_ID = uuid4(), uuid4()
OTHER_VENDOR_ID, OTHER_CONTACT_XERO_ID = uuid4(), uuid4()
BILL_XERO_ID, LINE_XERO_ID = uuid4(), uuid4()
FACTS = facts(vendor(VENDOR_ID, CONTACT_XERO_ID), vendor(OTHER_VENDOR_ID, OTHER_CONTACT_XERO_ID))
CAUSE = Cause("an-event", "an-event", None)
LOCATION = Tracking(category="Location", option="Auckland")
PAYMENT = Applied(xero_id=uuid4(), amount=nzd("100.00"))

NO_FIELDS = {
    "id": "the platform chose it",
    "sync": "how the bill stands to Xero, not what it says",
    "origin": "who or what made this state",
    "printed_total": "what the bill is checked against; Xero has no field for it (F22)",
}
"""What of a bill both sides do not share, and why."""


NOT_FOLLOWED = {
    "xero_id": "the link",
    "record_id": "the connector's stamp",
    "updated_at": "no version, and nothing of the bill",
    "answers": "of the sync",
    "asked_for": "whether a person asked for it, and nothing of the bill",
    "type": "a bill stays a bill",
    "lines": "tried one by one",
}
"""What of Xero's bill is not tried as a change of the bill, and why."""
ACCOUNT_XERO_ID = uuid4()
Change = tuple[dict[str, Any], dict[str, Any]]
"""What changes in Xero, and what is to change here for it."""
BILL_CHANGES: dict[str, Change] = {
    "number": ({"number": "B-1a"}, {"number": "B-1a"}),
    "status": (
        {"status": InvoiceStatus.SUBMITTED},
        {"status": BillStatus.AWAITING_APPROVAL, "xero_status": InvoiceStatus.SUBMITTED},
    ),
    "paid": ({"status": InvoiceStatus.PAID}, {"paid": True, "xero_status": InvoiceStatus.PAID}),
    "date": ({"date": dt.date(2026, 11, 2)}, {"date": dt.date(2026, 11, 2)}),
    "due date": ({"due_date": dt.date(2026, 12, 1)}, {"due_date": dt.date(2026, 12, 1)}),
    "no due date": ({"due_date": None}, {"due_date": dt.date(2026, 11, 1)}),
    "currency": ({"currency": "USD"}, {"currency": "USD"}),
    "amounts type": (
        {"line_amount_types": LineAmountTypes.INCLUSIVE},
        {"line_amount_types": LineAmountTypes.INCLUSIVE},
    ),
    "vendor": ({"contact_xero_id": OTHER_CONTACT_XERO_ID}, {"vendor_id": OTHER_VENDOR_ID}),
    "a contact that is none of ours": ({"contact_xero_id": uuid4()}, {}),
    "total": ({"total": nzd("230.00")}, {"total": nzd("230.00")}),
    "amount due": ({"amount_due": nzd("15.00")}, {"amount_due": nzd("15.00")}),
    "applied": ({"applied": (PAYMENT,)}, {"applied": (PAYMENT,)}),
    "subtotal": ({"subtotal": nzd("1.00")}, {}),
    "total tax": ({"total_tax": nzd("1.00")}, {}),
    "amount paid": ({"amount_paid": nzd("1.00")}, {}),
    "amount credited": ({"amount_credited": nzd("1.00")}, {}),
}
LINE_CHANGES: dict[str, Change] = {
    "description": ({"description": "Ink"}, {"description": "Ink"}),
    "quantity": ({"quantity": Decimal(2)}, {"quantity": Decimal(2)}),
    "no quantity": ({"quantity": None}, {}),
    "unit amount": ({"unit_amount": Decimal("99.99")}, {"unit_amount": Decimal("99.99")}),
    "no unit amount": ({"unit_amount": None, "line_amount": Decimal(70)}, {"unit_amount": Decimal(70)}),
    "account": ({"account_code": "429"}, {"account_code": "429"}),
    "no account": ({"account_code": None}, {"account_code": None}),
    "an account without a code": (
        {"account_code": None, "account_xero_id": ACCOUNT_XERO_ID},
        {"account_code": None, "account_xero_id": ACCOUNT_XERO_ID},
    ),
    "tax type": ({"tax_type": "NONE"}, {"tax_type": "NONE"}),
    "no tax type": ({"tax_type": None}, {"tax_type": None}),
    "tracking": ({"tracking": (LOCATION,)}, {"tracking": (LOCATION,)}),
    "line amount": ({"line_amount": Decimal(1)}, {}),
    "tax amount": ({"tax_amount": Decimal(1)}, {}),
}


def seen(**more: Any) -> XeroInvoice:
    fields = {"lines": (xero_line(LINE_XERO_ID),), **more}
    return xero_invoice(BILL_XERO_ID, fields.pop("contact_xero_id", CONTACT_XERO_ID), **fields)


def desk_with(*snapshots: tuple[int, XeroInvoice]) -> Desk[Bill, XeroInvoice]:
    desk = Desk(BILL, lambda _: FACTS)
    follow(desk, *snapshots)
    return desk


def follow(desk: Desk[Bill, XeroInvoice], *snapshots: tuple[int, XeroInvoice]) -> Work[Bill, XeroInvoice]:
    for sequence, snapshot in snapshots:
        desk.snapshot(TENANT_ID, Seen(sequence, snapshot), CAUSE)
    work = desk.linked_to(TENANT_ID, BILL_XERO_ID)
    assert work
    return work


@pytest.mark.rule("BILL-8")
def test_every_attribute_of_a_bill_is_a_field_or_is_named_with_its_reason() -> None:
    assert {each.name for each in BILL.fields} | NO_FIELDS.keys() == set(Bill.model_fields)
    assert not {each.name for each in BILL.fields} & NO_FIELDS.keys()


@pytest.mark.rule("BILL-2")
def test_every_field_is_sent_or_is_xeros_alone() -> None:
    sent = {each.body_name for each in BILL.fields if each.owner is not Owner.XERO_ALONE}

    assert sent == BillBody.model_fields.keys() - {"kind"}


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("name", ["total", "amount_due", "applied", "xero_status", "paid"])
def test_nobody_changes_here_what_xero_alone_knows(name: str) -> None:
    assert BILL.by_name[name].owner is Owner.XERO_ALONE


@pytest.mark.rule("BILL-1")
@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("change", BILL_CHANGES)
def test_a_linked_bill_follows_each_change_of_xeros_and_is_otherwise_as_it_was(change: str) -> None:
    there, here = BILL_CHANGES[change]
    desk = desk_with((1, seen()))
    before = follow(desk).record

    after = follow(desk, (2, seen(**there)))

    assert after.record == before.replace(sync=before.sync.replace(based_on_sequence=2), **here)
    assert (after.record.sync.state, after.intents) == (SyncState.IN_STEP, [])


@pytest.mark.rule("BILL-1")
@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize("change", LINE_CHANGES)
def test_a_line_follows_each_change_of_xeros_and_is_otherwise_as_it_was(change: str) -> None:
    there, here = LINE_CHANGES[change]
    desk = desk_with((1, seen()))
    before = follow(desk).record

    after = follow(desk, (2, seen(lines=(xero_line(LINE_XERO_ID, **there),))))

    lines = (before.lines[0].replace(**here),)
    assert after.record == before.replace(sync=before.sync.replace(based_on_sequence=2), lines=lines)
    assert (after.record.sync.state, after.intents) == (SyncState.IN_STEP, [])


@pytest.mark.rule("BILL-8")
def test_the_changes_above_leave_out_nothing_that_xero_shows() -> None:
    tried = {name for there, _ in BILL_CHANGES.values() for name in there}
    of_a_line = {name for there, _ in LINE_CHANGES.values() for name in there}

    assert tried | NOT_FOLLOWED.keys() == set(XeroInvoice.model_fields)
    assert of_a_line | {"xero_line_id"} == set(XeroLine.model_fields)


@pytest.mark.rule("BILL-2")
@pytest.mark.parametrize(
    ("there", "here"),
    [
        (InvoiceStatus.DRAFT, BillStatus.DRAFT),
        (InvoiceStatus.SUBMITTED, BillStatus.AWAITING_APPROVAL),
        (InvoiceStatus.AUTHORISED, BillStatus.APPROVED),
        (InvoiceStatus.PAID, BillStatus.APPROVED),
        (InvoiceStatus.VOIDED, UNKNOWN),
        (InvoiceStatus.DELETED, UNKNOWN),
    ],
)
def test_each_status_of_xeros_has_its_approval_here(there: InvoiceStatus, here: object) -> None:
    assert BILL.by_name["status"].theirs(seen(status=there), FACTS) == here


@pytest.mark.rule("BILL-6")
@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize("status", [InvoiceStatus.VOIDED, InvoiceStatus.DELETED])
def test_a_bill_gone_in_xero_is_marked_and_stays(status: InvoiceStatus) -> None:
    desk = desk_with((1, seen()))
    before = follow(desk).record

    emptied = seen(status=status, number="", lines=(), amount_due=nzd("0.00"), total=nzd("0.00"))
    after = follow(desk, (2, emptied))

    marked = before.sync.replace(based_on_sequence=2, gone_in_xero=True, state=SyncState.NOT_FOR_XERO)
    zero = nzd("0.00")
    assert after.record == before.replace(sync=marked, xero_status=status, total=zero, amount_due=zero)
    assert after.intents == []


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize(("ours", "theirs", "same"), [
    ("B-1", "B-1", True), (" B-1 ", "B-1", True), ("B-1", "b-1", False), ("B-1", "", False),
])  # fmt: skip
def test_a_number_is_the_same_once_trimmed(ours: str, theirs: str, same: bool) -> None:
    assert BILL.by_name["number"].same(ours, theirs) is same


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("sequence", [4, 5], ids=["older", "the same again"])
def test_a_snapshot_that_is_not_newer_changes_nothing(sequence: int) -> None:
    desk = desk_with((5, seen()))
    before = follow(desk).record

    assert follow(desk, (sequence, seen(status=InvoiceStatus.VOIDED, number="B-0"))).record == before


@pytest.mark.rule("SYS-1")
@given(st.data())
def test_snapshots_in_any_order_and_repeated_end_as_the_newest_says(data: st.DataObject) -> None:
    statuses = st.sampled_from([InvoiceStatus.AUTHORISED, InvoiceStatus.PAID, InvoiceStatus.VOIDED])
    sequences = list(range(10, 10 + data.draw(st.integers(1, 5))))
    snapshots = {s: seen(status=data.draw(statuses), number=f"B-{s}", amount_due=nzd(str(s))) for s in sequences}
    order = data.draw(st.permutations(sequences + data.draw(st.lists(st.sampled_from(sequences)))))

    desk = desk_with((1, seen()))
    after = follow(desk, *((sequence, snapshots[sequence]) for sequence in order)).record

    newest = snapshots[max(sequences)]
    assert (after.xero_status, after.amount_due, after.sync.based_on_sequence) == (
        newest.status,
        newest.amount_due,
        max(sequences),
    )
    assert after.paid is (newest.status is InvoiceStatus.PAID)
    if not newest.status.is_final:
        assert after.number == newest.number


@pytest.mark.rule("BILL-8")
def test_a_vendor_is_the_one_behind_the_contact_that_xero_names_and_no_other() -> None:
    def vendor_behind(xero_id: UUID) -> object:
        return BILL.by_name["vendor_id"].theirs(seen(contact_xero_id=xero_id), FACTS)

    assert vendor_behind(CONTACT_XERO_ID) == VENDOR_ID
    assert vendor_behind(OTHER_CONTACT_XERO_ID) == OTHER_VENDOR_ID
    assert vendor_behind(uuid4()) is UNKNOWN
