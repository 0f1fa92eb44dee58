"""/BankTransactions: money spent and received, and what makes prepayments and overpayments.

Source: docs/xero.md 4.7.
"""

import orjson

from xero_sim.accounting.bank_transaction_changes import write_bank_transaction
from xero_sim.accounting.call import Call
from xero_sim.accounting.contact_forms import contact_bytes
from xero_sim.accounting.envelope import success
from xero_sim.accounting.invoice_forms import line_form, small_contact
from xero_sim.accounting.listed import changed, known, list_rows
from xero_sim.accounting.writing import Failed, Saved, Written, refused_id, require_known, write_all
from xero_sim.answers import Answer
from xero_sim.org import Org
from xero_sim.query.fields import bank_transaction_fields
from xero_sim.records.bank import BankTransaction
from xero_sim.sent import Sent
from xero_sim.wire import Json, date_form, date_string, dumps, ms_form, without_none

KEY = "BankTransactions"


def bank_transaction_form(org: Org, each: BankTransaction, unitdp: int = 2) -> Json:
    """The form of a list: the contact by id and name; a transfer's half has none."""
    account = org.accounts[each.AccountID]
    credited = f"{each.Type.partition('-')[2].title()}ID"
    form: Json = {
        "BankTransactionID": each.BankTransactionID,
        "BankAccount": {"AccountID": account.AccountID, "Code": account.Code, "Name": account.Name},
        "Type": each.Type,
        "Reference": each.Reference,
        "IsReconciled": each.IsReconciled,
        **({credited: each.CreditID} if each.CreditID else {}),
        "CurrencyRate": each.CurrencyRate,
        "HasAttachments": each.HasAttachments,
        "Contact": small_contact(org, each.ContactID) if each.ContactID else None,
        "DateString": date_string(each.Date),
        "Date": date_form(each.Date),
        "Url": each.Url,
        "Status": each.Status,
        "LineAmountTypes": each.LineAmountTypes,
        "LineItems": [line_form(org, line, unitdp) for line in each.LineItems],
        "SubTotal": each.SubTotal,
        "TotalTax": each.TotalTax,
        "Total": each.Total,
        "UpdatedDateUTC": ms_form(each.UpdatedDateUTC),
        "CurrencyCode": each.CurrencyCode,
    }
    return without_none(form)


def list_bank_transactions(call: Call) -> Answer:
    """GET /BankTransactions: LineItems only when paged."""
    org = call.org
    rows = changed(call, org.bank_transactions)
    fields = bank_transaction_fields(org)
    return list_rows(call, KEY, rows, fields, lambda row: bank_transaction_form(org, row, call.unitdp))


def get_bank_transaction(call: Call) -> Answer:
    """GET /BankTransactions/{BankTransactionID}."""
    return success(call, KEY, [dumps(_whole_form(call, known(call, call.org.bank_transactions)))])


def put_bank_transactions(call: Call) -> Answer:
    """PUT /BankTransactions: always makes new ones."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _write(call, None, sent))


def post_bank_transactions(call: Call) -> Answer:
    """POST /BankTransactions: changes or deletes those with a BankTransactionID, makes the others."""
    table, elements = call.org.bank_transactions, call.elements(KEY)
    require_known([sent.text("BankTransactionID") for sent in elements], lambda key: table.get(key) is not None)
    return write_all(
        call, KEY, elements, lambda sent: _write(call, table.get(sent.text("BankTransactionID") or ""), sent)
    )


def post_bank_transaction(call: Call) -> Answer:
    """POST /BankTransactions/{BankTransactionID}."""
    old = known(call, call.org.bank_transactions)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, old, sent))


def _whole_form(call: Call, each: BankTransaction) -> Json:
    form = bank_transaction_form(call.org, each, call.unitdp)
    if each.ContactID:
        form["Contact"] = orjson.Fragment(contact_bytes(call.org, call.org.contacts[each.ContactID]))
    return form


def _write(call: Call, old: BankTransaction | None, sent: Sent) -> Written:
    outcome = write_bank_transaction(call.org, old, sent, unitdp=call.unitdp)
    if not isinstance(outcome, list):
        return Saved(_whole_form(call, outcome))
    key = refused_id(sent, "BankTransactionID", old.BankTransactionID if old else None)
    form = {**sent.form, "BankTransactionID": key}
    if day := sent.day("Date"):
        form |= {"Date": date_form(day), "DateString": date_string(day)}
    form["LineItems"] = [{**line.form, "ValidationErrors": []} for line in sent.parts("LineItems") or []]
    return Failed(form, "HasErrors", outcome)
