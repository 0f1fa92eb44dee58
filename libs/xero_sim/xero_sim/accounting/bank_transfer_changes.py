"""Creates and deletes a transfer between bank accounts, with its two halves. Source: docs/xero.md 4.7."""

from copy import copy

from xero_sim.accounting.document_parts import refuse_day
from xero_sim.accounting.payment_changes import chosen_account
from xero_sim.money import round2
from xero_sim.org import Org
from xero_sim.records.bank import BankTransaction, BankTransfer
from xero_sim.rules import bank as rule
from xero_sim.rules.lines import find_option
from xero_sim.sent import Sent


def make_transfer(org: Org, sent: Sent) -> BankTransfer | list[str]:
    """Store a transfer, with a bank transaction in each account. Returns it, or every reason against it."""
    source, target = chosen_account(org, sent, "FromBankAccount"), chosen_account(org, sent, "ToBankAccount")
    amount, day = sent.decimal("Amount"), sent.day("Date") or org.today()
    amount = round2(amount) if amount is not None else None
    problems = rule.refuse_transfer(source, target, amount)
    tracking = {}
    for side in ("FromTracking", "ToTracking"):
        pairs = [find_option(org.tracking, each) for each in sent.parts(side) or []]
        tracking[side] = [pair for pair in pairs if pair]
        if None in pairs:
            problems.append("The tracking option could not be found")
    if lock := refuse_day(org, day):
        problems.append(lock)
    if problems or source is None or target is None or amount is None:
        return problems
    made = BankTransfer(
        org.new_id(), source.AccountID, target.AccountID, amount, day, sent.text("Reference"),
        tracking["FromTracking"], tracking["ToTracking"],
        bool(sent.flag("FromIsReconciled")), bool(sent.flag("ToIsReconciled")),
        CreatedDateUTC=org.clock.now_ms(),
    )  # fmt: skip
    made.FromBankTransactionID = _half(org, made, "SPEND-TRANSFER", made.FromAccountID)
    made.ToBankTransactionID = _half(org, made, "RECEIVE-TRANSFER", made.ToAccountID)
    org.save_transfer(made)
    return made


def delete_transfer(org: Org, transfer: BankTransfer) -> BankTransfer | list[str]:
    """Mark a transfer and both its halves DELETED. Returns it, or the reason against it."""
    if transfer.Status == "DELETED":
        return [rule.TRANSFER_NOT_FOR_MODIFICATION]
    if transfer.FromIsReconciled or transfer.ToIsReconciled:
        return [rule.RECONCILED]
    if lock := refuse_day(org, transfer.Date):
        return [lock]
    for key in (transfer.FromBankTransactionID, transfer.ToBankTransactionID):
        half = copy(org.bank_transactions[key])
        half.Status = "DELETED"
        org.save_bank_transaction(half)
    deleted = copy(transfer)
    deleted.Status = "DELETED"
    org.save_transfer(deleted)
    return deleted


def _half(org: Org, transfer: BankTransfer, kind: str, account_id: str) -> str:
    currency = org.accounts[account_id].CurrencyCode or org.profile.BaseCurrency
    half = BankTransaction(
        org.new_id(), kind, "", account_id, transfer.Date, currency, LineAmountTypes="NoTax",
        Reference=transfer.Reference or "", SubTotal=transfer.Amount, Total=transfer.Amount,
        IsReconciled=transfer.FromIsReconciled if kind == "SPEND-TRANSFER" else transfer.ToIsReconciled,
    )  # fmt: skip
    org.save_bank_transaction(half)
    return half.BankTransactionID
