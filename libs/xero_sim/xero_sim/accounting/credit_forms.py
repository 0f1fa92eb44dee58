"""A credit note, prepayment or overpayment as JSON, and an allocation of one. Source: docs/xero.md 4.4, 4.7."""

import orjson

from xero_sim.accounting.contact_forms import contact_bytes
from xero_sim.accounting.invoice_forms import line_form, payment_part, small_contact
from xero_sim.org import Org
from xero_sim.records.credit import ID_NAMES, Allocation, Credit
from xero_sim.records.invoice import LineItem
from xero_sim.wire import Json, date_form, date_string, ms_form, utc_string, without_none

EMPTY_INVOICE: Json = {
    "Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": [], "HasErrors": False,
    "IsDiscounted": False, "LineItems": [],
}  # fmt: skip


def credit_form(org: Org, credit: Credit, unitdp: int = 2) -> Json:
    """The form of a list: the contact by id and name."""
    note = credit.resource == "CreditNotes"
    form: Json = {
        ID_NAMES[credit.resource]: credit.CreditID,
        "CreditNoteNumber": credit.Number if note else None,
        "ID": credit.CreditID,
        "Type": credit.Type,
        "Reference": credit.Reference,
        "InvoiceNumber": credit.Number if credit.resource == "Prepayments" else None,
        "Payments": [payment_part(org, key) for key in credit.PaymentIDs],
        "CurrencyRate": credit.CurrencyRate,
        "RemainingCredit": credit.RemainingCredit,
        "AppliedAmount": credit.AppliedAmount,
        "Allocations": [allocation_part(org, each) for each in credit.Allocations],
        "SentToContact": credit.SentToContact if note and not credit.is_bill else None,
        "BrandingThemeID": credit.BrandingThemeID,
        "HasAttachments": credit.HasAttachments,
        "HasErrors": False if note else None,
        "Contact": small_contact(org, credit.ContactID),
        "DateString": date_string(credit.Date),
        "Date": date_form(credit.Date),
        "DueDateString": date_string(credit.DueDate) if credit.DueDate else None,
        "DueDate": date_form(credit.DueDate) if credit.DueDate else None,
        "Status": credit.Status,
        "LineAmountTypes": credit.LineAmountTypes,
        "LineItems": [_line_form(org, line, unitdp) for line in credit.LineItems],
        "SubTotal": credit.SubTotal,
        "TotalTax": credit.TotalTax,
        "Total": credit.Total,
        "FullyPaidOnDate": date_form(credit.FullyPaidOnDate) if credit.FullyPaidOnDate and note else None,
        "UpdatedDateUTC": ms_form(credit.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(credit.UpdatedDateUTC),
        "CurrencyCode": credit.CurrencyCode,
    }
    return without_none(form)


def _line_form(org: Org, line: LineItem, unitdp: int) -> Json:
    form = line_form(org, line, unitdp)
    if not org.switches.credit_note_lines_have_ids:
        del form["LineItemID"]
    return form


def whole_credit_form(org: Org, credit: Credit, unitdp: int = 2) -> Json:
    """The form of single reads and of replies to writes: the whole contact."""
    contact = orjson.Fragment(contact_bytes(org, org.contacts[credit.ContactID]))
    return {**credit_form(org, credit, unitdp), "Contact": contact}


def allocation_part(org: Org, allocation: Allocation) -> Json:
    """An allocation inside its credit."""
    invoice = org.invoices[allocation.InvoiceID]
    named = {"InvoiceID": invoice.InvoiceID, "InvoiceNumber": invoice.InvoiceNumber}
    return {
        "AllocationID": allocation.AllocationID,
        "Amount": allocation.Amount,
        "Date": date_form(allocation.Date),
        "Invoice": {**named, **EMPTY_INVOICE},
    }


def allocation_form(org: Org, credit: Credit, allocation: Allocation) -> Json:
    """The reply to the PUT of an allocation: it names its credit too."""
    named = {ID_NAMES[credit.resource]: credit.CreditID, "ID": credit.CreditID, "LineItems": []}
    return {**allocation_part(org, allocation), credit.resource[:-1]: named, "ValidationErrors": []}


def removed_allocation_form(allocation: Allocation) -> Json:
    """The reply to the DELETE of an allocation, in Xero's own spelling and shape (behaviour 61)."""
    return {
        "AllocationId": allocation.AllocationID,
        "Date": date_form(allocation.Date),
        "Invoice": [{"InvoiceID": allocation.InvoiceID}],
        "IsDeleted": True,
    }
