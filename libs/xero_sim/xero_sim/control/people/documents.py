"""What a person does with bills, sales invoices and credit notes."""

from xero_sim.accounting.allocation_changes import make_allocation, remove_allocation
from xero_sim.accounting.credit_note_changes import write_credit_note
from xero_sim.accounting.invoice_changes import write_invoice
from xero_sim.control.people.refusal import Refusal, done, named
from xero_sim.ids import canonical
from xero_sim.org import Org
from xero_sim.records.credit import ID_NAMES, Credit
from xero_sim.records.invoice import Invoice
from xero_sim.sent import Sent
from xero_sim.wire import Json


def create_bill(org: Org, sent: Json) -> str:
    """A new bill; Status as in the API."""
    return _invoice(org, None, {**sent, "Type": "ACCPAY"})


def create_sales_invoice(org: Org, sent: Json) -> str:
    """A new sales invoice."""
    return _invoice(org, None, {**sent, "Type": "ACCREC"})


def edit_invoice(org: Org, sent: Json) -> str:
    """Change fields or lines of a bill or sales invoice, under the API's rules."""
    return _invoice(org, named(org.invoices, sent, "InvoiceID"), sent)


def submit_invoice(org: Org, sent: Json) -> str:
    """DRAFT to SUBMITTED."""
    return edit_invoice(org, {**sent, "Status": "SUBMITTED"})


def approve_invoice(org: Org, sent: Json) -> str:
    """To AUTHORISED."""
    return edit_invoice(org, {**sent, "Status": "AUTHORISED"})


def void_invoice(org: Org, sent: Json) -> str:
    """AUTHORISED to VOIDED."""
    return edit_invoice(org, {**sent, "Status": "VOIDED"})


def delete_invoice(org: Org, sent: Json) -> str:
    """DRAFT or SUBMITTED to DELETED."""
    return edit_invoice(org, {**sent, "Status": "DELETED"})


def create_credit_note(org: Org, sent: Json) -> str:
    """A new credit note, a vendor's (ACCPAYCREDIT) unless `Type` says otherwise."""
    return _credit_note(org, None, {"Type": "ACCPAYCREDIT", **sent})


def edit_credit_note(org: Org, sent: Json) -> str:
    """Change fields or lines, under the API's rules."""
    return _credit_note(org, named(org.credit_notes, sent, "CreditNoteID"), sent)


def approve_credit_note(org: Org, sent: Json) -> str:
    """To AUTHORISED."""
    return edit_credit_note(org, {**sent, "Status": "AUTHORISED"})


def void_credit_note(org: Org, sent: Json) -> str:
    """AUTHORISED to VOIDED."""
    return edit_credit_note(org, {**sent, "Status": "VOIDED"})


def delete_credit_note(org: Org, sent: Json) -> str:
    """DRAFT or SUBMITTED to DELETED."""
    return edit_credit_note(org, {**sent, "Status": "DELETED"})


def allocate_credit(org: Org, sent: Json) -> str:
    """Allocate a credit (`CreditNoteID`, `PrepaymentID` or `OverpaymentID`) to `InvoiceID`. Returns the AllocationID.

    As much as possible is allocated, today, unless `Amount` and `Date` say otherwise.
    """
    credit, invoice = _credit(org, sent), named(org.invoices, sent, "InvoiceID")
    amount = sent.get("Amount")
    form = {
        "Invoice": {"InvoiceID": invoice.InvoiceID},
        "Amount": str(min(credit.RemainingCredit, invoice.AmountDue)) if amount is None else amount,
        "Date": sent.get("Date"),
    }
    return done(make_allocation(org, credit.CreditID, Sent(form, "Allocation"))).AllocationID


def deallocate_credit(org: Org, sent: Json) -> str:
    """Remove an allocation (`AllocationID`) of a credit."""
    key = canonical(str(sent.get("AllocationID", "")))
    for credit in org.credits():
        for allocation in credit.Allocations:
            if allocation.AllocationID == key:
                if problems := remove_allocation(org, credit, allocation):
                    raise Refusal(problems)
                return key
    raise Refusal([f"No record with AllocationID {key}"])


def _credit(org: Org, sent: Json) -> Credit:
    for resource, name in ID_NAMES.items():
        if name in sent:
            found: Credit = named(org.tables[resource], sent, name)
            return found
    raise Refusal([f"One of {', '.join(ID_NAMES.values())} must be given"])


def _invoice(org: Org, old: Invoice | None, sent: Json) -> str:
    return done(write_invoice(org, old, Sent(sent, "Invoice"), app=None)).InvoiceID


def _credit_note(org: Org, old: Credit | None, sent: Json) -> str:
    return done(write_credit_note(org, old, Sent(sent, "CreditNote"))).CreditID
