"""When Xero accepts a payment, and what it does to its document. Source: docs/xero.md 4.5, behaviours 62-65."""

from datetime import date
from decimal import Decimal

from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.settings import Account
from xero_sim.rules.invoice_status import settled_status

EXCEEDS_DUE = "Payment amount exceeds the amount outstanding on this document"
NOT_AUTHORISED = "Payments can only be made against Authorised documents"
AMOUNT_MISSING = "The payment amount must be greater than 0"
WRONG_ACCOUNT = "Account must be of type BANK or have payments enabled"
ONLY_STATUS = "Only Status accepted for updates."
NOT_FOR_MODIFICATION = "Payment not of valid status for modification"
RECONCILED = "This payment has been reconciled and cannot be deleted"
BATCHED = "Payments within a batch cannot be deleted."
ACCOUNT_MISSING = "Account must be specified"


def refuse_payment(invoice: Invoice, account: Account | None, amount: Decimal | None) -> list[str]:
    """Every reason why this payment cannot be made; empty if it can."""
    return _refuse(invoice.Status, invoice.AmountDue, account, amount)


def refuse_refund(credit: Credit, account: Account | None, amount: Decimal | None) -> list[str]:
    """Every reason why this amount of a credit cannot be refunded; empty if it can."""
    return _refuse(credit.Status, credit.RemainingCredit, account, amount)


def _refuse(status: str, outstanding: Decimal, account: Account | None, amount: Decimal | None) -> list[str]:
    problems = []
    if status == "PAID":
        problems.append(EXCEEDS_DUE)
    elif status != "AUTHORISED":
        problems.append(NOT_AUTHORISED)
    elif amount is not None and amount > outstanding:
        problems.append(EXCEEDS_DUE)
    if amount is None or amount <= 0:
        problems.append(AMOUNT_MISSING)
    if account is None:
        problems.append(ACCOUNT_MISSING)
    elif not account.takes_payments:
        problems.append(WRONG_ACCOUNT)
    return problems


def refuse_deletion(status: str, *, reconciled: bool, batched: bool = False) -> str | None:
    """Why a payment cannot be deleted, or None."""
    if status == "DELETED":
        return NOT_FOR_MODIFICATION
    if batched:
        return BATCHED
    return RECONCILED if reconciled else None


def apply_payment(invoice: Invoice, payment_id: str, amount: Decimal, on: date, *, zero_is_paid: bool) -> None:
    """Raise AmountPaid. A document that is now fully paid becomes PAID, on that day."""
    invoice.AmountPaid += amount
    invoice.PaymentIDs = [*invoice.PaymentIDs, payment_id]
    update_status(invoice, on, zero_is_paid=zero_is_paid)


def take_back_payment(invoice: Invoice, payment_id: str, amount: Decimal, *, zero_is_paid: bool) -> None:
    """Lower AmountPaid. A PAID document becomes AUTHORISED again."""
    invoice.AmountPaid -= amount
    invoice.PaymentIDs = [kept for kept in invoice.PaymentIDs if kept != payment_id]
    update_status(invoice, None, zero_is_paid=zero_is_paid)


def apply_refund(credit: Credit, payment_id: str, amount: Decimal, on: date) -> None:
    """Lower RemainingCredit. A credit without any left becomes PAID."""
    credit.Refunded += amount
    credit.PaymentIDs = [*credit.PaymentIDs, payment_id]
    update_credit_status(credit, on)


def take_back_refund(credit: Credit, payment_id: str, amount: Decimal) -> None:
    """Raise RemainingCredit again."""
    credit.Refunded -= amount
    credit.PaymentIDs = [kept for kept in credit.PaymentIDs if kept != payment_id]
    update_credit_status(credit, None)


def update_credit_status(credit: Credit, on: date | None) -> None:
    """A credit that is used up, by allocation or refund, is PAID; one with something left is AUTHORISED."""
    if credit.Status not in ("AUTHORISED", "PAID"):
        return
    used_up = credit.RemainingCredit == 0 and credit.has_money_applied
    credit.FullyPaidOnDate = (credit.FullyPaidOnDate or on) if used_up else None
    credit.Status = "PAID" if used_up else "AUTHORISED"


def update_status(invoice: Invoice, on: date | None, *, zero_is_paid: bool) -> None:
    """Set Status and FullyPaidOnDate by the money that is applied now."""
    status = settled_status(
        invoice.Status, invoice.Total, invoice.AmountPaid, invoice.AmountCredited, zero_is_paid=zero_is_paid
    )
    if status == "PAID" and invoice.Status != "PAID":
        invoice.FullyPaidOnDate = on
    if status != "PAID":
        invoice.FullyPaidOnDate = None
    invoice.Status = status
