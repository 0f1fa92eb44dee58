"""PAY-1, PAY-7, MAP-4: what of a payment goes to Xero, and when."""

from uuid import UUID

from tieout_kit.sync import Hold, Send, Verdict
from tieout_payments.rules.account import missing
from tieout_schemas.platform import Bill, Connection, Payment
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import Lane, PaymentBody
from tieout_schemas.xero import InvoiceStatus

_NOT_YET = (None, InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED)


def verdict(payment: Payment, bill: Bill | None, connection: Connection, settings: TenantSettings) -> Verdict:
    """Whether a payment may go to Xero now. `bill`: None if nothing was said of it yet.

    Source: PAY-7, MAP-4, PAY-1 (Xero takes payments of authorised bills only), PAY-9 (a payment made before its bill
    was known is held here if it turns out not to fit).
    """
    if not settings.outbound_payments:
        return Hold(Reason.OUTBOUND_PAYMENTS_OFF, {})
    if not connection.open:
        return Hold(Reason.NOT_CONNECTED, {"kind": payment.kind})
    if reason := missing(payment):
        return Hold(reason, {"amount": str(payment.amount)})
    if bill is None or bill.sync.xero_id is None or bill.xero_status in _NOT_YET:
        return Hold(Reason.BILL_NOT_IN_XERO, {"bill_id": str(payment.bill_id)})
    if why := _misfit(payment, bill):
        params = {"amount": str(payment.amount), "number": bill.number, "why": why, "bill_id": str(bill.id)}
        return Hold(Reason.PAYMENT_DOES_NOT_FIT, params)
    return Send(_body(payment, bill.sync.xero_id), Lane.PERSON)


def _misfit(payment: Payment, bill: Bill) -> str | None:
    # Xero would take the amount in the bill's currency, whatever ours is.
    if bill.currency != payment.amount.currency:
        return f"is in {bill.currency}"
    if bill.xero_status is not InvoiceStatus.AUTHORISED:
        return f"is {bill.xero_status} in Xero"
    return None


def _body(payment: Payment, bill_xero_id: UUID) -> PaymentBody:
    return PaymentBody(
        bill_xero_id=bill_xero_id,
        account_code=payment.account_code,
        date=payment.date,
        amount=payment.amount.amount,
        currency=payment.amount.currency,
        reference=payment.reference,
    )
