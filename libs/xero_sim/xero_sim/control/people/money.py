"""What a person does with payments, batches and bank accounts."""

from copy import copy

from xero_sim.accounting.bank_transaction_changes import write_bank_transaction
from xero_sim.accounting.bank_transfer_changes import delete_transfer, make_transfer
from xero_sim.accounting.batch_payment_changes import delete_batch, make_batch
from xero_sim.accounting.payment_changes import delete_payment, make_payment
from xero_sim.control.people.refusal import Refusal, done, named
from xero_sim.org import Org
from xero_sim.records.credit import ID_NAMES
from xero_sim.sent import Sent
from xero_sim.wire import Json

BANK = {"Code": "090"}
_COPIED = ("Date", "Reference", "IsReconciled", "CurrencyRate", "BankAmount")


def pay_invoice(org: Org, sent: Json) -> str:
    """Pay a document: the whole amount due, today, from account 090, unless other values are sent."""
    invoice = named(org.invoices, sent, "InvoiceID")
    return _pay(org, sent, "Invoice", {"InvoiceID": invoice.InvoiceID}, str(invoice.AmountDue))


def refund_credit(org: Org, sent: Json) -> str:
    """Refund a credit (`CreditNoteID`, `PrepaymentID` or `OverpaymentID`): what remains, today, to account 090."""
    for resource, name in ID_NAMES.items():
        if name in sent:
            credit = named(org.tables[resource], sent, name)
            return _pay(org, sent, resource[:-1], {name: credit.CreditID}, str(credit.RemainingCredit))
    raise Refusal([f"One of {', '.join(ID_NAMES.values())} must be given"])


def remove_payment(org: Org, sent: Json) -> str:
    """Delete a payment."""
    return done(delete_payment(org, named(org.payments, sent, "PaymentID"))).PaymentID


def reconcile_payment(org: Org, sent: Json) -> str:
    """Reconcile a payment with a bank line; `IsReconciled` false undoes it."""
    payment = copy(named(org.payments, sent, "PaymentID"))
    payment.IsReconciled = bool(sent.get("IsReconciled", True))
    org.save_payment(payment)
    return payment.PaymentID


def unreconcile_payment(org: Org, sent: Json) -> str:
    """Undo the reconciliation of a payment."""
    return reconcile_payment(org, {**sent, "IsReconciled": False})


def create_batch_payment(org: Org, sent: Json) -> str:
    """Pay several bills (`InvoiceIDs`, or `Payments` as in the API) in one batch: fully, today, from account 090."""
    payments = sent.get("Payments") or [
        {"Invoice": {"InvoiceID": key}, "Amount": str(named(org.invoices, {"InvoiceID": key}, "InvoiceID").AmountDue)}
        for key in sent.get("InvoiceIDs", ())
    ]
    form = {"Account": BANK, "Date": org.today().isoformat(), **sent, "Payments": payments}
    return done(make_batch(org, Sent(form, "BatchPayment"))).BatchPaymentID


def remove_batch_payment(org: Org, sent: Json) -> str:
    """Delete a batch and all its payments."""
    return done(delete_batch(org, named(org.batch_payments, sent, "BatchPaymentID"))).BatchPaymentID


def reconcile_batch_payment(org: Org, sent: Json) -> str:
    """Reconcile a batch, and each of its payments, with a bank line; `IsReconciled` false undoes it."""
    batch = copy(named(org.batch_payments, sent, "BatchPaymentID"))
    batch.IsReconciled = bool(sent.get("IsReconciled", True))
    for key in batch.PaymentIDs:
        reconcile_payment(org, {"PaymentID": key, "IsReconciled": batch.IsReconciled})
    org.save_batch(batch)
    return batch.BatchPaymentID


def create_bank_transaction(org: Org, sent: Json) -> str:
    """Spend money from account 090, or what `Type` and `BankAccount` say. Some types make a prepayment."""
    form = {"Type": "SPEND", "BankAccount": BANK, **sent}
    return done(write_bank_transaction(org, None, Sent(form, "BankTransaction"))).BankTransactionID


def delete_bank_transaction(org: Org, sent: Json) -> str:
    """Delete a bank transaction, and the prepayment or overpayment that it made."""
    old = named(org.bank_transactions, sent, "BankTransactionID")
    outcome = write_bank_transaction(org, old, Sent({"Status": "DELETED"}, "BankTransaction"))
    return done(outcome).BankTransactionID


def reconcile_bank_transaction(org: Org, sent: Json) -> str:
    """Reconcile a bank transaction with a bank line; `IsReconciled` false undoes it."""
    transaction = copy(named(org.bank_transactions, sent, "BankTransactionID"))
    transaction.IsReconciled = bool(sent.get("IsReconciled", True))
    org.save_bank_transaction(transaction)
    return transaction.BankTransactionID


def transfer_money(org: Org, sent: Json) -> str:
    """Move `Amount` from `FromBankAccount` to `ToBankAccount`."""
    return done(make_transfer(org, Sent(sent, "BankTransfer"))).BankTransferID


def delete_bank_transfer(org: Org, sent: Json) -> str:
    """Delete a transfer and both its halves."""
    return done(delete_transfer(org, named(org.bank_transfers, sent, "BankTransferID"))).BankTransferID


def _pay(org: Org, sent: Json, kind: str, document: Json, outstanding: str) -> str:
    form: Json = {
        kind: document,
        "Account": sent.get("Account") or BANK,
        "Amount": outstanding if sent.get("Amount") is None else sent["Amount"],
        **{key: sent[key] for key in _COPIED if key in sent},
    }
    return done(make_payment(org, Sent(form, "Payment"))).PaymentID
