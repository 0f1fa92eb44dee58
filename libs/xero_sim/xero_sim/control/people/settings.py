"""What a person does with lock dates and accounts, and any other write of the API made by a person."""

from copy import copy

from xero_sim.accounting import routes
from xero_sim.accounting.call import Call
from xero_sim.control.people.refusal import Refusal
from xero_sim.org import Org
from xero_sim.records.settings import Account
from xero_sim.sent import Sent
from xero_sim.wire import Json, dumps


def set_lock_dates(org: Org, sent: Json) -> None:
    """`PeriodLockDate` and `EndOfYearLockDate` as YYYY-MM-DD. Null removes a date; a missing one stays."""
    read = Sent(sent, "Organisation")
    for name in ("PeriodLockDate", "EndOfYearLockDate"):
        if name in sent:
            setattr(org.profile, name, read.day(name))


def archive_account(org: Org, sent: Json) -> str:
    """ACTIVE to ARCHIVED: `AccountID` or `Code`."""
    account = _account(org, sent)
    if account.SystemAccount:
        raise Refusal(["System accounts cannot be archived"])
    account.Status = "ARCHIVED"
    org.save_account(account)
    return account.AccountID


def restore_account(org: Org, sent: Json) -> str:
    """ARCHIVED to ACTIVE: `AccountID` or `Code`."""
    account = _account(org, sent)
    account.Status = "ACTIVE"
    org.save_account(account)
    return account.AccountID


def enable_payments_to_account(org: Org, sent: Json) -> str:
    """Permit payments from an account that is no bank account; `Enabled` false forbids them again."""
    account = _account(org, sent)
    account.EnablePaymentsToAccount = bool(sent.get("Enabled", True))
    org.save_account(account)
    return account.AccountID


def remove_account_code(org: Org, sent: Json) -> str:
    """Remove the code of an account, which the API cannot do. Its lines stay posted to it."""
    account = _account(org, sent)
    documents = (*org.invoices, *org.credits(), *org.bank_transactions)
    for line in (line for each in documents for line in each.LineItems if line.AccountCode == account.Code):
        line.AccountCode, line.AccountID = None, account.AccountID
    account.Code = ""
    org.save_account(account)
    org.forget_forms()
    return account.AccountID


def request(org: Org, sent: Json) -> str | None:
    """Any write of the Accounting API, made by a person: `method`, `path`, `body`. For settings and groups."""
    found = routes.find(str(sent.get("method", "POST")), str(sent.get("path", "")).strip("/").split("/"))
    if found is None or found.route is None:
        raise Refusal([f"No such request: {sent.get('method', 'POST')} {sent.get('path')}"])
    body = dumps(sent.get("body") or {})
    answer = found.route.handler(Call(found.route.method, org, "", "", body=body, ids=found.ids))
    if answer.status >= 400:
        raise Refusal([answer.body.decode()])
    return None


def _account(org: Org, sent: Json) -> Account:
    found = org.accounts.get(str(sent.get("AccountID", ""))) or org.account(sent.get("Code"))
    if found is None:
        raise Refusal([f"No account {sent.get('AccountID') or sent.get('Code')}"])
    return copy(found)
