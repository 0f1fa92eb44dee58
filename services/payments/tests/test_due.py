"""PAY-9: what a bill can take."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_kit.errors import Clash
from tieout_payments.rules.due import check_fits
from tieout_schemas.money import Money
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, Payment, PaymentMethod, Sync
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes

ORIGIN = Origin(kind=OriginKind.USER, by="ana", rule="PAY-1")
BILL = uuid4()


def nzd(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="NZD")


def bill(due: str | None = "100.00", total: str = "100.00", status: str = "AUTHORISED", sequence: int = 10) -> Bill:
    return Bill.model_validate(
        {
            "id": BILL,
            "sync": Sync(desired=1, sent=1, acknowledged=1, xero_id=uuid4(), xero_sequence=sequence),
            "origin": ORIGIN,
            "vendor_id": uuid4(),
            "number": "B-1",
            "status": BillStatus.APPROVED,
            "date": "2026-11-01",
            "due_date": "2026-11-20",
            "currency": "NZD",
            "line_amount_types": LineAmountTypes.EXCLUSIVE,
            "lines": (),
            "total": nzd(total) if due else None,
            "amount_due": nzd(due) if due else None,
            "xero_status": InvoiceStatus(status),
        }
    )


def payment(amount: str = "60.00", currency: str = "NZD", reference: str = "", **sync: Any) -> Payment:
    payment_id = uuid4()
    return Payment.model_validate(
        {
            "id": payment_id,
            "sync": Sync.model_validate({"desired": 1, **sync}),
            "origin": ORIGIN,
            "bill_id": BILL,
            "method": PaymentMethod.ACH,
            "date": "2026-11-10",
            "amount": {"amount": amount, "currency": currency},
            "account_code": "090",
            "reference": reference or str(payment_id),
        }
    )


def answered(amount: str, sequence: int) -> Payment:
    return payment(amount, sent=1, acknowledged=1, xero_id=uuid4(), xero_sequence=sequence)


def refused(amount: str) -> Payment:
    return payment(amount, sent=1, refused=1)


def deleted(amount: str) -> Payment:
    return answered(amount, 5).model_copy(update={"deleted_in_xero": True})


@pytest.mark.rule("PAY-9")
@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize(
    ("one", "of", "others"),
    [
        (payment("60.00"), bill(), []),
        (payment("100.00"), bill(), []),
        (payment("40.00"), bill(), [payment("60.00")]),
        # Seen after our payment, the amount due already reflects it.
        (payment("40.00"), bill(due="40.00"), [answered("60.00", 9)]),
        (payment("100.00"), bill(), [refused("60.00")]),
        (payment("100.00"), bill(), [deleted("60.00")]),
        (payment("100.00"), bill(), [payment("60.00", currency="USD")]),
        (payment("999.00"), bill(due=None), []),
    ],
    ids=["part", "whole", "rest", "reflected", "refused", "deleted", "never sent", "total unknown"],
)
def test_what_is_due_can_be_paid(one: Payment, of: Bill, others: list[Payment]) -> None:
    check_fits(one, of, others)


@pytest.mark.rule("PAY-9")
@pytest.mark.parametrize(
    ("one", "of", "others", "words"),
    [
        (payment("100.01"), bill(), [], "B-1 has 100.00 NZD left to pay, less than 100.01 NZD"),
        (payment("40.01"), bill(), [payment("60.00")], "40.00 NZD left"),
        (payment("40.01"), bill(), [payment("60.00", sent=1, in_flight=True)], "40.00 NZD left"),
        # Xero took ours, and the bill was not seen since.
        (payment("40.01"), bill(), [answered("60.00", 11)], "40.00 NZD left"),
        # A read that crossed with our payment: seen later, yet as it was before.
        (payment("40.01"), bill(), [answered("60.00", 9)], "40.00 NZD left"),
        # Somebody paid part of it in Xero.
        (payment("30.01"), bill(due="30.00"), [], "30.00 NZD left"),
        (payment("20.01"), bill(due="30.00"), [payment("10.00")], "20.00 NZD left"),
        (payment("0.01"), bill(due="0.00", status="PAID"), [], "0 NZD left|0.00 NZD left"),
        (payment("1.00", currency="USD"), bill(), [], "B-1 is in NZD and cannot be paid in USD"),
        (payment("1.00"), bill(status="VOIDED"), [], "B-1 is VOIDED in Xero and cannot be paid"),
        (payment("1.00"), bill(status="DELETED"), [], "B-1 is DELETED in Xero and cannot be paid"),
        (payment("1.00", reference="R-1"), bill(), [payment("1.00", reference="R-1")], "already pays 1.00 NZD .* R-1"),
    ],
)
def test_what_does_not_fit_the_bill_is_refused_in_plain_words(
    one: Payment, of: Bill, others: list[Payment], words: str
) -> None:
    with pytest.raises(Clash, match=words):
        check_fits(one, of, others)


@pytest.mark.rule("PAY-9")
@given(st.data())
def test_payments_made_here_never_exceed_the_total_whenever_xero_is_read(data: st.DataObject) -> None:
    made: list[Payment] = []
    cents = st.integers(1, 6000)
    for sequence in range(20, 20 + data.draw(st.integers(1, 8))):
        # The bill was read at some moment: what is due holds only the payments answered by then.
        read_at = data.draw(st.integers(10, sequence))
        reflected = sum(
            (p.amount.amount for p in made if p.sync.acknowledged and p.sync.xero_sequence <= read_at), Decimal()
        )
        of = bill(due=str(Decimal("100.00") - reflected), sequence=read_at)
        amount = str(Decimal(data.draw(cents)) / 100)
        one = answered(amount, sequence) if data.draw(st.booleans()) else payment(amount)
        try:
            check_fits(one, of, made)
        except Clash:
            continue
        made.append(one)

    assert sum((p.amount.amount for p in made), Decimal()) <= Decimal("100.00")
