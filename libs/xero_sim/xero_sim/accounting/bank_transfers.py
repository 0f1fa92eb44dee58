"""/BankTransfers: PUT makes, POST deletes; deleted ones only with includeDeleted. Source: docs/xero.md 4.7."""

from xero_sim.accounting.bank_transfer_changes import delete_transfer, make_transfer
from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.invoice_forms import tracking_form
from xero_sim.accounting.listed import changed, known, known_elements, list_rows
from xero_sim.accounting.writing import Failed, Saved, Written, refused_id, write_all
from xero_sim.answers import Answer
from xero_sim.money import ZERO
from xero_sim.org import Org
from xero_sim.query.fields import bank_transfer_fields
from xero_sim.records.bank import BankTransfer
from xero_sim.rules.bank import TRANSFER_NOT_FOR_MODIFICATION
from xero_sim.sent import Sent
from xero_sim.wire import Json, date_form, date_string, dumps, instant, ms_form, without_none

KEY = "BankTransfers"


def transfer_form(org: Org, transfer: BankTransfer) -> Json:
    """One transfer; it has a created stamp and no updated one."""
    form: Json = {
        "BankTransferID": transfer.BankTransferID,
        "CreatedDateUTCString": instant(transfer.CreatedDateUTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "CreatedDateUTC": ms_form(transfer.CreatedDateUTC),
        "DateString": date_string(transfer.Date),
        "Date": date_form(transfer.Date),
        "Status": transfer.Status,
        "FromBankAccount": _account_form(org, transfer.FromAccountID),
        "ToBankAccount": _account_form(org, transfer.ToAccountID),
        "Amount": transfer.Amount,
        "FromBankTransactionID": transfer.FromBankTransactionID,
        "ToBankTransactionID": transfer.ToBankTransactionID,
        "FromIsReconciled": transfer.FromIsReconciled,
        "ToIsReconciled": transfer.ToIsReconciled,
        "Reference": transfer.Reference,
        "CurrencyRate": ZERO + 1,
        "HasAttachments": transfer.HasAttachments,
        "FromTracking": [tracking_form(org, *pair) for pair in transfer.FromTracking],
        "ToTracking": [tracking_form(org, *pair) for pair in transfer.ToTracking],
    }
    return without_none(form)


def list_transfers(call: Call) -> Answer:
    """GET /BankTransfers, whole."""
    org, deleted_too = call.org, call.flag("includeDeleted")
    rows = [row for row in changed(call, org.bank_transfers) if deleted_too or row.Status != "DELETED"]
    return list_rows(call, KEY, rows, bank_transfer_fields(org), lambda row: transfer_form(org, row), paged=False)


def get_transfer(call: Call) -> Answer:
    """GET /BankTransfers/{BankTransferID}."""
    return success(call, KEY, [dumps(transfer_form(call.org, known(call, call.org.bank_transfers)))])


def put_transfers(call: Call) -> Answer:
    """PUT /BankTransfers makes them."""
    return write_all(call, KEY, call.elements(KEY), lambda sent: _make(call.org, sent))


def post_transfers(call: Call) -> Answer:
    """POST /BankTransfers with BankTransferID and Status DELETED."""
    transfers, elements = call.org.bank_transfers, call.elements(KEY)
    named = known_elements(transfers, "BankTransferID", elements)
    return write_all(call, KEY, elements, lambda sent: _delete(call.org, named[sent], sent))


def post_transfer(call: Call) -> Answer:
    """POST /BankTransfers/{BankTransferID} with Status DELETED."""
    transfer = known(call, call.org.bank_transfers)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _delete(call.org, transfer, sent))


def _account_form(org: Org, account_id: str) -> Json:
    account = org.accounts[account_id]
    return {"AccountID": account.AccountID, "Code": account.Code, "Name": account.Name}


def _make(org: Org, sent: Sent) -> Written:
    outcome = make_transfer(org, sent)
    if isinstance(outcome, list):
        return Failed(
            {**sent.form, "BankTransferID": refused_id(sent, "BankTransferID")}, "HasValidationErrors", outcome
        )
    return Saved(transfer_form(org, outcome))


def _delete(org: Org, transfer: BankTransfer, sent: Sent) -> Written:
    wanted = sent.one_of("Status", ("AUTHORISED", "DELETED"))
    outcome = delete_transfer(org, transfer) if wanted == "DELETED" else [TRANSFER_NOT_FOR_MODIFICATION]
    if isinstance(outcome, list):
        form = {**sent.form, "BankTransferID": transfer.BankTransferID}
        return Failed(form, "HasValidationErrors", outcome)
    return Saved(transfer_form(org, outcome))
