"""/BankTransfers: PUT creates, POST deletes. Lists show deleted ones on request. Source: docs/xero.md 4.7."""

from xero_sim.accounting.attachment_forms import attachments_in
from xero_sim.accounting.bank_transfer_changes import delete_transfer, make_transfer
from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.line_forms import tracking_form
from xero_sim.accounting.listed import changed, known, known_elements, list_rows
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import Answer
from xero_sim.ids import ZERO_GUID
from xero_sim.money import ZERO
from xero_sim.org import Org
from xero_sim.query.fields import bank_transfer_fields
from xero_sim.records.bank import BankTransfer
from xero_sim.rules.bank import TRANSFER_NOT_FOR_MODIFICATION
from xero_sim.sent import Sent
from xero_sim.wire import Json, date_form, date_string, dumps, instant, ms_form

KEY = "BankTransfers"
_SHAPES = shapes(KEY)
_ACCOUNTS = shapes("BankTransfers.FromBankAccount")


def transfer_form(org: Org, transfer: BankTransfer, form: Form = Form.LIST) -> Json:
    """One transfer. It has a time of creation and no time of change."""
    values: Json = {
        "BankTransferID": transfer.BankTransferID,
        "CreatedDateUTCString": instant(transfer.CreatedDateUTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "CreatedDateUTC": ms_form(transfer.CreatedDateUTC),
        "DateString": date_string(transfer.Date),
        "Date": date_form(transfer.Date),
        "Status": transfer.Status,
        "FromBankAccount": _account_form(org, transfer.FromAccountID, form),
        "ToBankAccount": _account_form(org, transfer.ToAccountID, form),
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
        "Attachments": attachments_in(org, KEY, transfer.BankTransferID, form),
    }
    return _SHAPES[form].of(values)


def list_transfers(call: Call) -> Answer:
    """GET /BankTransfers, without pages; deleted ones only with includeDeleted."""
    org, deleted_too = call.org, call.flag("includeDeleted")
    rows = [row for row in changed(call, org.bank_transfers) if deleted_too or row.Status != "DELETED"]
    fields = bank_transfer_fields(org)
    return list_rows(call, KEY, rows, fields, lambda row, form: transfer_form(org, row, form), paged=False)


def get_transfer(call: Call) -> Answer:
    """GET /BankTransfers/{BankTransferID}."""
    return success(call, KEY, [dumps(transfer_form(call.org, known(call, call.org.bank_transfers), Form.SINGLE))])


def put_transfers(call: Call) -> Answer:
    """PUT /BankTransfers creates transfers."""
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


def _account_form(org: Org, account_id: str, form: Form) -> Json:
    account = org.accounts[account_id]
    values = {"AccountID": account.AccountID, "Code": account.Code or None, "Name": account.Name}
    return _ACCOUNTS[form].of(values)


def _make(org: Org, sent: Sent) -> Written:
    outcome = make_transfer(org, sent)
    if isinstance(outcome, list):
        return Failed(refused(KEY, sent, BankTransferID=ZERO_GUID), None, outcome)
    return Saved(transfer_form(org, outcome, Form.REPLY))


def _delete(org: Org, transfer: BankTransfer, sent: Sent) -> Written:
    wanted = sent.one_of("Status", ("AUTHORISED", "DELETED"))
    outcome = delete_transfer(org, transfer) if wanted == "DELETED" else [TRANSFER_NOT_FOR_MODIFICATION]
    if isinstance(outcome, list):
        return Failed(refused(KEY, sent, BankTransferID=transfer.BankTransferID), None, outcome)
    return Saved(transfer_form(org, outcome, Form.REPLY))
