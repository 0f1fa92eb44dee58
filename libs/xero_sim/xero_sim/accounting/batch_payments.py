"""/BatchPayments: PUT creates and POST deletes whole batches; no pages. Source: docs/xero.md 4.6, behaviour 66."""

from xero_sim.accounting.batch_payment_changes import delete_batch, make_batch
from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.listed import changed, known, known_elements, list_rows
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import Answer
from xero_sim.ids import ZERO_GUID
from xero_sim.org import Org
from xero_sim.query.fields import batch_fields
from xero_sim.records.batch_payment import BatchPayment
from xero_sim.rules.payment import NOT_FOR_MODIFICATION
from xero_sim.sent import Sent
from xero_sim.wire import Json, date_form, date_string, dumps, ms_form

KEY = "BatchPayments"
_SHAPES = shapes(KEY)
_MEMBERS = shapes("BatchPayments.Payments")
_MEMBER_INVOICES = shapes("BatchPayments.Payments.Invoice")


def batch_form(org: Org, batch: BatchPayment, form: Form = Form.LIST) -> Json:
    """One batch. A deleted batch shows no payments."""
    account = org.accounts[batch.AccountID]
    members = batch.PaymentIDs if batch.Status == "AUTHORISED" else []
    values: Json = {
        "Account": {"AccountID": account.AccountID, "CurrencyCode": account.CurrencyCode or org.profile.BaseCurrency},
        "Reference": batch.Reference,
        "Particulars": batch.Particulars,
        "Code": batch.Code,
        "Details": batch.Details,
        "Narrative": batch.Narrative,
        "BatchPaymentID": batch.BatchPaymentID,
        "DateString": date_string(batch.Date),
        "Date": date_form(batch.Date),
        "Payments": [_member_form(org, key, form) for key in members],
        "Type": batch.Type,
        "Status": batch.Status,
        "TotalAmount": batch.TotalAmount,
        "UpdatedDateUTC": ms_form(batch.UpdatedDateUTC),
        "IsReconciled": batch.IsReconciled,
    }
    return _SHAPES[form].of(values)


def list_batches(call: Call) -> Answer:
    """GET /BatchPayments, without pages: `page` and `pageSize` are ignored."""
    org = call.org
    rows = changed(call, org.batch_payments)
    return list_rows(call, KEY, rows, batch_fields(org), lambda row, form: batch_form(org, row, form), paged=False)


def get_batch(call: Call) -> Answer:
    """GET /BatchPayments/{BatchPaymentID}."""
    return success(call, KEY, [dumps(batch_form(call.org, known(call, call.org.batch_payments), Form.SINGLE))])


def put_batches(call: Call) -> Answer:
    """PUT /BatchPayments creates batches. A batch is stored with all of its payments, or not at all."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _make(call.org, sent))


def post_batches(call: Call) -> Answer:
    """POST /BatchPayments with BatchPaymentID and Status DELETED."""
    batches, elements = call.org.batch_payments, call.elements(KEY)
    named = known_elements(batches, "BatchPaymentID", elements)
    return write_all(call, KEY, elements, lambda sent: _delete(call.org, named[sent], sent))


def post_batch(call: Call) -> Answer:
    """POST /BatchPayments/{BatchPaymentID} with Status DELETED."""
    batch = known(call, call.org.batch_payments)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _delete(call.org, batch, sent))


def _member_form(org: Org, payment_id: str, form: Form) -> Json:
    payment = org.payments[payment_id]
    invoice = org.invoices[payment.DocumentID]
    named = {"InvoiceID": invoice.InvoiceID, "CurrencyCode": invoice.CurrencyCode}
    values: Json = {
        "Invoice": _MEMBER_INVOICES[form].of({**named, "IsDiscounted": False, "HasErrors": False}),
        "PaymentID": payment.PaymentID,
        "Amount": payment.Amount,
        "BankAmount": payment.BankAmount,
        "Reference": payment.Reference or None,
        "BankAccountNumber": payment.BankAccountNumber,
        "Particulars": payment.Particulars,
        "Code": payment.Code,
        "Details": payment.Details,
    }
    return _MEMBERS[form].of(values)


def _make(org: Org, sent: Sent) -> Written:
    outcome = make_batch(org, sent)
    if isinstance(outcome, list):
        return Failed(refused(KEY, sent, BatchPaymentID=ZERO_GUID), None, outcome)
    return Saved(batch_form(org, outcome, Form.REPLY))


def _delete(org: Org, batch: BatchPayment, sent: Sent) -> Written:
    wanted = sent.one_of("Status", ("AUTHORISED", "DELETED"))
    outcome = delete_batch(org, batch) if wanted == "DELETED" else [NOT_FOR_MODIFICATION]
    if isinstance(outcome, list):
        return Failed(refused(KEY, sent, BatchPaymentID=batch.BatchPaymentID), None, outcome)
    return Saved(batch_form(org, outcome, Form.REPLY))
