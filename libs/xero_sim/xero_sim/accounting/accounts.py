"""/Accounts: the chart. Not paged, one per PUT. Source: docs/xero.md 4.8."""

from collections.abc import Sequence
from copy import copy

from xero_sim.accounting.call import Call
from xero_sim.accounting.envelope import success
from xero_sim.accounting.forms import Form, shapes
from xero_sim.accounting.refused import refused
from xero_sim.accounting.writing import Failed, Saved, Written, write_all
from xero_sim.answers import Answer, Rejected, not_found
from xero_sim.ids import ZERO_GUID
from xero_sim.query.fields import account_fields
from xero_sim.query.listing import filtered, ordered
from xero_sim.query.since import modified_since
from xero_sim.records.settings import ACCOUNT_CLASSES, Account
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps, ms_form

KEY = "Accounts"
_FIELDS = account_fields()
_SHAPES = shapes(KEY)
_TEXTS = ("Code", "Name", "Description", "BankAccountNumber", "CurrencyCode")
_FLAGS = ("EnablePaymentsToAccount", "ShowInExpenseClaims", "AddToWatchlist")


_REPORTED = {
    "ASSET": ("ASS", "Assets"), "EQUITY": ("EQU", "Equity"), "EXPENSE": ("EXP", "Expense"),
    "LIABILITY": ("LIA", "Liabilities"), "REVENUE": ("REV", "Revenue"),
}  # fmt: skip
"""ReportingCode and ReportingCodeName by class; the names of equity, liabilities and revenue are inferred."""


def account_form(account: Account, form: Form = Form.LIST) -> Json:
    """One account. In reads, BankAccountType is empty unless it is a bank account."""
    code, name = _REPORTED[account.Class]
    values: Json = {
        "AccountID": account.AccountID,
        "Code": account.Code or None,
        "Name": account.Name,
        "Status": account.Status,
        "Type": account.Type,
        "TaxType": account.TaxType,
        "Description": account.Description,
        "Class": account.Class,
        "SystemAccount": account.SystemAccount,
        "EnablePaymentsToAccount": account.EnablePaymentsToAccount,
        "ShowInExpenseClaims": account.ShowInExpenseClaims,
        "BankAccountNumber": account.BankAccountNumber,
        "BankAccountType": account.BankAccountType or (None if form is Form.REPLY else ""),
        "CurrencyCode": account.CurrencyCode,
        "ReportingCode": code,
        "ReportingCodeName": name,
        "HasAttachments": account.HasAttachments,
        "UpdatedDateUTC": ms_form(account.UpdatedDateUTC),
        "AddToWatchlist": account.AddToWatchlist,
    }
    return _SHAPES[form].of(values)


def list_accounts(call: Call) -> Answer:
    """GET /Accounts, archived ones included."""
    since = modified_since(call.headers)
    accounts = call.org.accounts
    rows: Sequence[Account] = accounts.in_order() if since is None else accounts.changed_since(since)
    rows = [row for row in rows if row.Status != "DELETED"]
    rows = ordered(filtered(rows, call.query, _FIELDS), call.query, _FIELDS)
    return success(call, KEY, [dumps(account_form(row)) for row in rows])


def get_account(call: Call) -> Answer:
    """GET /Accounts/{AccountID}."""
    return success(call, KEY, [dumps(account_form(_known(call), Form.SINGLE))])


def put_account(call: Call) -> Answer:
    """PUT /Accounts creates one account."""
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, None, sent))


def post_account(call: Call) -> Answer:
    """POST /Accounts/{AccountID} changes or archives an account."""
    old = _known(call)
    return write_all(call, KEY, call.elements(KEY)[:1], lambda sent: _write(call, old, sent))


def delete_account(call: Call) -> Answer:
    """DELETE /Accounts/{AccountID}. System accounts and accounts with transactions are refused."""
    account = copy(_known(call))
    used = any(line.AccountCode == account.Code for each in call.org.invoices for line in each.LineItems)
    used = used or any(payment.AccountID == account.AccountID for payment in call.org.payments)
    if account.SystemAccount or used:
        problem = "System accounts and accounts with transactions cannot be deleted"
        return write_all(
            call,
            KEY,
            [Sent(account_form(account, Form.REPLY), KEY)],
            lambda sent: Failed(refused(KEY, sent, AccountID=account.AccountID), None, [problem]),
        )
    account.Status = "DELETED"
    call.org.save_account(account)
    return success(call, KEY, [dumps(account_form(account, Form.REPLY))])


def _known(call: Call) -> Account:
    found = call.org.accounts.get(call.ids[0])
    if found is None:
        raise Rejected(not_found())
    return found


def _write(call: Call, old: Account | None, sent: Sent) -> Written:
    kind = sent.one_of("Type", ACCOUNT_CLASSES)
    new = copy(old) if old else Account(call.org.new_id(), "", "", kind or "", TaxType=call.org.no_tax)
    for name in _TEXTS:
        if (text := sent.text(name)) is not None:
            setattr(new, name, text)
    for name in _FLAGS:
        if (flag := sent.flag(name)) is not None:
            setattr(new, name, flag)
    if (status := sent.one_of("Status", ("ACTIVE", "ARCHIVED"))) is not None:
        new.Status = status
    if (tax_type := sent.text("TaxType")) is not None:
        new.TaxType = tax_type
    if new.Type == "BANK":
        new.BankAccountType = sent.one_of("BankAccountType", ("BANK", "CREDITCARD", "PAYPAL")) or "BANK"
        new.CurrencyCode = new.CurrencyCode or call.org.profile.BaseCurrency
    if problems := _refuse(call, old, new):
        return Failed(refused(KEY, sent, AccountID=old.AccountID if old else ZERO_GUID), None, problems)
    call.org.save_account(new)
    return Saved(account_form(new, Form.REPLY))


def _refuse(call: Call, old: Account | None, new: Account) -> list[str]:
    problems = []
    if not new.Type:
        problems.append("The account type must be specified")
    if not new.Name or len(new.Name) > 150:
        problems.append("The account name must be between 1 and 150 characters")
    if len(new.Code) > 10 or (not new.Code and new.Type != "BANK"):
        problems.append("The account code must be between 1 and 10 characters")
    if new.TaxType not in call.org.tax_rates:
        problems.append(f"The TaxType code '{new.TaxType}' does not exist")
    if old and old.SystemAccount and new.Status == "ARCHIVED":
        problems.append("System accounts cannot be archived")
    for other in call.org.accounts:
        if other.AccountID == new.AccountID or other.Status == "DELETED":
            continue
        if new.Code and other.Code.casefold() == new.Code.casefold():
            problems.append("Please enter a unique Code.")
        if other.Name.casefold() == new.Name.casefold():
            problems.append("Please enter a unique Name.")
    return problems
