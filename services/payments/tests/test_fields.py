"""What follows for a payment from its bill, and the other way round, and from Xero's payment: pure rules, as tables."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tieout_kit.sync.arrival import Import, Wait, XeroOnly, imported_id
from tieout_kit.sync.facts import Facts
from tieout_payments.payment import PAYMENT
from tieout_payments.payment.arrive import arrive, restore
from tieout_payments.payment.fields import FIELDS
from tieout_payments.payment.rules import (
    relevant_bill_fields,
)
from tieout_schemas.bodies import PaymentBody
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, BillStatus, Payment, PaymentMethod, SyncState
from tieout_schemas.references import CONNECTION, record, setting
from tieout_schemas.xero import InvoiceStatus, LineAmountTypes, PaymentStatus, XeroInvoice
from tieout_testing.builders import (
    DAY,
    DUE_DAY,
    applied,
    bill,
    facts,
    in_step,
    nzd,
    payment,
    xero_payment,
)

BILL_ID, BILL_XERO_ID, PAYMENT_XERO_ID, OTHER = (uuid4() for _ in range(4))
OURS = payment(BILL_ID)
FITS = facts(bill(BILL_ID, BILL_XERO_ID))


NO_FIELDS = {
    "id": "names the record; Xero's is named in its sync",
    "sync": "is how it stands to Xero",
    "origin": "is why it is as it is here",
    "method": "Xero has none: the account and the reference tell it (PAY-3)",
}


@pytest.mark.rule("PAY-3")
def test_every_attribute_of_a_payment_is_a_field_or_has_its_reason() -> None:
    fields = [each.name for each in FIELDS]

    assert sorted([*fields, *NO_FIELDS]) == sorted(Payment.model_fields)


@pytest.mark.rule("PAY-1")
def test_every_field_that_is_sent_has_its_place_in_the_body() -> None:
    sent = {each.body_name for each in FIELDS if each.name != "deleted_in_xero"}

    assert sent <= PaymentBody.model_fields.keys()
    # The currency travels beside the amount; a rate is Xero's to know.
    assert PaymentBody.model_fields.keys() - sent == {"kind", "currency", "currency_rate"}


OTHERWISE: dict[str, Any] = {
    "id": OTHER,
    "sync": in_step(OTHER),
    "origin": Origin(kind=OriginKind.EVENT, by="x"),
    "vendor_id": OTHER,
    "number": "B-2",
    "status": BillStatus.DRAFT,
    "date": DUE_DAY,
    "due_date": DAY,
    "currency": "USD",
    "line_amount_types": LineAmountTypes.NO_TAX,
    "lines": (),
    "printed_total": Decimal("114.00"),
    "total": nzd("114.00"),
    "amount_due": nzd("114.00"),
    "applied": (applied(OTHER, "1.00"),),
    "xero_status": InvoiceStatus.PAID,
    "paid": True,
}
LOOKED_AT = {"sync", "number", "currency", "total", "amount_due", "applied", "xero_status"}


@pytest.mark.parametrize("name", Bill.model_fields)
def test_payments_look_at_what_decides_whether_a_bill_can_be_paid_and_at_nothing_else(name: str) -> None:
    before = bill(BILL_ID, BILL_XERO_ID)
    after = before.replace(**{name: OTHERWISE[name]})

    assert (relevant_bill_fields(before) != relevant_bill_fields(after)) is (name in LOOKED_AT)


def test_how_far_a_bill_is_on_its_way_is_nothing_that_payments_look_at() -> None:
    before = bill(BILL_ID, BILL_XERO_ID)
    sync = before.sync.replace(
        state=SyncState.CONFLICT,
        based_on_sequence=9,
        created_xero_id=OTHER,
        former_xero_ids=(OTHER,),
        waits_for=(CONNECTION,),
    )

    assert relevant_bill_fields(before) == relevant_bill_fields(before.replace(sync=sync))


@pytest.mark.rule("PAY-1")
def test_a_payment_made_in_xero_is_kept_as_seen() -> None:
    assert arrive(XeroOnly(FITS.tenant_id, 1, xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID)), [], FITS) == Wait()


@pytest.mark.rule("SYS-4")
@pytest.mark.rule("PAY-8")
@pytest.mark.parametrize(
    ("seen_by", "more", "decision"),
    [
        (FITS, {}, BILL_ID),
        (facts(), {}, Wait(record(XeroInvoice, BILL_XERO_ID))),
        (FITS, {"status": PaymentStatus.DELETED}, Wait()),
        (facts(bill(BILL_ID, BILL_XERO_ID), inbound_payments=False), {}, Wait(setting("inbound_payments"))),
    ],
    ids=["its bill is here", "no bill", "deleted", "inbound payments are off"],
)
def test_a_payment_made_in_xero_comes_in_if_a_person_asked_for_it(
    seen_by: Facts, more: dict[str, Any], decision: Any
) -> None:
    there = xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID, asked_for=True, **more)
    found = arrive(XeroOnly(FITS.tenant_id, 1, there), [], seen_by)

    assert (found.record.bill_id if isinstance(found, Import) else found) == decision
    assert not isinstance(found, Import) or found.record.id == imported_id(FITS.tenant_id, PAYMENT_XERO_ID)


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize(
    ("seen_by", "waits"),
    [(FITS, False), (facts(), True), (facts(bill(BILL_ID, OTHER)), True)],
    ids=["known", "no bill", "another bill"],
)
def test_a_payment_that_was_lost_here_is_made_again_once_its_bill_is_known(seen_by: Facts, waits: bool) -> None:
    made = restore(
        OURS.id,
        xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID, date=DUE_DAY, amount=nzd("60.00"), reference="TX-1"),
        seen_by,
    )

    assert made == (
        Wait(record(XeroInvoice, BILL_XERO_ID))
        if waits
        else Payment(
            id=OURS.id,
            origin=Origin(kind=OriginKind.EVENT, by=str(PAYMENT_XERO_ID), rule="SYS-1"),
            bill_id=BILL_ID,
            method=PaymentMethod.OFFLINE,
            date=DUE_DAY,
            amount=nzd("60.00"),
            reference="TX-1",
        )
    )


@pytest.mark.rule("SYS-1")
def test_a_payment_that_was_lost_and_has_no_reference_bears_xeros_id() -> None:
    made = restore(OURS.id, xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID, reference=""), FITS)

    assert isinstance(made, Payment)
    assert made.reference == str(PAYMENT_XERO_ID)


@pytest.mark.rule("SYS-10")
@pytest.mark.parametrize("status", list(PaymentStatus))
def test_a_payment_is_gone_in_xero_once_it_is_deleted_there(status: PaymentStatus) -> None:
    seen = xero_payment(PAYMENT_XERO_ID, BILL_XERO_ID, status=status)

    shown = {each.name: each.theirs(seen, FITS) for each in FIELDS if each.name == "deleted_in_xero"}
    assert (PAYMENT.gone(seen), shown) == (status is PaymentStatus.DELETED, {"deleted_in_xero": PAYMENT.gone(seen)})
