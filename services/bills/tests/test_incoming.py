"""What bills of Xero mean here."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_bills.rules.incoming import Import, Skip, Wait, first_sight, follow, imported
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, Sync
from tieout_schemas.reasons import Reason
from tieout_schemas.xero import InvoiceStatus, InvoiceType, LineAmountTypes, XeroInvoice, XeroLine

TENANT, X, CONTACT, VENDOR, LINE = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
ORIGIN = Origin(kind=OriginKind.EVENT, by="an-event", rule="BILL-1")


def nzd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="NZD")


def seen(status: str = "AUTHORISED", **more: Any) -> XeroInvoice:
    amounts = {"amount_due": nzd("115.00"), "amount_paid": nzd("0.00"), "amount_credited": nzd("0.00")}
    fields = {"number": "B-1", "lines": (line(),), **amounts, **more}
    return XeroInvoice(
        xero_id=X,
        updated_at=dt.datetime(2026, 11, 22, tzinfo=dt.UTC),
        type=InvoiceType.ACCPAY,
        status=InvoiceStatus(status),
        contact_xero_id=CONTACT,
        date=dt.date(2026, 11, 1),
        currency="NZD",
        line_amount_types=LineAmountTypes.EXCLUSIVE,
        subtotal=nzd("100.00"),
        total_tax=nzd("15.00"),
        total=nzd("115.00"),
        **fields,
    )


def line(unit_amount: str | None = "100.00", xero_line_id: UUID = LINE) -> XeroLine:
    unit = Decimal(unit_amount) if unit_amount else None
    return XeroLine(xero_line_id=xero_line_id, description="Paper", unit_amount=unit, line_amount=Decimal("100.00"))


def linked(**more: Any) -> Bill:
    """A bill in step with Xero at sequence 5."""
    bill = imported(seen(), TENANT, VENDOR, 5, ORIGIN)
    return bill.model_copy(update=more)


def sync(**more: Any) -> Sync:
    return Sync.model_validate({"xero_id": X, "xero_sequence": 5, **more})


@pytest.mark.rule("BILL-1")
@pytest.mark.parametrize(
    ("seen", "vendor_id", "decision"),
    [
        (seen(), VENDOR, Import(VENDOR)),
        (seen("DRAFT"), VENDOR, Wait(Reason.NOT_APPROVED_IN_XERO, {"number": "B-1", "status": "DRAFT"})),
        (seen("SUBMITTED"), None, Wait(Reason.NOT_APPROVED_IN_XERO, {"number": "B-1", "status": "SUBMITTED"})),
        (
            seen(amount_paid=nzd("0.01")),
            VENDOR,
            Skip(Reason.ALREADY_PAID_IN_XERO, {"number": "B-1", "paid": "0.01 NZD", "credited": "0.00 NZD"}),
        ),
        (
            seen(amount_credited=nzd("115.00")),
            VENDOR,
            Skip(Reason.ALREADY_PAID_IN_XERO, {"number": "B-1", "paid": "0.00 NZD", "credited": "115.00 NZD"}),
        ),
        (
            seen("PAID", amount_paid=nzd("115.00")),
            None,
            Skip(Reason.ALREADY_PAID_IN_XERO, {"number": "B-1", "paid": "115.00 NZD", "credited": "0.00 NZD"}),
        ),
        (seen("VOIDED"), VENDOR, Skip(Reason.GONE_IN_XERO, {"number": "B-1", "status": "VOIDED"})),
        (seen("DELETED"), VENDOR, Skip(Reason.GONE_IN_XERO, {"number": "B-1", "status": "DELETED"})),
        (seen(), None, Wait(Reason.VENDOR_NOT_HERE_YET, {"number": "B-1", "contact_xero_id": str(CONTACT)})),
    ],
)
def test_only_unpaid_bills_come_in(seen: XeroInvoice, vendor_id: UUID | None, decision: Import | Wait | Skip) -> None:
    assert first_sight(seen, vendor_id) == decision


@pytest.mark.rule("BILL-1")
def test_every_decision_has_a_sentence_with_its_parameters_filled_in() -> None:
    for one in (seen("DRAFT"), seen("VOIDED"), seen(amount_paid=nzd("1.00")), seen()):
        decision = first_sight(one, None)
        assert isinstance(decision, Wait | Skip)
        assert "B-1" in decision.reason.sentence(decision.params)


@pytest.mark.rule("BILL-1")
def test_a_bill_of_xero_comes_in_as_the_same_bill_however_often_it_is_seen() -> None:
    one = imported(seen(), TENANT, VENDOR, 5, ORIGIN)

    assert one.id == imported(seen(), TENANT, VENDOR, 9, ORIGIN).id
    assert (one.status, one.total, one.amount_due, one.sync.desired) == (
        BillStatus.APPROVED, nzd("115.00"), nzd("115.00"), 0,
    )  # fmt: skip
    assert [(li.unit_amount, li.xero_line_id) for li in one.lines] == [(Decimal("100.00"), LINE)]


@pytest.mark.rule("BILL-1")
def test_a_line_of_xero_without_a_unit_amount_comes_in_as_its_line_amount() -> None:
    one = imported(seen(lines=(line(unit_amount=None),)), TENANT, VENDOR, 5, ORIGIN)

    assert [(li.quantity, li.unit_amount) for li in one.lines] == [(Decimal(1), Decimal("100.00"))]


@pytest.mark.rule("BILL-1")
@pytest.mark.rule("BILL-8")
def test_a_linked_bill_follows_a_newer_snapshot() -> None:
    newer = seen("PAID", number="B-1a", amount_due=nzd("0.00"), amount_paid=nzd("115.00"))

    after = follow(linked(), newer, 6, ORIGIN)

    assert (after.number, after.paid, after.amount_due, after.sync.xero_sequence) == ("B-1a", True, nzd("0.00"), 6)


@pytest.mark.rule("SYS-1")
def test_an_older_snapshot_changes_nothing() -> None:
    assert follow(linked(), seen("VOIDED", number="B-0"), 4, ORIGIN) == linked()


@pytest.mark.rule("SYS-1")
def test_the_echo_of_our_own_write_tells_what_xero_made_of_it() -> None:
    # The result came first, and brought the sequence of the snapshot that was made from the same answer.
    unseen = {"total": None, "amount_due": None, "xero_status": None, "number": "ours"}
    acknowledged = linked(sync=sync(desired=1, sent=1, acknowledged=1), **unseen)

    after = follow(acknowledged, seen(), 5, ORIGIN)

    assert (after.total, after.amount_due, after.xero_status) == (
        nzd("115.00"), nzd("115.00"), InvoiceStatus.AUTHORISED,
    )  # fmt: skip
    assert after.number == "ours"


@pytest.mark.rule("BILL-8")
@pytest.mark.parametrize(
    "pending",
    [
        sync(desired=1, sent=1, in_flight=True),
        sync(desired=2, sent=1, acknowledged=1),
        sync(desired=2, sent=2, acknowledged=1, refused=2),
    ],
    ids=["in flight", "held", "refused"],
)
def test_while_a_change_of_ours_is_pending_amounts_are_taken_and_content_is_not(pending: Sync) -> None:
    ours = linked(number="ours", sync=pending)

    after = follow(ours, seen(number="theirs", amount_due=nzd("15.00")), 6, ORIGIN)

    assert (after.number, after.amount_due) == ("ours", nzd("15.00"))


@pytest.mark.rule("BILL-8")
def test_lines_get_xeros_ids_while_a_change_of_ours_is_pending() -> None:
    other = uuid4()
    ours = linked(sync=sync(desired=1, sent=1, in_flight=True))

    after = follow(ours, seen(lines=(line("99.00", other),)), 6, ORIGIN)

    assert [(li.unit_amount, li.xero_line_id) for li in after.lines] == [(Decimal("100.00"), other)]


@pytest.mark.rule("BILL-6")
@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize("status", ["VOIDED", "DELETED"])
def test_a_bill_gone_in_xero_is_marked_and_stays(status: str) -> None:
    after = follow(linked(), seen(status, number="", lines=()), 6, ORIGIN)

    assert (after.xero_status, after.number, after.status) == (InvoiceStatus(status), "B-1", BillStatus.APPROVED)
    assert after.lines == linked().lines


@pytest.mark.rule("BILL-1")
def test_a_snapshot_that_tells_nothing_new_leaves_the_reason_of_the_last_change() -> None:
    later = Origin(kind=OriginKind.EVENT, by="another-event", rule="BILL-1")

    assert follow(linked(), seen(), 6, later).origin == ORIGIN


@pytest.mark.rule("SYS-1")
@given(st.data())
def test_snapshots_in_any_order_and_repeated_end_as_the_newest_says(data: st.DataObject) -> None:
    statuses = st.sampled_from(["AUTHORISED", "PAID", "VOIDED"])
    sequences = list(range(10, 10 + data.draw(st.integers(1, 5))))
    snapshots = {s: seen(data.draw(statuses), number=f"B-{s}", amount_due=nzd(str(s))) for s in sequences}
    order = data.draw(st.permutations(sequences + data.draw(st.lists(st.sampled_from(sequences)))))

    after = linked()
    for sequence in order:
        after = follow(after, snapshots[sequence], sequence, ORIGIN)

    newest = snapshots[max(sequences)]
    assert (after.xero_status, after.amount_due) == (newest.status, newest.amount_due)
    assert after.sync.xero_sequence == max(sequences)
    if newest.status is not InvoiceStatus.VOIDED:
        assert after.number == newest.number
