"""A payment as JSON. Source: xero-api.md 4.5."""

from xero_sim.org import Org
from xero_sim.records.payment import Payment
from xero_sim.wire import Json, date_form, dumps, ms_form, utc_string


def payment_form(org: Org, payment: Payment) -> Json:
    """The form of single and list reads."""
    account = org.accounts[payment.AccountID]
    invoice = org.invoices[payment.InvoiceID]
    contact = org.contacts[invoice.ContactID]
    return {
        "PaymentID": payment.PaymentID,
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
        "Account": {"AccountID": account.AccountID, "Code": account.Code, "Name": account.Name},
        "Invoice": {
            "Type": invoice.Type,
            "InvoiceID": invoice.InvoiceID,
            "InvoiceNumber": invoice.InvoiceNumber,
            "IsDiscounted": False,
            "HasErrors": False,
            "CurrencyCode": invoice.CurrencyCode,
            "Contact": {"ContactID": contact.ContactID, "Name": contact.Name, "HasValidationErrors": False},
        },
        "HasValidationErrors": False,
    }


def payment_bytes(org: Org, payment: Payment) -> bytes:
    """The same, rendered anew: its contact or number may have changed."""
    return dumps(payment_form(org, payment))


def reply_form(org: Org, payment: Payment) -> Json:
    """The form of a reply to a write: the document shows what the payment did to it."""
    invoice = org.invoices[payment.InvoiceID]
    form = payment_form(org, payment)
    form["Invoice"] |= {
        "Status": invoice.Status,
        "SubTotal": invoice.SubTotal,
        "TotalTax": invoice.TotalTax,
        "Total": invoice.Total,
        "AmountDue": invoice.AmountDue,
        "AmountPaid": invoice.AmountPaid,
        "AmountCredited": invoice.AmountCredited,
        "UpdatedDateUTC": ms_form(invoice.UpdatedDateUTC),
        "UpdatedDateUTCString": utc_string(invoice.UpdatedDateUTC),
    }
    if invoice.FullyPaidOnDate:
        form["Invoice"]["FullyPaidOnDate"] = date_form(invoice.FullyPaidOnDate)
    return form
