"""Creates, changes and deletes a bank transaction, and the prepayment or overpayment that it makes.

Source: docs/xero.md 4.7. Used for apps and for people in Xero.
"""

from copy import copy

from xero_sim.accounting.document_contact import contact_for
from xero_sim.accounting.document_parts import merge_currency, merge_lines, refuse_day, refuse_document
from xero_sim.accounting.payment_changes import chosen_account
from xero_sim.org import Org
from xero_sim.records.bank import CREATABLE_TYPES, BankTransaction
from xero_sim.records.credit import OVERPAYMENT_TYPES, Credit
from xero_sim.rules import bank as rule
from xero_sim.rules.lines import refuse_to_authorise
from xero_sim.sent import Sent

STATUSES = ("AUTHORISED", "DELETED", "VOIDED")


def write_bank_transaction(
    org: Org, old: BankTransaction | None, sent: Sent, *, unitdp: int = 2
) -> BankTransaction | list[str]:
    """Create (`old` is None), change or delete. Returns the stored bank transaction, or every reason against it."""
    wanted = sent.one_of("Status", STATUSES)
    if old is not None:
        credit = org.credit(old.CreditID or "")
        if problem := rule.refuse_change(old, wanted, credit_used=credit is not None and credit.has_money_applied):
            return [problem]
        if wanted == "DELETED":
            return _delete(org, old)
    new = _started(org, old, sent)
    problems = [] if new.Type else [rule.TYPE_MISSING]
    if problem := rule.refuse_bank_account(org.accounts.get(new.AccountID)):
        problems.append(problem)
    chosen = contact_for(org, old, sent.part("Contact"))
    problems += chosen.problems
    if chosen.contact:
        new.ContactID = chosen.contact.ContactID
    merge_currency(org, new, sent)
    problems += _merge_lines(org, old, new, sent, unitdp)
    problems = problems or _refuse_whole(org, old, new, sent)
    if problems:
        return problems
    if chosen.contact and chosen.changed:
        org.save_contact(chosen.contact)
    if new.Type not in ("SPEND", "RECEIVE"):
        new.CreditID = _make_credit(org, new)
    org.save_bank_transaction(new)
    return new


def _started(org: Org, old: BankTransaction | None, sent: Sent) -> BankTransaction:
    """A copy of the old bank transaction, or a new one, with the sent header fields."""
    account = chosen_account(org, sent, "BankAccount")
    if old is not None:
        new = copy(old)
    else:
        currency = account.CurrencyCode if account else None
        kind = sent.one_of("Type", CREATABLE_TYPES)
        new = BankTransaction(org.new_id(), kind or "", "", "", org.today(), currency or org.profile.BaseCurrency)
    if sent.has("BankAccount"):
        new.AccountID = account.AccountID if account else ""
    if (day := sent.day("Date")) is not None:
        new.Date = day
    for name in ("Reference", "Url"):
        if (text := sent.text(name)) is not None:
            setattr(new, name, text)
    if (flag := sent.flag("IsReconciled")) is not None:
        new.IsReconciled = flag
    return new


def _merge_lines(org: Org, old: BankTransaction | None, new: BankTransaction, sent: Sent, unitdp: int) -> list[str]:
    if new.Type not in OVERPAYMENT_TYPES:
        return merge_lines(org, old, new, sent, unitdp)
    # An overpayment is posted to payables or receivables, without tax, whatever its lines say.
    lines = [
        {
            name: value
            for name, value in line.form.items()
            if name not in ("AccountCode", "AccountID", "TaxType", "ItemCode")
        }
        for line in sent.parts("LineItems") or []
    ]
    problems = merge_lines(
        org, None, new, Sent({**sent.form, "LineItems": lines, "LineAmountTypes": "NoTax"}, sent.path), unitdp
    )
    control = org.control_account("CREDITORS" if new.is_bill else "DEBTORS")
    for line in new.LineItems:
        line.AccountCode, line.AccountID, line.TaxType = control.Code, None, org.no_tax
    return problems


def _refuse_whole(org: Org, old: BankTransaction | None, new: BankTransaction, sent: Sent) -> list[str]:
    problems = refuse_document(org, old, new, sent, document="bank transaction")
    problems += refuse_to_authorise(new.LineItems)
    if new.Total <= 0:
        problems.append(rule.AMOUNT_MISSING)
    if (org.accounts[new.AccountID].CurrencyCode or org.profile.BaseCurrency) != new.CurrencyCode:
        problems.append(rule.OTHER_CURRENCY)
    return problems


def _make_credit(org: Org, new: BankTransaction) -> str:
    credit = Credit(
        org.new_id(),
        new.Type,
        new.ContactID,
        new.Date,
        new.CurrencyCode,
        Status="AUTHORISED",
        LineAmountTypes=new.LineAmountTypes,
        Reference=new.Reference,
        CurrencyRate=new.CurrencyRate,
        LineItems=new.LineItems,
        SubTotal=new.SubTotal,
        TotalTax=new.TotalTax,
        Total=new.Total,
    )
    org.save_credit(credit)
    return credit.CreditID


def _delete(org: Org, old: BankTransaction) -> BankTransaction | list[str]:
    if lock := refuse_day(org, old.Date):
        return [lock]
    new = copy(old)
    new.Status = "DELETED"
    if (credit := org.credit(old.CreditID or "")) is not None:
        voided = copy(credit)
        voided.Status = "VOIDED"
        org.save_credit(voided)
    org.save_bank_transaction(new)
    return new
