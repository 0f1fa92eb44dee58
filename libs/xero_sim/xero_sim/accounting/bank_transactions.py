"""/BankTransactions: money spent and received, also as prepayments and overpayments.

Source: docs/xero.md 4.7.
"""

import orjson

from xero_sim.accounting.attachment_forms import attachments_in
from xero_sim.accounting.bank_transaction_changes import write_bank_transaction
from xero_sim.accounting.call import Call
from xero_sim.accounting.contact_forms import contact_in_document, small_contact
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.line_forms import line_form
from xero_sim.accounting.listed import changed, known, list_rows
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, require_known, write_all
from xero_sim.answers import Answer
from xero_sim.ids import ZERO_GUID
from xero_sim.org import Org
from xero_sim.query.fields import bank_transaction_fields
from xero_sim.records.bank import BankTransaction
from xero_sim.sent import Sent
from xero_sim.wire import Json, date_form, date_string, dumps, ms_form

KEY = "BankTransactions"
_SHAPES = shapes(KEY)
_LINES = shapes("BankTransactions.LineItems")


def bank_transaction_form(org: Org, each: BankTransaction, unitdp: int = 2, form: Form = Form.PAGE) -> Json:
    """A bank transaction; a transfer's half has no contact."""
    account = org.accounts[each.AccountID]
    listed = form in (Form.LIST, Form.PAGE)
    at_home = each.CurrencyCode == org.profile.BaseCurrency
    values: Json = {
        "BankTransactionID": each.BankTransactionID,
        "BankAccount": {"AccountID": account.AccountID, "Code": account.Code, "Name": account.Name},
        "Type": each.Type,
        "Reference": each.Reference,
        "IsReconciled": each.IsReconciled,
        "PrepaymentID": each.CreditID if each.Type.endswith("-PREPAYMENT") else None,
        "OverpaymentID": each.CreditID if each.Type.endswith("-OVERPAYMENT") else None,
        "CurrencyRate": None if listed and at_home else each.CurrencyRate,
        "HasAttachments": each.HasAttachments,
        "Attachments": attachments_in(org, KEY, each.BankTransactionID, form),
        "Contact": _contact(org, each, listed=listed),
        "DateString": date_string(each.Date),
        "Date": date_form(each.Date),
        "Url": each.Url,
        "Status": each.Status,
        "LineAmountTypes": each.LineAmountTypes,
        "LineItems": None if form is Form.LIST else [line_form(org, x, unitdp, form, _LINES) for x in each.LineItems],
        "SubTotal": each.SubTotal,
        "TotalTax": each.TotalTax,
        "Total": each.Total,
        "UpdatedDateUTC": ms_form(each.UpdatedDateUTC),
        "CurrencyCode": each.CurrencyCode,
    }
    return _SHAPES[form].of(values)


def list_bank_transactions(call: Call) -> Answer:
    """GET /BankTransactions: no lines unless it is paged."""
    org = call.org
    rows = changed(call, org.bank_transactions)
    fields = bank_transaction_fields(org)
    return list_rows(call, KEY, rows, fields, lambda row, form: bank_transaction_form(org, row, call.unitdp, form))


def get_bank_transaction(call: Call) -> Answer:
    """GET /BankTransactions/{BankTransactionID}."""
    found = known(call, call.org.bank_transactions)
    return success(call, KEY, [dumps(bank_transaction_form(call.org, found, call.unitdp, Form.SINGLE))])


def put_bank_transactions(call: Call) -> Answer:
    """PUT /BankTransactions always creates new ones."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _write(call, None, sent))


def post_bank_transactions(call: Call) -> Answer:
    """POST /BankTransactions changes or deletes those with a BankTransactionID, and creates the others."""
    table, elements = call.org.bank_transactions, call.elements(KEY)
    require_known([sent.text("BankTransactionID") for sent in elements], lambda key: table.get(key) is not None)
    return write_all(
        call, KEY, elements, lambda sent: _write(call, table.get(sent.text("BankTransactionID") or ""), sent)
    )


def post_bank_transaction(call: Call) -> Answer:
    """POST /BankTransactions/{BankTransactionID}."""
    old = known(call, call.org.bank_transactions)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, old, sent))


def _contact(org: Org, each: BankTransaction, *, listed: bool) -> Json | orjson.Fragment | None:
    if not each.ContactID:
        return None
    return small_contact(org, each.ContactID) if listed else orjson.Fragment(contact_in_document(org, each.ContactID))


def _write(call: Call, old: BankTransaction | None, sent: Sent) -> Written:
    org = call.org
    outcome = write_bank_transaction(org, old, sent, unitdp=call.unitdp)
    if not isinstance(outcome, list):
        return Saved(bank_transaction_form(org, outcome, call.unitdp, Form.REPLY))
    stored = bank_transaction_form(org, old, call.unitdp) if old else None
    form = refused(KEY, sent, stored, BankTransactionID=old.BankTransactionID if old else ZERO_GUID)
    return Failed(form, None, outcome)
