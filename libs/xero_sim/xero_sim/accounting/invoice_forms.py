"""A bill or sales invoice as JSON. Source: docs/xero.md 4.3; behaviours 22, 26, 33, 67."""

from decimal import Decimal

import orjson

from xero_sim.accounting.contact_forms import contact_bytes
from xero_sim.money import ZERO, round2, round4
from xero_sim.org import Org
from xero_sim.records.credit import CREDITS, ID_NAMES, Credit
from xero_sim.records.invoice import Invoice, LineItem
from xero_sim.wire import Json, date_form, date_string, dumps, ms_form, utc_string, without_none

NOT_IN_UNPAGED = ("LineItems",)
NOT_IN_SUMMARY = ("LineItems", "Payments", "HasAttachments")


def line_form(org: Org, line: LineItem, unitdp: int = 2) -> Json:
    """One line; UnitAmount shows two digits unless unitdp=4 (behaviour 53)."""
    account = org.account(line.AccountCode) or org.accounts.get(line.AccountID or "")
    item = org.item(line.ItemCode)
    unit = line.UnitAmount
    if unit is not None:
        unit = round4(unit) if unitdp == 4 else round2(unit)
    form: Json = {
        "Description": line.Description,
        "UnitAmount": unit,
        "TaxType": line.TaxType,
        "TaxAmount": line.TaxAmount,
        "LineAmount": line.LineAmount,
        "AccountCode": line.AccountCode,
        "AccountID": account.AccountID if account else None,
        "ItemCode": line.ItemCode,
        "Item": {"ItemID": item.ItemID, "Name": item.Name or "", "Code": item.Code} if item else None,
        "Tracking": [tracking_form(org, *pair) for pair in line.Tracking],
        "Quantity": round4(line.Quantity) if line.Quantity is not None else None,
        "DiscountRate": line.DiscountRate,
        "DiscountAmount": line.DiscountAmount,
        "LineItemID": line.LineItemID,
    }
    return without_none(form)


def tracking_form(org: Org, category_id: str, option_id: str) -> Json:
    """Names as they are now: a renamed option shows its new name on old lines."""
    category = org.tracking.get(category_id)
    options = category.Options if category else []
    name = next((option.Name for option in options if option.TrackingOptionID == option_id), "")
    return {
        "Name": category.Name if category else "",
        "Option": name,
        "TrackingCategoryID": category_id,
        "TrackingOptionID": option_id,
    }


def body_form(org: Org, invoice: Invoice, unitdp: int = 2, *, amount_due: Decimal | None = None) -> Json:
    """Everything but the contact. `amount_due` overrides what is shown (behaviour 55)."""
    bill = invoice.is_bill
    form: Json = {
        "Type": invoice.Type,
        "InvoiceID": invoice.InvoiceID,
        "InvoiceNumber": invoice.InvoiceNumber,
        "Reference": invoice.Reference,
        "Payments": [payment_part(org, key) for key in invoice.PaymentIDs],
        **{kind: _credit_parts(org, invoice, kind) for kind in CREDITS},
        "AmountDue": invoice.AmountDue if amount_due is None else amount_due,
        "AmountPaid": invoice.AmountPaid,
        "AmountCredited": invoice.AmountCredited,
        "SentToContact": None if bill else invoice.SentToContact,
        "CurrencyRate": invoice.CurrencyRate,
        "IsDiscounted": any(line.DiscountRate or line.DiscountAmount for line in invoice.LineItems),
        "HasAttachments": invoice.HasAttachments,
        "HasErrors": False,
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
        "LineItems": [line_form(org, line, unitdp) for line in invoice.LineItems],
        "SubTotal": invoice.SubTotal,
        "TotalTax": invoice.TotalTax,
        "Total": invoice.Total,
        "FullyPaidOnDate": date_form(invoice.FullyPaidOnDate) if invoice.FullyPaidOnDate else None,
        "UpdatedDateUTC": ms_form(invoice.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(invoice.UpdatedDateUTC),
        "CurrencyCode": invoice.CurrencyCode,
    }
    return without_none(form)


def _credit_parts(org: Org, invoice: Invoice, kind: str) -> list[Json]:
    """What is allocated to an invoice, by the credit it is of."""
    found = (org.credit(key) for key in invoice.CreditIDs)
    return [credit_part(credit, invoice) for credit in found if credit and credit.resource == kind]


def credit_part(credit: Credit, invoice: Invoice) -> Json:
    """A credit inside an invoice: AppliedAmount is what of it is allocated here."""
    amounts = (each.Amount for each in credit.Allocations if each.InvoiceID == invoice.InvoiceID)
    note = credit.resource == "CreditNotes"
    form: Json = {
        ID_NAMES[credit.resource]: credit.CreditID,
        "CreditNoteNumber": credit.Number if note else None,
        "ID": credit.CreditID,
        "HasErrors": False if note else None,
        "AppliedAmount": sum(amounts, ZERO),
        "DateString": date_string(credit.Date),
        "Date": date_form(credit.Date),
        "LineItems": [],
        "Total": credit.Total,
    }
    return without_none(form)


def payment_part(org: Org, payment_id: str) -> Json:
    """A payment inside its invoice: no Status, no Account (behaviour 67)."""
    payment = org.payments[payment_id]
    batched = {"BatchPaymentID": payment.BatchPaymentID} if payment.BatchPaymentID else {}
    return {
        "PaymentID": payment.PaymentID,
        **batched,
        "Date": date_form(payment.Date),
        "Amount": payment.Amount,
        "Reference": payment.Reference,
        "CurrencyRate": payment.CurrencyRate,
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def small_contact(org: Org, contact_id: str) -> Json:
    """The contact inside a listed document: id and name, the rest empty."""
    return {
        "ContactID": contact_id,
        "Name": org.contacts[contact_id].Name,
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def listed_bytes(org: Org, invoice: Invoice) -> bytes:
    """The form of a paged list. The body is rendered once a change; the name is put in each time."""
    if invoice.Form is None:
        invoice.Form = dumps(body_form(org, invoice))
    return b'%b,"Contact":%b}' % (invoice.Form[:-1], dumps(small_contact(org, invoice.ContactID)))


def single_bytes(org: Org, invoice: Invoice, unitdp: int = 2) -> bytes:
    """The form of a single read, with the whole contact."""
    if unitdp != 2:
        return dumps(full_form(org, invoice, unitdp))
    if invoice.Form is None:
        invoice.Form = dumps(body_form(org, invoice))
    return b'%b,"Contact":%b}' % (invoice.Form[:-1], contact_bytes(org, org.contacts[invoice.ContactID]))


def full_form(org: Org, invoice: Invoice, unitdp: int = 2, *, amount_due: Decimal | None = None) -> Json:
    """The form of a reply to a write."""
    form = body_form(org, invoice, unitdp, amount_due=amount_due)
    form["Contact"] = orjson.Fragment(contact_bytes(org, org.contacts[invoice.ContactID]))
    return form


def smaller_bytes(org: Org, invoice: Invoice, names: tuple[str, ...]) -> bytes:
    """A listed form without some elements: unpaged lists and summaries."""
    form = body_form(org, invoice)
    form["Contact"] = small_contact(org, invoice.ContactID)
    return dumps({key: value for key, value in form.items() if key not in names})
