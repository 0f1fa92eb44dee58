"""Xero's own SDK on payments, batches, bank transactions, transfers, prepayments and overpayments."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    Allocation,
    Allocations,
    BankTransaction,
    BankTransactions,
    BankTransfer,
    BankTransferDeleteByUrlParam,
    BankTransfers,
    BatchPayment,
    BatchPaymentDelete,
    BatchPaymentDeleteByUrlParam,
    BatchPayments,
    Contact,
    Invoice,
    Invoices,
    LineItem,
    Payment,
    PaymentDelete,
    Payments,
)
from xero_python.exceptions import AccountingBadRequestException

Sdk = Callable[..., Any]
DAY = date(2026, 9, 14)
BANK, SAVINGS = Account(code="090"), Account(code="091")


def bill(sdk: Sdk) -> Invoice:
    """115.00 due."""
    line = LineItem(description="Paper", quantity=Decimal(1), unit_amount=Decimal(100), account_code="453")
    sent = Invoice(type="ACCPAY", status="AUTHORISED", date=DAY, due_date=DAY, contact=Contact(name="Paper Ltd"))
    sent.line_items = [line]
    (made,) = sdk("create_invoices", Invoices(invoices=[sent])).invoices
    return made


def payment_of(invoice: Invoice, amount: str) -> Payment:
    named = Invoice(invoice_id=invoice.invoice_id)
    return Payment(invoice=named, account=BANK, amount=Decimal(amount), date=DAY, reference="TO-1")


def bank_transaction(sdk: Sdk, kind: str, **changes: object) -> BankTransaction:
    code = "453" if kind.startswith("SPEND") else "200"
    line = LineItem(description="Cash", quantity=Decimal(1), unit_amount=Decimal(100), account_code=code)
    usual = {"contact": Contact(name="Paper Ltd"), "bank_account": BANK, "date": DAY, "line_items": [line]}
    sent = BankTransactions(bank_transactions=[BankTransaction(type=kind, **{**usual, **changes})])
    (made,) = sdk("create_bank_transactions", sent).bank_transactions
    return made


def test_a_bill_is_paid_in_two_parts_and_one_is_deleted(sdk: Sdk) -> None:
    owed = bill(sdk)

    (first,) = sdk("create_payment", payment_of(owed, "15.00")).payments
    (second,) = sdk("create_payments", Payments(payments=[payment_of(owed, "100.00")])).payments
    (paid,) = sdk("get_invoice", owed.invoice_id).invoices
    (gone,) = sdk("delete_payment", first.payment_id, PaymentDelete(status="DELETED")).payments
    (read,) = sdk("get_payment", second.payment_id).payments

    assert (first.payment_type, first.status, first.amount, first.date) == ("ACCPAYPAYMENT", "AUTHORISED", 15, DAY)
    assert (paid.status, paid.amount_due, paid.fully_paid_on_date) == ("PAID", 0, DAY)
    assert {each.payment_id for each in paid.payments} == {first.payment_id, second.payment_id}
    assert (gone.status, gone.invoice.status, gone.invoice.amount_due) == ("DELETED", "AUTHORISED", 15)
    assert (read.reference, read.account.code, read.invoice.invoice_id) == ("TO-1", "090", owed.invoice_id)
    assert isinstance(read.updated_date_utc, datetime)
    listed = sdk("get_payments", where='Status=="AUTHORISED"', page=1, page_size=10)
    assert [each.payment_id for each in listed.payments] == [second.payment_id]


def test_too_much_is_refused_in_the_sdks_own_terms(sdk: Sdk) -> None:
    with pytest.raises(AccountingBadRequestException) as refused:
        sdk("create_payment", payment_of(bill(sdk), "115.01"))

    assert refused.value.reason == "Payment amount exceeds the amount outstanding on this document"


def test_a_batch_pays_several_bills_and_is_deleted_as_a_whole(sdk: Sdk) -> None:
    owed = [bill(sdk), bill(sdk)]
    (account,) = sdk("get_accounts", where='Code=="090"').accounts
    members = [Payment(invoice=Invoice(invoice_id=each.invoice_id), amount=Decimal(115)) for each in owed]
    sent = BatchPayment(account=Account(account_id=account.account_id), date=DAY, payments=members, reference="Run 7")

    def batch() -> BatchPayment:
        (made,) = sdk("create_batch_payment", BatchPayments(batch_payments=[sent])).batch_payments
        return made

    made = batch()
    (read,) = sdk("get_batch_payment", made.batch_payment_id).batch_payments
    (paid,) = sdk("get_payments", where=f'Invoice.InvoiceID==guid("{owed[0].invoice_id}")').payments
    gone = BatchPaymentDeleteByUrlParam(status="DELETED")
    sdk("delete_batch_payment_by_url_param", made.batch_payment_id, gone)
    again = batch()
    listed = BatchPaymentDelete(batch_payment_id=again.batch_payment_id, status="DELETED")
    (deleted,) = sdk("delete_batch_payment", listed).batch_payments

    assert (read.type, read.status) == ("PAYBATCH", "AUTHORISED")
    assert read.total_amount == 230
    assert paid.batch_payment.batch_payment_id == made.batch_payment_id
    assert deleted.status == "DELETED"
    assert {each.status for each in sdk("get_batch_payments").batch_payments} == {"DELETED"}
    assert sdk("get_invoice", owed[0].invoice_id).invoices[0].amount_due == 115


def test_money_is_spent_and_received_listed_changed_and_deleted(sdk: Sdk) -> None:
    spent, received = bank_transaction(sdk, "SPEND"), bank_transaction(sdk, "RECEIVE", reference="Interest")

    (read,) = sdk("get_bank_transaction", spent.bank_transaction_id).bank_transactions
    listed = sdk("get_bank_transactions", where='Type=="RECEIVE"', page=1, page_size=5).bank_transactions
    # The SDK's model insists on what a change of the reference alone does not need.
    same = {"bank_account": BANK, "line_items": read.line_items, "contact": read.contact}
    change = BankTransactions(bank_transactions=[BankTransaction(type="SPEND", reference="Stamps", **same)])
    (changed,) = sdk("update_bank_transaction", spent.bank_transaction_id, change).bank_transactions
    end = BankTransaction(type="RECEIVE", status="DELETED", **{**same, "line_items": received.line_items})
    end.bank_transaction_id = received.bank_transaction_id
    (gone,) = sdk("update_or_create_bank_transactions", BankTransactions(bank_transactions=[end])).bank_transactions

    assert (read.status, read.total, read.is_reconciled, read.date) == ("AUTHORISED", Decimal(115), False, DAY)
    assert read.bank_account.code == "090"
    assert [each.reference for each in listed] == ["Interest"]
    assert (changed.reference, gone.status) == ("Stamps", "DELETED")


def test_money_is_moved_between_accounts_and_back(sdk: Sdk) -> None:
    sent = BankTransfer(from_bank_account=BANK, to_bank_account=SAVINGS, amount=Decimal("50.00"), date=DAY)

    (made,) = sdk("create_bank_transfer", BankTransfers(bank_transfers=[sent])).bank_transfers
    (read,) = sdk("get_bank_transfer", made.bank_transfer_id).bank_transfers
    (half,) = sdk("get_bank_transaction", made.from_bank_transaction_id).bank_transactions
    gone = BankTransferDeleteByUrlParam(status="DELETED")
    (deleted,) = sdk("delete_bank_transfer", made.bank_transfer_id, gone).bank_transfers

    assert (read.amount, read.date, read.from_bank_account.code) == (50, DAY, "090")
    assert half.type == "SPEND-TRANSFER"
    assert deleted.status == "DELETED"
    assert sdk("get_bank_transfers").bank_transfers == []


@pytest.mark.parametrize(
    ("kind", "read_one", "read_all", "allocate", "take_back", "name"),
    [
        (
            "SPEND-PREPAYMENT",
            "get_prepayment",
            "get_prepayments",
            "create_prepayment_allocations",
            "delete_prepayment_allocations",
            "prepayment",
        ),
        (
            "SPEND-OVERPAYMENT",
            "get_overpayment",
            "get_overpayments",
            "create_overpayment_allocations",
            "delete_overpayment_allocations",
            "overpayment",
        ),
    ],
)
def test_what_was_paid_before_or_too_much_is_allocated_to_a_bill_and_taken_back(
    sdk: Sdk, kind: str, read_one: str, read_all: str, allocate: str, take_back: str, name: str
) -> None:
    more: dict[str, object] = {}
    if name == "overpayment":
        more["line_items"] = [LineItem(description="Too much", unit_amount=Decimal(115), quantity=Decimal(1))]
    made, owed = bank_transaction(sdk, kind, **more), bill(sdk)
    key = getattr(made, f"{name}_id")

    def read() -> Any:
        (one,) = getattr(sdk(read_one, key), f"{name}s")
        return one

    before = read()
    sent = Allocation(amount=Decimal("40.00"), date=DAY, invoice=Invoice(invoice_id=owed.invoice_id))
    (done,) = sdk(allocate, key, Allocations(allocations=[sent])).allocations
    used = read()
    (lower,) = sdk("get_invoice", owed.invoice_id).invoices
    # Not parsed: the SDK takes Xero's answer for an Allocation, which it is not (xero-python#159).
    sdk(take_back, key, used.allocations[0].allocation_id, _preload_content=False)

    assert (before.type, before.status, before.remaining_credit) == (kind, "AUTHORISED", before.total)
    assert done.amount == 40
    assert used.remaining_credit == before.total - 40
    assert (lower.amount_due, lower.amount_credited) == (75, 40)
    assert read().remaining_credit == before.total
    assert [getattr(each, f"{name}_id") for each in getattr(sdk(read_all, page=1), f"{name}s")] == [key]
