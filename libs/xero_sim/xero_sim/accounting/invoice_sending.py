"""/Invoices/{id}/OnlineInvoice and /Email: for sales invoices only. Source: OpenAPI, docs/xero.md 3.7."""

import hashlib
from copy import copy

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.invoices import known_invoice
from xero_sim.answers import Answer, validation_exception
from xero_sim.records.invoice import Invoice
from xero_sim.wire import dumps

SALES_ONLY = "Only sales invoices can be sent or viewed online"
SENDABLE = ("SUBMITTED", "AUTHORISED", "PAID")
NOT_SENDABLE = "The invoice must be Submitted, Authorised or Paid to be sent"
NO_ADDRESS = "The contact of the invoice has no email address"


def get_online_invoice(call: Call) -> Answer:
    """GET …/OnlineInvoice: a link, always the same. A draft is refused."""
    invoice = known_invoice(call)
    if invoice.is_bill:
        return _refused(invoice, SALES_ONLY)
    if invoice.Status not in SENDABLE:
        return _refused(invoice, NOT_SENDABLE)
    code = hashlib.sha256(invoice.InvoiceID.encode()).hexdigest()[:40]
    return success(call, "OnlineInvoices", [dumps({"OnlineInvoiceUrl": f"https://in.xero.com/{code}"})])


def post_email(call: Call) -> Answer:
    """POST …/Email: 204, and SentToContact becomes true. No mail leaves the simulator."""
    invoice = known_invoice(call)
    if invoice.is_bill:
        return _refused(invoice, SALES_ONLY)
    if invoice.Status not in SENDABLE:
        return _refused(invoice, NOT_SENDABLE)
    if not call.org.contacts[invoice.ContactID].EmailAddress:
        return _refused(invoice, NO_ADDRESS)
    sent = copy(invoice)
    sent.SentToContact = True
    # Trap 1: UpdatedDateUTC of a part-paid document stays.
    call.org.save_invoice(sent, moves_stamp=not (invoice.has_money_applied and invoice.Status == "AUTHORISED"))
    return Answer(204)


def _refused(invoice: Invoice, message: str) -> Answer:
    return validation_exception([{"InvoiceID": invoice.InvoiceID, "ValidationErrors": [{"Message": message}]}])
