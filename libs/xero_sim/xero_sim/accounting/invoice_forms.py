"""A bill or sales invoice as JSON. Source: docs/xero.md 3.10, 4.3; behaviours 22, 26, 33, 67."""

from decimal import Decimal

import orjson

from xero_sim.accounting.attachment_forms import attachments_in
from xero_sim.accounting.contact_forms import contact_bytes, small_contact, small_contact_bytes
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.line_forms import line_form
from xero_sim.money import ZERO
from xero_sim.org import Org
from xero_sim.records.credit import CREDITS, ID_NAMES, Credit
from xero_sim.records.invoice import Invoice
from xero_sim.wire import Json, date_form, date_string, dumps, ms_form, utc_string

_SHAPES = shapes("Invoices")
_PAYMENTS = shapes("Invoices.Payments")
_CREDITS = {kind: shapes(f"Invoices.{kind}") for kind in CREDITS}
_LISTED = (Form.LIST, Form.PAGE, Form.SUMMARY)


def body_form(
    org: Org, invoice: Invoice, unitdp: int = 2, form: Form = Form.PAGE, *, amount_due: Decimal | None = None
) -> Json:
    """The document without its contact. `amount_due` is shown instead of the real one (behaviour 55)."""
    listed = form in _LISTED
    # Single reads and replies leave out what is empty or zero. Lists show it.
    payments = [payment_part(org, key, form) for key in invoice.PaymentIDs]
    credits = {kind: _credit_parts(org, invoice, kind, form) for kind in CREDITS}
    if not listed:
        credits["CreditNotes"] = credits["CreditNotes"] or None
    has_lines = form not in (Form.LIST, Form.SUMMARY)
    values: Json = {
        "Type": invoice.Type,
        "InvoiceID": invoice.InvoiceID,
        "InvoiceNumber": invoice.InvoiceNumber,
        "Reference": invoice.Reference,
        "Payments": payments if payments or listed else None,
        **credits,
        "AmountDue": invoice.AmountDue if amount_due is None else amount_due,
        "AmountPaid": invoice.AmountPaid,
        "AmountCredited": invoice.AmountCredited if invoice.AmountCredited or listed else None,
        "SentToContact": _sent_to_contact(invoice, listed=listed),
        "CurrencyRate": invoice.CurrencyRate,
        "IsDiscounted": any(line.DiscountRate or line.DiscountAmount for line in invoice.LineItems),
        "HasAttachments": invoice.HasAttachments,
        "HasErrors": False,
        "Attachments": attachments_in(org, "Invoices", invoice.InvoiceID, form),
        "Contact": None,
        "DateString": date_string(invoice.Date),
        "Date": date_form(invoice.Date),
        "DueDateString": date_string(invoice.DueDate) if invoice.DueDate else None,
        "DueDate": date_form(invoice.DueDate) if invoice.DueDate else None,
        "PlannedPaymentDate": date_form(invoice.PlannedPaymentDate) if invoice.PlannedPaymentDate else None,
        "ExpectedPaymentDate": date_form(invoice.ExpectedPaymentDate) if invoice.ExpectedPaymentDate else None,
        "BrandingThemeID": invoice.BrandingThemeID,
        "Url": invoice.Url,
        "Status": invoice.Status,
        "LineAmountTypes": invoice.LineAmountTypes,
        "LineItems": [line_form(org, line, unitdp, form) for line in invoice.LineItems] if has_lines else None,
        "SubTotal": invoice.SubTotal,
        "TotalTax": invoice.TotalTax,
        "Total": invoice.Total,
        "FullyPaidOnDate": date_form(invoice.FullyPaidOnDate) if invoice.FullyPaidOnDate else None,
        "UpdatedDateUTC": ms_form(invoice.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(invoice.UpdatedDateUTC),
        "CurrencyCode": invoice.CurrencyCode,
    }
    return _SHAPES[form].of(values)


def payment_part(org: Org, payment_id: str, form: Form = Form.PAGE) -> Json:
    """A payment inside its document: no Status, no Account (behaviour 67)."""
    payment = org.payments[payment_id]
    values: Json = {
        "PaymentID": payment.PaymentID,
        "BatchPaymentID": payment.BatchPaymentID,
        "Date": date_form(payment.Date),
        "Amount": payment.Amount,
        "Reference": payment.Reference,
        "CurrencyRate": payment.CurrencyRate,
        "HasAccount": False,
        "HasValidationErrors": False,
    }
    return _PAYMENTS[Form.PAGE if form is Form.SUMMARY else form].of(values)


def listed_bytes(org: Org, invoice: Invoice, form: Form = Form.PAGE) -> bytes:
    """An invoice in a list. Its body and contact are rendered again only after a change."""
    return b'%b,"Contact":%b}' % (_body(org, invoice, form)[:-1], small_contact_bytes(org, invoice.ContactID))


def single_bytes(org: Org, invoice: Invoice, unitdp: int = 2) -> bytes:
    """A single read, with the whole contact."""
    if unitdp != 2:
        return dumps(full_form(org, invoice, unitdp, Form.SINGLE))
    contact = contact_bytes(org, org.contacts[invoice.ContactID], Form.REPLY)
    return b'%b,"Contact":%b}' % (_body(org, invoice, Form.SINGLE)[:-1], contact)


def full_form(
    org: Org, invoice: Invoice, unitdp: int = 2, form: Form = Form.REPLY, *, amount_due: Decimal | None = None
) -> Json:
    """A single read or the reply to a write."""
    shown = body_form(org, invoice, unitdp, form, amount_due=amount_due)
    shown["Contact"] = orjson.Fragment(contact_bytes(org, org.contacts[invoice.ContactID], Form.REPLY))
    return shown


def page_form(org: Org, invoice: Invoice, unitdp: int) -> Json:
    """An invoice in a page whose unit prices do not have two decimals."""
    return {**body_form(org, invoice, unitdp), "Contact": small_contact(org, invoice.ContactID)}


def _body(org: Org, invoice: Invoice, form: Form) -> bytes:
    if form not in invoice.Forms:
        invoice.Forms[form] = dumps(body_form(org, invoice, form=form))
    return invoice.Forms[form]


def _sent_to_contact(invoice: Invoice, *, listed: bool) -> bool | None:
    """SentToContact as it is shown: bills do not have it, and lists show it only if it is true."""
    return None if invoice.is_bill or (listed and not invoice.SentToContact) else invoice.SentToContact


def _credit_parts(org: Org, invoice: Invoice, kind: str, form: Form) -> list[Json] | None:
    """The credits of one kind that are allocated to an invoice."""
    found = (org.credit(key) for key in invoice.CreditIDs)
    return [_credit_part(credit, invoice, form) for credit in found if credit and credit.resource == kind]


def _credit_part(credit: Credit, invoice: Invoice, form: Form) -> Json:
    """A credit inside an invoice. AppliedAmount is the part of the credit that is allocated to this invoice."""
    amounts = (each.Amount for each in credit.Allocations if each.InvoiceID == invoice.InvoiceID)
    values: Json = {
        ID_NAMES[credit.resource]: credit.CreditID,
        "CreditNoteNumber": credit.Number,
        "ID": credit.CreditID,
        "HasErrors": False,
        "CurrencyRate": credit.CurrencyRate,
        "AppliedAmount": sum(amounts, ZERO),
        "DateString": date_string(credit.Date),
        "Date": date_form(credit.Date),
        "Total": credit.Total,
    }
    return _CREDITS[credit.resource][Form.PAGE if form is Form.SUMMARY else form].of(values)
