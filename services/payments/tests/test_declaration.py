"""What the declaration of a payment promises to the kit, to the connector and to other services. Pure."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_kit.events import Cause
from tieout_kit.sync import Desk, Owner, Seen, State, Work
from tieout_kit.sync.state import Link
from tieout_payments.payment import PAYMENT
from tieout_payments.payment.compose import compose
from tieout_payments.payment.edit import PUT
from tieout_payments.payment.fields import FIELDS
from tieout_schemas.platform import Bill, Payment, PaymentMethod, SyncState
from tieout_schemas.xero import PaymentStatus, XeroInvoice, XeroPayment
from tieout_testing.builders import DUE_DAY, TENANT_ID, bill, facts, nzd, payment, xero_payment
from tieout_testing.declarations import settings_used

BILL_ID, BILL_XERO_ID, OTHER_BILL_ID, PAYMENT_XERO_ID = (uuid4() for _ in range(4))
FITS = facts(bill(BILL_ID, BILL_XERO_ID), bill(OTHER_BILL_ID, uuid4()))
OURS = payment(BILL_ID, xero_id=PAYMENT_XERO_ID)
THERE = xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID)
CHANGED: dict[str, Any] = {
    "bill_id": OTHER_BILL_ID,
    "account_xero_id": uuid4(),
    "account_code": "091",
    "date": DUE_DAY,
    "amount": nzd("1.00"),
    "reference": "TX-2",
}
SENT_ONCE = [each.name for each in FIELDS if each.owner is Owner.XERO]


def restored(**changed: Any) -> Work[Payment, XeroPayment]:
    """A payment that is in Xero, of which a restored database remembers only the link."""
    state = State(link=Link(xero_id=PAYMENT_XERO_ID, since=0, by="stamp"))
    work = Work(PAYMENT, TENANT_ID, OURS.replace(**changed), state, FITS, Cause.request())
    work.seen = Seen(1, THERE)
    return work


def delivered(work: Work[Payment, XeroPayment], seen: XeroPayment, sequence: int = 2) -> Payment:
    desk = Desk(PAYMENT, lambda _: FITS)
    desk.add(work)
    desk.snapshot(TENANT_ID, Seen(sequence, seen), Cause.request())
    return work.record


@pytest.mark.rule("PAY-1")
def test_all_that_is_sent_of_a_payment_is_tried_below() -> None:
    assert list(CHANGED) == SENT_ONCE


@pytest.mark.rule("PAY-1")
@pytest.mark.parametrize("name", CHANGED)
def test_a_payment_that_is_in_xero_is_never_written_again_and_stays_as_it_was_sent(name: str) -> None:
    work = restored(**{name: CHANGED[name]})

    after = delivered(work, THERE)

    assert work.intents == []
    assert getattr(after, name) == CHANGED[name]
    assert after.sync.state is SyncState.IN_STEP


@pytest.mark.rule("SYS-10")
def test_a_payment_deleted_in_xero_is_marked_and_otherwise_as_it_was() -> None:
    work = restored()
    before = delivered(work, THERE)

    after = delivered(work, THERE.replace(status=PaymentStatus.DELETED), 3)

    gone = before.sync.replace(based_on_sequence=3, state=SyncState.NOT_FOR_XERO, gone_in_xero=True)
    assert after == before.replace(deleted_in_xero=True, sync=gone)


@pytest.mark.rule("PAY-7")
@pytest.mark.rule("MAP-6")
def test_payments_are_checked_again_when_a_setting_that_their_rules_use_changes() -> None:
    every_way = [payment(BILL_ID, method=method, account_code="") for method in PaymentMethod]

    assert settings_used(PAYMENT, every_way, FITS) == set(PAYMENT.settings)


@pytest.mark.rule("PAY-1")
def test_a_payment_depends_on_the_bill_that_it_names_here_and_in_xero() -> None:
    [of_bill] = PAYMENT.depends_on

    assert (of_bill.record, of_bill.id_of(OURS)) == (Bill, BILL_ID)
    assert of_bill.xero_id_of
    assert (of_bill.xero_kind, of_bill.xero_id_of(THERE)) == (XeroInvoice, BILL_XERO_ID)


@pytest.mark.rule("PAY-9")
def test_a_change_of_what_is_due_has_the_payments_of_a_bill_checked_again() -> None:
    [of_bill] = PAYMENT.depends_on
    before = bill(BILL_ID, BILL_XERO_ID)

    assert of_bill.looks_at(before) != of_bill.looks_at(before.replace(amount_due=nzd("1.00")))


@pytest.mark.rule("PAY-9")
def test_payments_of_one_bill_are_checked_against_each_other_and_none_is_matched_with_xeros() -> None:
    assert PAYMENT.match
    assert PAYMENT.match.ours(OURS) == PAYMENT.match.ours(payment(BILL_ID))
    assert PAYMENT.match.ours(OURS) != PAYMENT.match.ours(payment(OTHER_BILL_ID))
    assert PAYMENT.match.theirs(THERE) not in {str(BILL_ID), str(OTHER_BILL_ID)}


@pytest.mark.rule("SYS-10")
@pytest.mark.rule("MAP-6")
def test_every_payment_of_xero_is_meant_and_changes_say_by_which_rule() -> None:
    assert PAYMENT.ours(THERE)
    assert (PAYMENT.rule, PAYMENT.complete_rule) == ("SYS-10", "MAP-6")


@pytest.mark.rule("PAY-1")
def test_payments_are_made_at_their_own_address() -> None:
    assert [(view.model, view.plural, view.put) for view in PAYMENT.views] == [(Payment, "payments", PUT)]


def test_a_payment_is_not_composed_before_its_bill_is_in_xero() -> None:
    with pytest.raises(ValueError, match=f"^payment {OURS.id} is sent before its bill is in Xero$"):
        compose(OURS, facts(bill(BILL_ID, None)), {})
