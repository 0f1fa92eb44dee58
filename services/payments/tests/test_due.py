"""PAY-9: how much of a bill can still be paid."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_kit.errors import Clash
from tieout_payments.payment.due import check_fits, left_to_pay
from tieout_schemas.platform import Bill, Payment, Sync, SyncState
from tieout_schemas.xero import Applied, InvoiceStatus
from tieout_testing.builders import DAY, DUE_DAY, applied, bill, in_step, nzd, payment

BILL_ID, BILL_XERO_ID, OURS_XERO_ID, BY_HAND_XERO_ID, CREDIT_XERO_ID = (uuid4() for _ in range(5))


def held(amount: str) -> Applied:
    """Our payment, as the bill names it."""
    return applied(OURS_XERO_ID, amount)


def by_hand(amount: str) -> Applied:
    """A payment that somebody made in Xero."""
    return applied(BY_HAND_XERO_ID, amount)


def credit(amount: str) -> Applied:
    """A credit that somebody allocated in Xero."""
    return applied(CREDIT_XERO_ID, amount)


def payable(due: str = "100.00", *names: Applied, **more: Any) -> Bill:
    """A bill of 100.00 in Xero, and what its amount due holds."""
    fields: dict[str, Any] = {"total": nzd("100.00"), "amount_due": nzd(due), "applied": names}
    return bill(BILL_ID, BILL_XERO_ID, **(fields | more))


def ours(amount: str, state: SyncState = SyncState.ON_ITS_WAY, **more: Any) -> Payment:
    """A payment of ours that has no record of Xero yet."""
    return payment(BILL_ID, amount, **({"sync": Sync(state=state)} | more))


def answered(amount: str) -> Payment:
    """A payment of ours that Xero has accepted."""
    return payment(BILL_ID, amount, OURS_XERO_ID)


def deleted(amount: str) -> Payment:
    """A payment of ours that was deleted in Xero."""
    gone = Sync(state=SyncState.NOT_FOR_XERO, xero_id=OURS_XERO_ID, gone_in_xero=True)
    return payment(BILL_ID, amount, sync=gone, deleted_in_xero=True)


@pytest.mark.rule("PAY-9")
@pytest.mark.parametrize(
    ("of", "made_here", "left"),
    [
        pytest.param(payable(), [], "100.00", id="nothing is paid"),
        pytest.param(payable(), [ours("60.00")], "40.00", id="ours is on its way"),
        pytest.param(payable(), [ours("60.00", SyncState.WAITING)], "40.00", id="ours is held"),
        pytest.param(payable(), [ours("60.00", SyncState.CONFLICT)], "40.00", id="ours is asked about"),
        pytest.param(payable(), [answered("60.00")], "40.00", id="Xero took ours and the bill was not seen since"),
        pytest.param(payable("40.00", held("60.00")), [answered("60.00")], "40.00", id="ours is held"),
        pytest.param(payable("60.00", held("40.00")), [ours("40.00")], "20.00", id="seen before its answer"),
        pytest.param(payable("70.00", by_hand("30.00")), [], "70.00", id="a payment by hand"),
        pytest.param(
            payable("10.00", held("60.00"), by_hand("30.00")),
            [answered("60.00")],
            "10.00",
            id="ours and one by hand are held",
        ),
        pytest.param(
            payable("70.00", by_hand("30.00")),
            [answered("60.00")],
            "10.00",
            id="only the one by hand is held",
        ),
        pytest.param(payable("75.00", credit("25.00")), [ours("60.00")], "15.00", id="a credit by others"),
        pytest.param(payable("70.00"), [ours("60.00")], "10.00", id="something is held that has no name"),
        pytest.param(
            payable("60.00", held("40.00")),
            [answered("40.00"), ours("25.00")],
            "35.00",
            id="two of ours",
        ),
        pytest.param(payable(), [ours("60.00", SyncState.REFUSED)], "100.00", id="ours was refused"),
        pytest.param(payable(), [deleted("60.00")], "100.00", id="ours was deleted in Xero"),
        pytest.param(payable("40.00", held("60.00")), [deleted("60.00")], "100.00", id="deleted, and still held"),
        pytest.param(payable(), [ours("60.00", currency="USD")], "100.00", id="ours is in another currency"),
        pytest.param(payable("70.00", by_hand("30.00")), [ours("70.01")], "0", id="too much is paid already"),
        pytest.param(payable(total=None), [], None, id="the total is unknown"),
        pytest.param(payable(amount_due=None), [], None, id="the amount due is unknown"),
        pytest.param(payable(total=None, amount_due=None), [], None, id="both are unknown"),
    ],
)
def test_what_is_left_is_the_total_without_what_others_and_what_we_have_paid(
    of: Bill, made_here: list[Payment], left: str | None
) -> None:
    assert left_to_pay(of, made_here) == (None if left is None else Decimal(left))


@pytest.mark.rule("PAY-9")
@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize(
    ("one", "of", "others"),
    [
        pytest.param(ours("60.00"), payable(), [], id="a part"),
        pytest.param(ours("100.00"), payable(), [], id="the whole"),
        pytest.param(ours("40.00"), payable(), [ours("60.00")], id="the rest"),
        pytest.param(ours("999.00"), payable(total=None, amount_due=None), [], id="what Xero has not said"),
        pytest.param(
            ours("999.00"), payable(total=None, amount_due=None, xero_status=None), [], id="a bill not in Xero yet"
        ),
        pytest.param(
            ours("60.00", reference="R-1"),
            payable(),
            [ours("60.00", SyncState.REFUSED, reference="R-1")],
            id="once more what was refused",
        ),
        pytest.param(
            ours("30.00", reference="R-1"),
            payable(),
            [ours("30.01", reference="R-1")],
            id="a reference for two amounts",
        ),
        pytest.param(
            ours("30.00", reference="R-1", date=DAY),
            payable(),
            [ours("30.00", reference="R-1", date=DUE_DAY)],
            id="a reference for two days",
        ),
        pytest.param(ours("30.00"), payable(), [ours("30.00")], id="the same amount on the same day"),
        pytest.param(ours("1.00"), payable(xero_status=InvoiceStatus.SUBMITTED), [], id="a bill not approved yet"),
    ],
)
def test_what_is_due_can_be_paid(one: Payment, of: Bill, others: list[Payment]) -> None:
    check_fits(one, of, others)


TWICE = ours("1.00", reference="R-1")


@pytest.mark.rule("PAY-9")
@pytest.mark.rule("BILL-6")
@pytest.mark.parametrize(
    ("one", "of", "others", "words"),
    [
        (ours("100.01"), payable(), [], "bill B-1 has 100.00 NZD left to pay, less than 100.01 NZD"),
        (ours("40.01"), payable(), [ours("60.00")], "bill B-1 has 40.00 NZD left to pay, less than 40.01 NZD"),
        (ours("40.01"), payable(), [answered("60.00")], "bill B-1 has 40.00 NZD left to pay, less than 40.01 NZD"),
        (ours("30.01"), payable("30.00"), [], "bill B-1 has 30.00 NZD left to pay, less than 30.01 NZD"),
        (
            ours("0.01"),
            payable("0.00", xero_status=InvoiceStatus.PAID),
            [],
            "bill B-1 has 0 NZD left to pay, less than 0.01 NZD",
        ),
        (ours("60.00", currency="USD"), payable(), [], "bill B-1 is in NZD and cannot be paid in USD"),
        (
            ours("1.00"),
            payable(xero_status=InvoiceStatus.VOIDED),
            [],
            "bill B-1 is VOIDED in Xero and cannot be paid",
        ),
        (
            ours("1.00"),
            payable(xero_status=InvoiceStatus.DELETED),
            [],
            "bill B-1 is DELETED in Xero and cannot be paid",
        ),
        (
            ours("1.00", reference="R-1"),
            payable(),
            [ours("2.00"), TWICE],
            f"payment {TWICE.id} already pays 1.00 NZD of bill B-1 as R-1",
        ),
    ],
    ids=["more", "with ours", "with ours answered", "with others'", "paid", "currency", "voided", "deleted", "twice"],
)
def test_what_does_not_fit_the_bill_is_refused_in_plain_words(
    one: Payment, of: Bill, others: list[Payment], words: str
) -> None:
    with pytest.raises(Clash) as refused:
        check_fits(one, of, others)

    assert str(refused.value) == words


@pytest.mark.rule("PAY-9")
@given(st.data())
def test_payments_made_here_never_exceed_the_total_whenever_xero_is_read(data: st.DataObject) -> None:
    made: list[Payment] = []
    for _ in range(data.draw(st.integers(1, 8))):
        # The bill was read at some moment: its amount due holds some of those that were answered by then.
        in_xero = [one for one in made if one.sync.xero_id and data.draw(st.booleans())]
        held = [applied(one.sync.xero_id, str(one.amount.amount)) for one in in_xero if one.sync.xero_id]
        due = Decimal("100.00") - sum((each.amount.amount for each in held), Decimal())
        amount = str(Decimal(data.draw(st.integers(1, 6000))) / 100)
        one = ours(amount, sync=in_step(uuid4())) if data.draw(st.booleans()) else ours(amount)
        try:
            check_fits(one, payable(str(due), *held), made)
        except Clash:
            continue
        made.append(one)

    assert sum((one.amount.amount for one in made), Decimal()) <= Decimal("100.00")
