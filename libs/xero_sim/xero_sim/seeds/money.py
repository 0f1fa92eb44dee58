"""What a seeded business has besides invoices: batches, credit notes, bank transactions and transfers.

It agrees with the invoices, because allocations follow the same rules as those of requests.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from xero_sim.org import Org
from xero_sim.records.bank import BankTransaction, BankTransfer
from xero_sim.records.batch_payment import BatchPayment
from xero_sim.records.credit import Allocation, Credit
from xero_sim.records.invoice import Invoice
from xero_sim.records.payment import Payment
from xero_sim.rules.allocation import allocate
from xero_sim.rules.totals import totals
from xero_sim.seeds.lines import some_lines, tracking_options

BATCH = 5
Ids = Callable[[], str]
Stamps = Iterator[int]


def seed_batches(org: Org, ids: Ids, paid: Sequence[tuple[Invoice, Payment]]) -> int:
    """Turn every second group of five full payments of bills into a batch. Returns the number of batches."""
    made = 0
    for at in range(0, len(paid) - BATCH + 1, 2 * BATCH):
        members = paid[at : at + BATCH]
        day = max(payment.Date for _, payment in members)
        batch = BatchPayment(ids(), members[0][1].AccountID, "PAYBATCH", day, Decimal(0), Reference=f"RUN {at:05d}")
        for invoice, payment in members:
            payment.BatchPaymentID, payment.Date, invoice.FullyPaidOnDate = batch.BatchPaymentID, day, day
            batch.PaymentIDs.append(payment.PaymentID)
            batch.TotalAmount += payment.Amount
        batch.UpdatedDateUTC = max(payment.UpdatedDateUTC for _, payment in members)
        org.batch_payments.put(batch)
        made += 1
    return made


def seed_credit_notes(org: Org, dice: random.Random, ids: Ids, stamps: Stamps, unpaid: Sequence[Invoice]) -> int:
    """Create a credit note for each of these documents: allocated to it, open, or draft. Returns their number."""
    codes = {True: [line.Code for line in org.accounts if line.Type == "EXPENSE"], False: ["200", "260"]}
    options = tracking_options(org)
    for invoice in unpaid:
        kind = "ACCPAYCREDIT" if invoice.is_bill else "ACCRECCREDIT"
        note = Credit(ids(), kind, invoice.ContactID, invoice.Date + timedelta(days=2), invoice.CurrencyCode)
        note.LineItems = some_lines(org, dice, ids, codes[invoice.is_bill], options)[:1]
        note.SubTotal, note.TotalTax, note.Total = totals(note.LineItems, "Exclusive")
        note.Status = "DRAFT" if dice.random() < 0.15 else "AUTHORISED"
        if invoice.is_bill:
            note.Number = f"C-{invoice.InvoiceNumber}"
        else:
            note.Number = f"CN-{org.next_credit_number:04d}"
            org.next_credit_number += 1
        if note.Status == "AUTHORISED" and dice.random() < 0.7:
            amount = min(note.Total, invoice.AmountDue)
            allocate(note, invoice, Allocation(ids(), invoice.InvoiceID, amount, note.Date), zero_is_paid=True)
        note.UpdatedDateUTC = next(stamps)
        org.index_credit(note)
    return len(unpaid)


def seed_bank(org: Org, dice: random.Random, ids: Ids, stamps: Stamps, contacts: Sequence[str], count: int) -> int:
    """Create `count` transactions: spent, received, a few prepayments, overpayments and transfers. Returns `count`."""
    bank, savings = org.account_by_code["090"], org.account_by_code["091"]
    expenses = [account.Code for account in org.accounts if account.Type == "EXPENSE"]
    kinds = dice.choices(
        ("SPEND", "RECEIVE", "SPEND-PREPAYMENT", "SPEND-OVERPAYMENT", "TRANSFER"), (78, 12, 4, 2, 4), k=count
    )
    for kind in kinds:
        day, stamp = org.today() - timedelta(days=dice.randint(0, 89)), next(stamps)
        if kind == "TRANSFER":
            amount = Decimal(dice.randint(5, 90) * 100)
            moved = BankTransfer(ids(), bank.AccountID, savings.AccountID, amount, day, CreatedDateUTC=stamp)
            moved.FromBankTransactionID = _half(org, ids, moved, bank.AccountID, "SPEND-TRANSFER", stamp)
            moved.ToBankTransactionID = _half(org, ids, moved, savings.AccountID, "RECEIVE-TRANSFER", stamp)
            moved.UpdatedDateUTC = stamp
            org.bank_transfers.put(moved)
            continue
        made = BankTransaction(ids(), kind, dice.choice(contacts), bank.AccountID, day, org.profile.BaseCurrency)
        made.LineItems = some_lines(org, dice, ids, ["200", "260"] if kind == "RECEIVE" else expenses, [])[:1]
        if kind == "SPEND-OVERPAYMENT":
            made.LineAmountTypes = "NoTax"
            for line in made.LineItems:
                line.AccountCode, line.TaxType = org.control_account("CREDITORS").Code, org.no_tax
                line.TaxAmount *= 0
        made.SubTotal, made.TotalTax, made.Total = totals(made.LineItems, made.LineAmountTypes)
        made.IsReconciled, made.UpdatedDateUTC = dice.random() < 0.6, stamp
        if kind not in ("SPEND", "RECEIVE"):
            made.CreditID = _credit(org, ids, made)
        org.bank_transactions.put(made)
    return count


def _half(org: Org, ids: Ids, moved: BankTransfer, account_id: str, kind: str, stamp: int) -> str:
    half = BankTransaction(ids(), kind, "", account_id, moved.Date, org.profile.BaseCurrency, LineAmountTypes="NoTax")
    half.SubTotal = half.Total = moved.Amount
    half.UpdatedDateUTC = stamp
    org.bank_transactions.put(half)
    return half.BankTransactionID


def _credit(org: Org, ids: Ids, made: BankTransaction) -> str:
    credit = Credit(ids(), made.Type, made.ContactID, made.Date, made.CurrencyCode, "AUTHORISED", made.LineAmountTypes)
    credit.LineItems, credit.UpdatedDateUTC = made.LineItems, made.UpdatedDateUTC
    credit.SubTotal, credit.TotalTax, credit.Total = made.SubTotal, made.TotalTax, made.Total
    org.index_credit(credit)
    return credit.CreditID
