"""When Xero accepts a bank transaction or a transfer between bank accounts. Source: docs/xero.md 4.7."""

from decimal import Decimal

from xero_sim.records.bank import PLAIN_TYPES, BankTransaction
from xero_sim.records.settings import Account

ACCOUNT_MISSING = "A bank account must be specified"
NOT_A_BANK = "The account must be an active account of type BANK"
TYPE_MISSING = "The bank transaction type must be specified"
AMOUNT_MISSING = "The amount must be greater than 0"
OTHER_CURRENCY = "The currency must be that of the bank account"
RECONCILED = "This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement."
NOT_FOR_MODIFICATION = "Bank transaction not of valid status for modification"
NOT_EDITABLE = "Bank transactions of type {type} cannot be edited"
CREDIT_USED = "This document cannot be edited as it has a payment or credit note allocated to it."
SAME_ACCOUNT = "The bank accounts of a transfer must be different"
TRANSFER_NOT_FOR_MODIFICATION = "Bank transfer not of valid status for modification"


def refuse_bank_account(account: Account | None) -> str | None:
    """Why money cannot go through this account, or None."""
    if account is None:
        return ACCOUNT_MISSING
    return None if account.Type == "BANK" and account.Status == "ACTIVE" else NOT_A_BANK


def refuse_change(old: BankTransaction, wanted: str | None, *, credit_used: bool) -> str | None:
    """Why a bank transaction cannot be edited, or (`wanted` DELETED) deleted; None if it can."""
    if old.Status != "AUTHORISED" or wanted == "VOIDED":
        return NOT_FOR_MODIFICATION
    if old.IsReconciled:
        return RECONCILED
    if old.Type.endswith("-TRANSFER"):
        return NOT_EDITABLE.format(type=old.Type)
    if wanted == "DELETED":
        return CREDIT_USED if credit_used else None
    return None if old.Type in PLAIN_TYPES else NOT_EDITABLE.format(type=old.Type)


def refuse_transfer(source: Account | None, target: Account | None, amount: Decimal | None) -> list[str]:
    """Every reason why this amount cannot be moved between these accounts; empty if it can."""
    problems = [problem for each in (source, target) if (problem := refuse_bank_account(each))]
    if source is not None and target is not None:
        if source.AccountID == target.AccountID:
            problems.append(SAME_ACCOUNT)
        if source.CurrencyCode != target.CurrencyCode:
            problems.append(OTHER_CURRENCY)
    if amount is None or amount <= 0:
        problems.append(AMOUNT_MISSING)
    return problems
