"""Allocating a credit to an invoice, and removing the allocation. Source: docs/xero.md 4.4, behaviours 54 and 61."""

from decimal import Decimal

from xero_sim.records.credit import Allocation, Credit
from xero_sim.records.invoice import Invoice
from xero_sim.rules.payment import update_credit_status, update_status

NAMES = {"CreditNotes": "Credit Note", "Prepayments": "Prepayment", "Overpayments": "Overpayment"}
AMOUNT_MISSING = "The allocation amount must be greater than 0"
ALREADY_PAID = "The invoice you are trying to allocate to has already been paid off"
INVOICE_NOT_AUTHORISED = "Credits can only be allocated to Authorised invoices"


def refuse_allocation(credit: Credit, invoice: Invoice, amount: Decimal | None) -> list[str]:
    """Every reason why this amount of a credit cannot be allocated to this invoice; empty if it can."""
    name = NAMES[credit.resource]
    problems = []
    if credit.Status not in ("AUTHORISED", "PAID"):
        problems.append(f"{name} not of valid status for allocation")
    if invoice.Status == "PAID":
        problems.append(ALREADY_PAID)
    elif invoice.Status != "AUTHORISED":
        problems.append(INVOICE_NOT_AUTHORISED)
    if credit.is_bill != invoice.is_bill:
        problems.append(f"{name} cannot be allocated to an incorrect invoice type")
    if credit.ContactID != invoice.ContactID:
        problems.append(f"{name} cannot be allocated to an invoice of another contact")
    if credit.CurrencyCode != invoice.CurrencyCode:
        problems.append(f"{name} cannot be allocated to an invoice of another currency")
    if amount is None or amount <= 0:
        problems.append(AMOUNT_MISSING)
    elif amount > credit.RemainingCredit or amount > invoice.AmountDue:
        problems.append(f"{name} cannot be allocated as amount is greater than amount outstanding")
    return problems


def allocate(credit: Credit, invoice: Invoice, allocation: Allocation, *, zero_is_paid: bool) -> None:
    """Lower RemainingCredit and AmountDue. Each of the two documents may become PAID."""
    credit.Allocations = [*credit.Allocations, allocation]
    invoice.AmountCredited += allocation.Amount
    if credit.CreditID not in invoice.CreditIDs:
        invoice.CreditIDs = [*invoice.CreditIDs, credit.CreditID]
    update_credit_status(credit, allocation.Date)
    update_status(invoice, allocation.Date, zero_is_paid=zero_is_paid)


def take_back_allocation(credit: Credit, invoice: Invoice, allocation: Allocation, *, zero_is_paid: bool) -> None:
    """Raise RemainingCredit and AmountDue again."""
    credit.Allocations = [kept for kept in credit.Allocations if kept != allocation]
    invoice.AmountCredited -= allocation.Amount
    if all(kept.InvoiceID != invoice.InvoiceID for kept in credit.Allocations):
        invoice.CreditIDs = [kept for kept in invoice.CreditIDs if kept != credit.CreditID]
    update_credit_status(credit, None)
    update_status(invoice, None, zero_is_paid=zero_is_paid)
