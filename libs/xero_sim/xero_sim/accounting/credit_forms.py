"""A credit note, prepayment or overpayment as JSON, and an allocation of one. Source: docs/xero.md 3.10, 4.4, 4.7."""

import orjson

from xero_sim.accounting.attachment_forms import attachment_form, attachments_in
from xero_sim.accounting.contact_forms import contact_in_document, small_contact
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.invoice_forms import payment_part
from xero_sim.accounting.line_forms import line_form
from xero_sim.org import Org
from xero_sim.records.credit import CREDITS, ID_NAMES, Allocation, Credit
from xero_sim.records.invoice import LineItem
from xero_sim.wire import Json, date_form, date_string, ms_form, utc_string

_SHAPES = {kind: shapes(kind) for kind in CREDITS}
_ALLOCATED = shapes("CreditNotes.Allocations")
_ALLOCATED_TO = shapes("CreditNotes.Allocations.Invoice")
_ALLOCATION = shapes("Allocations")[Form.REPLY]
_ALLOCATION_TO = shapes("Allocations.Invoice")[Form.REPLY]


def credit_form(org: Org, credit: Credit, unitdp: int = 2, form: Form = Form.PAGE) -> Json:
    """A credit. Lists show its contact by id and name, the other forms show the whole contact."""
    kind = credit.resource
    listed = form in (Form.LIST, Form.PAGE)
    small = small_contact(org, credit.ContactID) if listed else None
    no_rate = kind != "CreditNotes" and listed and credit.CurrencyCode == org.profile.BaseCurrency
    values: Json = {
        ID_NAMES[kind]: credit.CreditID,
        "CreditNoteNumber": credit.Number,
        "InvoiceNumber": credit.Number,
        "SentToContact": credit.SentToContact or None,
        "Payments": [payment_part(org, key, form) for key in credit.PaymentIDs],
        "ID": credit.CreditID,
        "HasErrors": False,
        "CurrencyRate": None if no_rate else credit.CurrencyRate,
        "Type": credit.Type,
        "Reference": credit.Reference,
        "RemainingCredit": credit.RemainingCredit,
        "Allocations": [_allocation_part(org, each, form) for each in credit.Allocations],
        "HasAttachments": credit.HasAttachments,
        "Attachments": _files(org, credit, form),
        "Contact": small or orjson.Fragment(contact_in_document(org, credit.ContactID)),
        "DateString": date_string(credit.Date),
        "Date": date_form(credit.Date),
        "DueDateString": date_string(credit.DueDate) if credit.DueDate else None,
        "DueDate": date_form(credit.DueDate) if credit.DueDate else None,
        "BrandingThemeID": credit.BrandingThemeID,
        "Status": credit.Status,
        "LineAmountTypes": credit.LineAmountTypes,
        "LineItems": _lines(org, credit.LineItems, unitdp, form),
        "SubTotal": credit.SubTotal,
        "TotalTax": credit.TotalTax,
        "Total": credit.Total,
        "FullyPaidOnDate": date_form(credit.FullyPaidOnDate) if credit.FullyPaidOnDate else None,
        "UpdatedDateUTC": ms_form(credit.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(credit.UpdatedDateUTC),
        "CurrencyCode": credit.CurrencyCode,
    }
    return _SHAPES[kind][form].of(values)


def _files(org: Org, credit: Credit, form: Form) -> list[Json] | None:
    """The files of a credit note; those of a prepayment or overpayment are on the bank transaction that made it."""
    if form is not Form.SINGLE or credit.resource == "CreditNotes":
        return attachments_in(org, credit.resource, credit.CreditID, form)
    made = next((each for each in org.bank_transactions if each.CreditID == credit.CreditID), None)
    files = org.attachments.get(made.BankTransactionID, {}) if made else {}
    return [attachment_form("banktransaction", credit.CreditID, each) for each in files.values()]


def _lines(org: Org, lines: list[LineItem], unitdp: int, form: Form) -> list[Json] | None:
    if form is Form.LIST:
        return None
    shown = [line_form(org, line, unitdp, form) for line in lines]
    if not org.switches.credit_note_lines_have_ids:
        for line in shown:
            del line["LineItemID"]
    return shown


def _allocation_part(org: Org, allocation: Allocation, form: Form) -> Json:
    """An allocation inside its credit."""
    invoice = org.invoices[allocation.InvoiceID]
    values: Json = {
        "AllocationID": allocation.AllocationID,
        "Amount": allocation.Amount,
        "Date": date_form(allocation.Date),
        "Invoice": _ALLOCATED_TO[form].of(
            {
                "InvoiceID": invoice.InvoiceID,
                "InvoiceNumber": invoice.InvoiceNumber,
                "IsDiscounted": False,
                "HasErrors": False,
            }
        ),
    }
    return _ALLOCATED[form].of(values)


def allocation_form(credit: Credit, allocation: Allocation) -> Json:
    """The reply to the creation of an allocation. It names the credit too."""
    named: Json = {"CreditNote": None, "Prepayment": None, "Overpayment": None}
    named[credit.resource[:-1]] = {ID_NAMES[credit.resource]: credit.CreditID, "ID": credit.CreditID, "LineItems": []}
    invoice = {"InvoiceID": allocation.InvoiceID, "IsDiscounted": False, "HasErrors": False}
    values: Json = {
        "AllocationID": allocation.AllocationID,
        "Amount": allocation.Amount,
        "Date": date_form(allocation.Date),
        "Invoice": _ALLOCATION_TO.of(invoice),
        **named,
    }
    return _ALLOCATION.of(values)


def removed_allocation_form(allocation: Allocation) -> Json:
    """The reply to the deletion of an allocation (behaviour 61). Xero spells the id differently here."""
    return {
        "AllocationId": allocation.AllocationID,
        "Date": date_form(allocation.Date),
        "Invoice": [{"InvoiceID": allocation.InvoiceID}],
        "IsDeleted": True,
    }
