"""PAY-1: composes the intent that creates a payment in Xero."""

from collections.abc import Mapping
from typing import Any

from tieout_kit.sync import Facts
from tieout_schemas.bodies import PaymentBody
from tieout_schemas.platform import Bill, Payment


def compose(payment: Payment, facts: Facts, _: Mapping[str, Any]) -> PaymentBody:
    """The body with the whole payment, which is created once and never changed."""
    bill = facts.copy_of(Bill, payment.bill_id)
    if bill is None or bill.sync.xero_id is None:
        raise ValueError(f"payment {payment.id} is sent before its bill is in Xero")
    return PaymentBody(
        bill_xero_id=bill.sync.xero_id,
        account_xero_id=payment.account_xero_id,
        account_code=payment.account_code,
        date=payment.date,
        amount=payment.amount.amount,
        currency=payment.amount.currency,
        reference=payment.reference,
    )
