"""Creates and deletes a batch payment, for an app or a person. Source: docs/xero.md 4.6."""

from copy import copy
from decimal import Decimal

from xero_sim.accounting.document_parts import refuse_day
from xero_sim.accounting.payment_changes import chosen_account, delete_payment, make_payment, read_payment
from xero_sim.org import Org
from xero_sim.records.batch_payment import BatchPayment
from xero_sim.records.payment import Payment
from xero_sim.rules import batch_payment as rule
from xero_sim.rules.payment import ACCOUNT_MISSING, refuse_deletion
from xero_sim.sent import Sent


def make_batch(org: Org, sent: Sent) -> BatchPayment | list[str]:
    """Store a batch with all its payments. Returns it, or every reason against it, with nothing stored."""
    account, day = chosen_account(org, sent), sent.day("Date")
    if account is None or day is None:
        return [ACCOUNT_MISSING if account is None else rule.DATE_MISSING]
    shared = {"Account": {"AccountID": account.AccountID}, "Date": day.isoformat()}
    elements = [Sent({**each.form, **shared}, each.path) for each in sent.parts("Payments") or []]
    read = [read_payment(org, each) for each in elements]
    problems = [problem for each in read if isinstance(each, list) for problem in each]
    documents = [each[0] for each in read if not isinstance(each, list)]
    texts = {name: sent.text(name) for name in rule.LENGTHS}
    problems = problems or rule.refuse_batch(documents, org.profile.BaseCurrency, texts)
    if problems:
        return problems
    kind = "PAYBATCH" if documents[0].is_bill else "RECBATCH"
    batch = BatchPayment(org.new_id(), account.AccountID, kind, day, Decimal(0))
    for name, text in texts.items():
        setattr(batch, name, text)
    for element in elements:
        payment = make_payment(org, element, batch_id=batch.BatchPaymentID)
        if isinstance(payment, Payment):
            batch.PaymentIDs.append(payment.PaymentID)
            batch.TotalAmount += payment.Amount
    org.save_batch(batch)
    return batch


def delete_batch(org: Org, batch: BatchPayment) -> BatchPayment | list[str]:
    """Mark a batch and all its payments DELETED. Returns it, or the reason against it, with nothing changed."""
    payments = [org.payments[key] for key in batch.PaymentIDs]
    reconciled = batch.IsReconciled or any(each.IsReconciled for each in payments)
    problem = refuse_deletion(batch.Status, reconciled=reconciled) or refuse_day(org, batch.Date)
    if problem:
        return [problem]
    for payment in payments:
        delete_payment(org, payment, with_batch=True)
    deleted = copy(batch)
    deleted.Status = "DELETED"
    org.save_batch(deleted)
    return deleted
