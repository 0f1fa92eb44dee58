"""A payment as JSON. Source: docs/xero.md 3.10, 4.5."""

from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.invoice_forms import body_form, payment_part
from xero_sim.accounting.line_forms import line_form
from xero_sim.org import Org
from xero_sim.records.credit import ID_NAMES, Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.payment import Payment
from xero_sim.wire import Json, date_form, date_string, dumps, ms_form, utc_string

_SHAPES = shapes("Payments")
_ACCOUNT = shapes("Payments.Account")
_BATCH = shapes("Payments.BatchPayment")
_DOCUMENT = shapes("Payments.Invoice")
_CONTACT = shapes("Payments.Invoice.Contact")
_CREDITS = {kind: shapes(f"Payments.{kind[:-1]}") for kind in ("Prepayments", "Overpayments")}
_LISTED = (Form.LIST, Form.PAGE)


def payment_form(org: Org, payment: Payment, form: Form = Form.PAGE) -> Json:
    """A payment. Except in lists, its document is shown as it is after the payment."""
    account = org.accounts[payment.AccountID]
    listed = form in _LISTED
    shown: Json = {"Invoice": None, "Prepayment": None, "Overpayment": None}
    # Xero shows the credit note of a refund as an invoice too.
    name = "Invoice" if payment.resource in ("Invoices", "CreditNotes") else payment.resource[:-1]
    shown[name] = _document_part(org, payment, form)
    values: Json = {
        "PaymentID": payment.PaymentID,
        "BatchPaymentID": payment.BatchPaymentID,
        "BatchPayment": _batch_part(org, payment, form),
        "Date": date_form(payment.Date),
        "BankAmount": payment.BankAmount,
        "Amount": payment.Amount,
        "Reference": payment.Reference if payment.Reference or listed else None,
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
        "Account": _ACCOUNT[form].of(
            {"AccountID": account.AccountID, "Code": account.Code or None, "Name": account.Name}
        ),
        **shown,
        "HasValidationErrors": False,
    }
    return _SHAPES[form].of(values)


def payment_bytes(org: Org, payment: Payment, form: Form = Form.PAGE) -> bytes:
    """The same as JSON. It is rendered each time, because its contact or document may have changed."""
    return dumps(payment_form(org, payment, form))


def _batch_part(org: Org, payment: Payment, form: Form) -> Json | None:
    batch = org.batch_payments.get(payment.BatchPaymentID or "")
    if batch is None or form not in _BATCH:
        return None
    values: Json = {
        "Account": {"AccountID": batch.AccountID},
        "BatchPaymentID": batch.BatchPaymentID,
        "Date": date_form(batch.Date),
        "Type": batch.Type,
        "Status": batch.Status,
        "TotalAmount": batch.TotalAmount,
        "UpdatedDateUTC": ms_form(batch.UpdatedDateUTC),
        "IsReconciled": batch.IsReconciled,
    }
    return _BATCH[form].of(values)


def _document_part(org: Org, payment: Payment, form: Form) -> Json:
    document: Invoice | Credit = org.tables[payment.resource][payment.DocumentID]
    contact = org.contacts[document.ContactID]
    small: Json = {
        "ContactID": contact.ContactID,
        "ContactNumber": contact.ContactNumber or None,
        "Name": contact.Name,
        "HasValidationErrors": False,
    }
    shown = {"Contact": _CONTACT[form].of(small)}
    if payment.resource in _CREDITS and isinstance(document, Credit):
        return _CREDITS[payment.resource][form].of({**_credit(document), **shown})
    if form in _LISTED:
        return _DOCUMENT[form].of({**_named(document), **shown})
    body = body_form(org, document, form=form) if isinstance(document, Invoice) else _credit_note(org, document)
    return _DOCUMENT[form].of({**dict.fromkeys(_MAY_BE_ABSENT), **body, **shown})


_MAY_BE_ABSENT = ("Payments", "AmountCredited", "SentToContact", "DueDateString", "DueDate", "FullyPaidOnDate")


def _credit(credit: Credit) -> Json:
    return {
        ID_NAMES[credit.resource]: credit.CreditID,
        "ID": credit.CreditID,
        "Type": credit.Type,
        "RemainingCredit": credit.RemainingCredit,
        "Status": credit.Status,
        "SubTotal": credit.SubTotal,
        "TotalTax": credit.TotalTax,
        "Total": credit.Total,
        "UpdatedDateUTC": ms_form(credit.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(credit.UpdatedDateUTC),
        "CurrencyCode": credit.CurrencyCode,
    }


def _named(document: Invoice | Credit) -> Json:
    return {
        "Type": document.Type,
        "InvoiceID": document.id,
        "InvoiceNumber": document.InvoiceNumber if isinstance(document, Invoice) else document.Number,
        "IsDiscounted": False,
        "HasErrors": False,
        "CurrencyCode": document.CurrencyCode,
    }


def _credit_note(org: Org, credit: Credit) -> Json:
    """A refunded credit note by the names of an invoice: its remaining credit is the amount due."""
    return {
        **_named(credit),
        "Reference": credit.Reference,
        "Payments": [payment_part(org, key, Form.SINGLE) for key in credit.PaymentIDs] or None,
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": credit.RemainingCredit,
        "AmountPaid": credit.Refunded,
        "SentToContact": credit.SentToContact,
        "CurrencyRate": credit.CurrencyRate,
        "DateString": date_string(credit.Date),
        "Date": date_form(credit.Date),
        "Status": credit.Status,
        "LineAmountTypes": credit.LineAmountTypes,
        "LineItems": [line_form(org, line, form=Form.SINGLE) for line in credit.LineItems],
        "SubTotal": credit.SubTotal,
        "TotalTax": credit.TotalTax,
        "Total": credit.Total,
        "UpdatedDateUTC": ms_form(credit.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(credit.UpdatedDateUTC),
    }
