"""PAY-1, PAY-7, PAY-9, MAP-4, MAP-6: when a payment is sent to Xero."""

from uuid import UUID

from tieout_kit.sync import Facts, Hold
from tieout_schemas.platform import Bill, Payment, PaymentMethod
from tieout_schemas.reasons import Reason
from tieout_schemas.references import record, setting
from tieout_schemas.xero import InvoiceStatus

_NOT_YET = (None, InvoiceStatus.DRAFT, InvoiceStatus.SUBMITTED)
_ACCOUNT_SETTING = {
    PaymentMethod.OFFLINE: ("payment_account", Reason.PAYMENT_ACCOUNT_NOT_CHOSEN),
    # Payments by the platform go through the clearing account (PAY-2).
    PaymentMethod.ACH: ("clearing_account", Reason.CLEARING_ACCOUNT_NOT_CHOSEN),
    PaymentMethod.CHECK: ("clearing_account", Reason.CLEARING_ACCOUNT_NOT_CHOSEN),
}


def outbound_payments_may_be_off(_: Payment, facts: Facts) -> Hold | None:
    """PAY-7. While outbound payments are off, every payment is held and has a problem."""
    if facts.settings.outbound_payments:
        return None
    return Hold(Reason.OUTBOUND_PAYMENTS_OFF, {}, setting("outbound_payments"))


def a_payment_needs_its_account(payment: Payment, _: Facts) -> Hold | None:
    """MAP-4. A payment without an account waits until one is chosen for its method."""
    if names_account(payment):
        return None
    name, reason = _ACCOUNT_SETTING[payment.method]
    return Hold(reason, {"amount": str(payment.amount)}, setting(name))


def its_bill_must_be_approved_in_xero(payment: Payment, facts: Facts) -> Hold | None:
    """PAY-1. Xero accepts payments only for authorised bills."""
    bill = facts.copy_of(Bill, payment.bill_id)
    if bill is None or bill.sync.xero_id is None or bill.xero_status in _NOT_YET:
        return Hold(Reason.BILL_NOT_IN_XERO, {"bill_id": str(payment.bill_id)}, record(Bill, payment.bill_id))
    return None


def a_payment_must_fit_its_bill(payment: Payment, facts: Facts) -> Hold | None:
    """PAY-9. A payment that was made before its bill was known is held if it does not fit the bill."""
    bill = facts.copy_of(Bill, payment.bill_id)
    why = _why_not_payable(payment, bill) if bill and bill.xero_status not in _NOT_YET else None
    if bill is None or why is None:
        return None
    params = {"amount": str(payment.amount), "number": bill.number, "why": why, "bill_id": str(bill.id)}
    return Hold(Reason.PAYMENT_DOES_NOT_FIT, params, record(Bill, bill.id))


def with_chosen_account(payment: Payment, facts: Facts) -> Payment:
    """MAP-6. A payment without an account gets the account that is chosen for its method, now or later. A payment that
    has an account keeps it: a changed setting concerns later payments only."""
    chosen: UUID | None = getattr(facts.settings, _ACCOUNT_SETTING[payment.method][0])
    return payment if names_account(payment) or not chosen else payment.replace(account_xero_id=chosen)


def names_account(payment: Payment) -> bool:
    """Whether a payment has an account, which may have no code (F28)."""
    return bool(payment.account_xero_id or payment.account_code)


def relevant_bill_fields(bill: Bill) -> object:
    """The fields of a bill that decide whether it can be paid."""
    return bill.sync.xero_id, bill.number, bill.currency, bill.xero_status, bill.total, bill.amount_due, bill.applied


def _why_not_payable(payment: Payment, bill: Bill) -> str | None:
    # Xero would read the amount in the bill's currency.
    if bill.currency != payment.amount.currency:
        return f"is in {bill.currency}"
    if bill.xero_status is not InvoiceStatus.AUTHORISED:
        return f"is {bill.xero_status} in Xero"
    return None
