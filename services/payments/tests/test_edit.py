"""What a request to the payments service may contain: PAY-1, PAY-3, PAY-9."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from tieout_kit.errors import Clash
from tieout_kit.sync.facts import Facts
from tieout_payments.payment.edit import PaymentIn, check, content
from tieout_schemas.money import Money
from tieout_schemas.platform import Payment, PaymentMethod
from tieout_testing.builders import DAY, DUE_DAY, bill, facts, nzd, payment, payment_request

BILL_ID, BILL_XERO_ID, OTHER = (uuid4() for _ in range(3))
OURS = payment(BILL_ID)
FITS = facts(bill(BILL_ID, BILL_XERO_ID))


@pytest.mark.rule("PAY-1")
@pytest.mark.rule("PAY-3")
@pytest.mark.parametrize(("asked", "account"), [("091", "091"), (None, "")])
def test_a_new_payment_is_as_it_is_asked_for(asked: str | None, account: str) -> None:
    new = PaymentIn.model_validate(payment_request(BILL_ID, "60.00", reference="TX-1", account_code=asked))

    assert content(new, None, OURS.id) == {
        "bill_id": BILL_ID,
        "method": PaymentMethod.ACH,
        "date": DAY,
        "amount": nzd("60.00"),
        "account_code": account,
        "account_xero_id": None,
        "reference": "TX-1",
    }


@pytest.mark.parametrize(
    "field",
    [
        {"amount": {"amount": "0.01", "currency": "NZD"}},
        {"amount": {"amount": "1234567890123456.00", "currency": "NZD"}},
        {"reference": "a" * 255},
    ],
    ids=["the smallest amount", "the largest", "the longest reference"],
)
def test_what_is_just_a_payment_is_taken(field: dict[str, Any]) -> None:
    PaymentIn.model_validate(payment_request(BILL_ID) | field)


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize("asked", [{}, {"amount": {"amount": "60", "currency": "NZD"}}], ids=["same", "fewer digits"])
def test_the_same_payment_again_changes_nothing(asked: dict[str, Any]) -> None:
    again = PaymentIn.model_validate(payment_request(BILL_ID, reference=OURS.reference) | asked)

    assert OURS.replace(**content(again, OURS, OURS.id)) == OURS


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"amount": {"amount": "60.01", "currency": "NZD"}}, {"amount": nzd("60.01")}),
        (
            {"amount": {"amount": "60.00", "currency": "USD"}},
            {"amount": Money(amount=Decimal("60.00"), currency="USD")},
        ),
        ({"bill_id": str(OTHER)}, {"bill_id": OTHER}),
        ({"date": DUE_DAY.isoformat()}, {"date": DUE_DAY}),
        ({"account_code": "091"}, {"account_code": "091"}),
        ({"reference": "TX-2"}, {"reference": "TX-2"}),
        ({"method": "check"}, {"method": PaymentMethod.CHECK}),
    ],
    ids=["amount", "currency", "bill", "date", "account", "reference", "method"],
)
def test_a_payment_is_never_changed(change: dict[str, Any], changed: dict[str, Any]) -> None:
    other = PaymentIn.model_validate(payment_request(BILL_ID, reference=OURS.reference) | change)
    wanted = OURS.replace(**content(other, OURS, OURS.id))
    assert wanted == OURS.replace(**changed)

    with pytest.raises(Clash) as refused:
        check(OURS, wanted, [], FITS)

    words = f"payment {OURS.id} already exists with other content, and a payment cannot be changed"
    assert str(refused.value) == words


@pytest.mark.rule("PAY-9")
@pytest.mark.parametrize(
    ("others", "seen_by", "fits"),
    [
        ([], FITS, True),
        ([payment(BILL_ID, "55.00")], FITS, True),
        ([payment(BILL_ID, "55.01")], FITS, False),
        ([payment(OTHER, "55.01")], FITS, True),
        ([payment(BILL_ID, "55.01")], facts(), True),
    ],
    ids=["alone", "with another", "too much", "of another bill", "a bill that is not known yet"],
)
def test_a_new_payment_is_checked_against_its_bill_and_the_payments_of_that_bill(
    others: list[Payment], seen_by: Facts, fits: bool
) -> None:
    try:
        check(None, OURS, others, seen_by)
    except Clash:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", {"amount": "0.00", "currency": "NZD"}),
        ("amount", {"amount": "-1.00", "currency": "NZD"}),
        ("amount", {"amount": "1.001", "currency": "NZD"}),
        ("amount", {"amount": "1.00", "currency": "nzd"}),
        ("amount", {"amount": "NaN", "currency": "NZD"}),
        ("amount", {"amount": "12345678901234567.00", "currency": "NZD"}),
        ("account_code", ""),
        ("reference", ""),
        ("reference", "a" * 256),
        ("reference", "a\x00b"),
        ("method", "cash"),
        ("run", 1),
    ],
)
def test_what_is_no_payment_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=field):
        PaymentIn.model_validate(payment_request(BILL_ID) | {field: value})
