"""Payments that were made in Xero: they are not imported yet (PAY-8)."""

from collections.abc import Sequence
from uuid import UUID

from tieout_kit.sync import Arrival, Facts, Wait, XeroOnly
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, Payment, PaymentMethod
from tieout_schemas.references import record
from tieout_schemas.xero import XeroInvoice, XeroPayment


def arrive(_: XeroOnly[XeroPayment], __: Sequence[Payment], ___: Facts) -> Arrival:
    """The payment is only stored, and waits."""
    return Wait()


def restore(payment_id: UUID, seen: XeroPayment, facts: Facts) -> Payment | Wait:
    """SYS-1. The payment for a payment of Xero, once its bill is here. Its method is unknown, so it counts as
    OFFLINE."""
    bill = facts.copy_behind(Bill, seen.invoice_xero_id)
    if bill is None:
        return Wait(record(XeroInvoice, seen.invoice_xero_id))
    return Payment(
        id=payment_id,
        origin=Origin(kind=OriginKind.EVENT, by=str(seen.xero_id), rule="SYS-1"),
        bill_id=bill.id,
        method=PaymentMethod.OFFLINE,
        date=seen.date,
        amount=seen.amount,
        reference=seen.reference or str(seen.xero_id),
    )
