"""PAY-1, PAY-7, PAY-9, MAP-4, MAP-6: what of a payment goes to Xero, and when."""

from tieout_kit.sync import Facts, Hold
from tieout_schemas.platform import Bill, Payment, PaymentMethod
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record, setting
from tieout_schemas.xero import InvoiceStatus

_NOT_YET = (None, InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED)
_CHOSEN_BY = {
    PaymentMethod.OFFLINE: ("payment_account", Reason.PAYMENT_ACCOUNT_NOT_CHOSEN),
    # What the platform pays goes through the clearing account (PAY-2).
    PaymentMethod.ACH: ("clearing_account", Reason.CLEARING_ACCOUNT_NOT_CHOSEN),
    PaymentMethod.CHECK: ("clearing_account", Reason.CLEARING_ACCOUNT_NOT_CHOSEN),
}


def outbound_payments_may_be_off(_: Payment, facts: Facts) -> Hold | None:
    """PAY-7. While they are off nothing is sent, and it shows."""
    if facts.settings.outbound_payments:
        return None
    return Hold(Reason.OUTBOUND_PAYMENTS_OFF, {}, setting("outbound_payments"))


def a_payment_needs_its_account(payment: Payment, _: Facts) -> Hold | None:
    """MAP-4. It waits until an account is chosen for its method."""
    if payment.account_code:
        return None
    name, reason = _CHOSEN_BY[payment.method]
    return Hold(reason, {"amount": str(payment.amount)}, setting(name))


def its_bill_must_be_approved_in_xero(payment: Payment, facts: Facts) -> Hold | None:
    """PAY-1. Xero takes payments of authorised bills only."""
    bill = facts.copy_of(Bill, payment.bill_id)
    if bill is None or bill.sync.xero_id is None or bill.xero_status in _NOT_YET:
        return Hold(Reason.BILL_NOT_IN_XERO, {"bill_id": str(payment.bill_id)}, record(Bill, payment.bill_id))
    return None


def a_payment_must_fit_its_bill(payment: Payment, facts: Facts) -> Hold | None:
    """PAY-9. A payment made before its bill was known is held here if it turns out not to fit."""
    bill = facts.copy_of(Bill, payment.bill_id)
    why = _misfit(payment, bill) if bill and bill.xero_status not in _NOT_YET else None
    if bill is None or why is None:
        return None
    params = {"amount": str(payment.amount), "number": bill.number, "why": why, "bill_id": str(bill.id)}
    return Hold(Reason.PAYMENT_DOES_NOT_FIT, params, record(Bill, bill.id))


def with_chosen_account(payment: Payment, facts: Facts) -> Payment:
    """MAP-6. The account that is chosen for its method when it is made, or first chosen after that; a payment that has
    its account keeps it, since a later choice is for later payments only."""
    chosen: str | None = getattr(facts.settings, _CHOSEN_BY[payment.method][0])
    return payment if payment.account_code or not chosen else payment.replace(account_code=chosen)


def what_counts_of_a_bill(bill: Bill) -> object:
    """What of a bill decides whether it can be paid."""
    return bill.sync.xero_id, bill.number, bill.currency, bill.xero_status, bill.total, bill.amount_due, bill.applied


def _misfit(payment: Payment, bill: Bill) -> str | None:
    # Xero would take the amount in the bill's currency, whatever ours is.
    if bill.currency != payment.amount.currency:
        return f"is in {bill.currency}"
    if bill.xero_status is not InvoiceStatus.AUTHORISED:
        return f"is {bill.xero_status} in Xero"
    return None
