"""Payments that were made in Xero: only those that a person asked for are imported yet (SYS-4, PAY-8)."""

from collections.abc import Sequence
from uuid import UUID

from tieout_kit.sync import Arrival, Facts, Import, Wait, XeroOnly, imported_id
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Bill, Payment, PaymentMethod
from tieout_schemas.references import record, setting
from tieout_schemas.xero import PaymentStatus, XeroInvoice, XeroPayment


def arrive(only: XeroOnly[XeroPayment], _: Sequence[Payment], facts: Facts) -> Arrival:
    """SYS-4, PAY-8. A payment that a person asked for is imported once its bill is here, and while inbound payments are
    on. Any other is only stored, and waits."""
    seen = only.snapshot
    if not seen.asked_for or seen.status is PaymentStatus.DELETED:
        return Wait()
    if not facts.settings.inbound_payments:
        return Wait(setting("inbound_payments"))
    payment = restore(imported_id(only.tenant_id, seen.xero_id), seen, facts)
    return payment if isinstance(payment, Wait) else Import(payment, rule="SYS-4")


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
