"""A payment as JSON. Source: docs/xero.md 4.5."""

from xero_sim.accounting.invoice_forms import body_form, small_contact
from xero_sim.org import Org
from xero_sim.records.credit import ID_NAMES, Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.payment import Payment
from xero_sim.wire import Json, date_form, dumps, ms_form, utc_string, without_none

# An invoice inside a listed payment shows these empty.
_LEFT_OUT: Json = {"LineItems": [], "Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": []}


def payment_form(org: Org, payment: Payment) -> Json:
    """The form of list reads."""
    account = org.accounts[payment.AccountID]
    form: Json = {
        "PaymentID": payment.PaymentID,
        "BatchPaymentID": payment.BatchPaymentID,
        "BatchPayment": _batch_part(org, payment.BatchPaymentID) if payment.BatchPaymentID else None,
        "Date": date_form(payment.Date),
        "BankAmount": payment.BankAmount,
        "Amount": payment.Amount,
        "Reference": payment.Reference,
        "CurrencyRate": payment.CurrencyRate,
        "PaymentType": payment.PaymentType,
        "Status": payment.Status,
        "UpdatedDateUTC": ms_form(payment.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(payment.UpdatedDateUTC),
        "HasAccount": True,
        "IsReconciled": payment.IsReconciled,
        "BankAccountNumber": payment.BankAccountNumber,
        "Particulars": payment.Particulars,
        "Code": payment.Code,
        "Details": payment.Details,
        "Account": {"AccountID": account.AccountID, "Code": account.Code, "Name": account.Name},
        payment.resource[:-1]: _document_part(org, payment),
        "HasValidationErrors": False,
    }
    return without_none(form)


def _batch_part(org: Org, batch_id: str) -> Json | None:
    batch = org.batch_payments.get(batch_id)
    if batch is None:
        return None
    return {
        "Account": {"AccountID": batch.AccountID},
        "BatchPaymentID": batch.BatchPaymentID,
        "Date": date_form(batch.Date),
        "Type": batch.Type,
        "Status": batch.Status,
        "TotalAmount": batch.TotalAmount,
        "UpdatedDateUTC": ms_form(batch.UpdatedDateUTC),
        "IsReconciled": batch.IsReconciled,
    }


def _document_part(org: Org, payment: Payment) -> Json:
    document: Invoice | Credit = org.tables[payment.resource][payment.DocumentID]
    contact = org.contacts[document.ContactID]
    shown = small_contact(org, document.ContactID)
    if contact.ContactNumber:
        shown["ContactNumber"] = contact.ContactNumber
    form: Json = {"Type": document.Type, "CurrencyCode": document.CurrencyCode, "Contact": shown}
    if isinstance(document, Invoice):
        named = {"InvoiceID": document.InvoiceID, "InvoiceNumber": document.InvoiceNumber}
        return {**named, **_LEFT_OUT, "IsDiscounted": False, "HasErrors": False, **form}
    form[ID_NAMES[payment.resource]] = form["ID"] = document.CreditID
    if payment.resource == "CreditNotes":
        form |= {"CreditNoteNumber": document.Number, "HasErrors": False}
    return form


def payment_bytes(org: Org, payment: Payment) -> bytes:
    """The same, rendered anew: its contact or number may have changed."""
    return dumps(payment_form(org, payment))


def whole_form(org: Org, payment: Payment) -> Json:
    """The form of a single read and of replies to writes: the document shows what the payment did to it."""
    document: Invoice | Credit = org.tables[payment.resource][payment.DocumentID]
    form = payment_form(org, payment)
    if isinstance(document, Invoice):
        form["Invoice"] = {**body_form(org, document), "Contact": form["Invoice"]["Contact"]}
        return form
    form[payment.resource[:-1]] |= {
        "Status": document.Status,
        "SubTotal": document.SubTotal,
        "TotalTax": document.TotalTax,
        "Total": document.Total,
        "UpdatedDateUTC": ms_form(document.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(document.UpdatedDateUTC),
        "RemainingCredit": document.RemainingCredit,
    }
    return form
