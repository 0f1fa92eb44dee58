"""An invoice or credit note as a PDF. Source: docs/xero.md 3.1."""

from decimal import Decimal

from xero_sim.accounting.call import Call
from xero_sim.accounting.credit_notes import known_credit_note
from xero_sim.accounting.invoices import known_invoice
from xero_sim.answers import Answer
from xero_sim.org import Org
from xero_sim.pdf import pdf
from xero_sim.records.credit import Credit
from xero_sim.records.invoice import Invoice

PDF = "application/pdf"
_TITLES = {
    "ACCPAY": "BILL", "ACCREC": "TAX INVOICE", "ACCPAYCREDIT": "SUPPLIER CREDIT NOTE", "ACCRECCREDIT": "CREDIT NOTE",
}  # fmt: skip


def invoice_pdf(call: Call) -> Answer:
    """GET /Invoices/{id} with Accept: application/pdf, and GET /Invoices/{id}/pdf."""
    invoice = known_invoice(call)
    due = [f"Due date: {invoice.DueDate.isoformat()}"] if invoice.DueDate else []
    rest = [*due, *_sum("Less paid", invoice.AmountPaid), *_sum("Less credited", invoice.AmountCredited)]
    return _answer(call.org, invoice, invoice.InvoiceNumber, [*rest, *_sum("Amount due", invoice.AmountDue)])


def credit_note_pdf(call: Call) -> Answer:
    """GET /CreditNotes/{id} with Accept: application/pdf, and GET /CreditNotes/{id}/pdf."""
    note = known_credit_note(call)
    return _answer(call.org, note, note.Number, _sum("Remaining credit", note.RemainingCredit))


def _answer(org: Org, document: Invoice | Credit, number: str, closing: list[str]) -> Answer:
    contact = org.contacts[document.ContactID]
    lines = [
        _TITLES[document.Type], "",
        f"From: {contact.Name if document.is_bill else org.profile.Name}",
        f"To: {org.profile.Name if document.is_bill else contact.Name}",
        f"Number: {number}", f"Reference: {document.Reference}", f"Date: {document.Date.isoformat()}",
        f"Status: {document.Status}", f"Currency: {document.CurrencyCode}", "",
        f"{'Description':<48}{'Quantity':>12}{'Price':>14}{'Amount':>16}",
    ]  # fmt: skip
    for line in document.LineItems:
        description = (line.Description or "").splitlines() or [""]
        lines.append(
            f"{description[0][:47]:<48}{line.Quantity or '':>12}{line.UnitAmount or '':>14}{line.LineAmount:>16}"
        )
    lines += ["", *_sum("Subtotal", document.SubTotal), *_sum("Tax", document.TotalTax), *_sum("Total", document.Total)]
    return Answer(200, pdf([*lines, *closing]), PDF)


def _sum(name: str, amount: Decimal) -> list[str]:
    return [f"{name:<74}{amount:>16}"]
