"""Allocates a credit and removes an allocation, for an app or a person. Source: docs/xero.md 4.4."""

from copy import copy

from xero_sim.accounting.document_parts import refuse_day
from xero_sim.money import round2
from xero_sim.org import Org
from xero_sim.records.credit import Allocation, Credit
from xero_sim.rules import allocation as rule
from xero_sim.sent import Sent

INVOICE_MISSING = "An invoice must be specified"
INVOICE_UNKNOWN = "The invoice of this allocation could not be found"


def make_allocation(org: Org, credit_id: str, sent: Sent) -> Allocation | list[str]:
    """Store an allocation, and update its credit and invoice. Returns it, or every reason against it."""
    credit = org.credit(credit_id)
    named = sent.part("Invoice")
    invoice = org.invoices.get((named.text("InvoiceID") if named else None) or "")
    if credit is None or invoice is None:
        return [INVOICE_UNKNOWN if named else INVOICE_MISSING]
    amount, day = sent.decimal("Amount"), sent.day("Date") or org.today()
    amount = round2(amount) if amount is not None else None
    problems = rule.refuse_allocation(credit, invoice, amount)
    if lock := refuse_day(org, day):
        problems.append(lock)
    if problems or amount is None:
        return problems
    made = Allocation(org.new_id(), invoice.InvoiceID, amount, day)
    credit, invoice = copy(credit), copy(invoice)
    rule.allocate(credit, invoice, made, zero_is_paid=org.switches.zero_total_is_paid)
    org.settle_invoice(invoice)
    org.save_credit(credit)
    return made


def remove_allocation(org: Org, credit: Credit, allocation: Allocation) -> list[str]:
    """Remove an allocation, and update its credit and invoice. Returns the reasons against it; none if it is done."""
    if lock := refuse_day(org, allocation.Date):
        return [lock]
    credit, invoice = copy(credit), copy(org.invoices[allocation.InvoiceID])
    rule.take_back_allocation(credit, invoice, allocation, zero_is_paid=org.switches.zero_total_is_paid)
    org.settle_invoice(invoice)
    org.save_credit(credit)
    return []
