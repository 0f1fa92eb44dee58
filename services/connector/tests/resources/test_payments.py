"""Money that moves: payments, batches, bank transactions, transfers."""

from decimal import Decimal
from typing import Any

import pytest

from tieout_connector.xero.accounts import ACCOUNTS
from tieout_connector.xero.allocations import AllocationForm, InvoiceRef, allocations_of
from tieout_connector.xero.bank_transactions import (
    BANK_TRANSACTIONS,
    AccountRef,
    BankTransactionForm,
)
from tieout_connector.xero.bank_transfers import BANK_TRANSFERS, BankTransferDeletion, BankTransferForm
from tieout_connector.xero.batch_payments import BATCH_PAYMENTS, BatchMemberForm, BatchPaymentForm
from tieout_connector.xero.credit_notes import CREDIT_NOTES
from tieout_connector.xero.invoices import INVOICES
from tieout_connector.xero.overpayments import OVERPAYMENTS
from tieout_connector.xero.payments import PAYMENTS, CreditNoteRef, PaymentForm
from tieout_connector.xero.prepayments import PREPAYMENTS
from tieout_schemas.xero import InvoiceStatus
from tieout_schemas.xero_credits import Credited, XeroRefund
from tieout_testing.connector import AtXero

from .forms import BANK, DAY, DELETED, OTHER_BANK, a_bill, a_contact, a_credit, nzd, spent


async def test_a_bill_is_paid_and_the_payment_deleted(xero: AtXero) -> None:
    bill = await a_bill(xero, await a_contact(xero))
    form = PaymentForm(
        invoice=InvoiceRef(invoice_id=bill.xero_id), account=BANK, date=DAY, amount=Decimal("115.00"), reference="P-1"
    )

    made = await xero.create(PAYMENTS, form)
    paid = await xero.one(INVOICES, bill.xero_id)
    deleted = await xero.update(PAYMENTS, DELETED, made.xero_id if made else None)

    assert made
    assert (made.amount, made.reference, paid.status) == (nzd("115.00"), "P-1", InvoiceStatus.PAID)
    assert deleted
    assert [p and p.status for p in await xero.all(PAYMENTS, page=1)] == ["DELETED"] == [deleted.status]
    assert await xero.one(PAYMENTS, made.xero_id) == deleted


async def test_a_refund_is_made_and_is_no_payment_of_a_bill(xero: AtXero) -> None:
    credit = await a_credit(xero, await a_contact(xero))
    form = PaymentForm(
        credit_note=CreditNoteRef(credit_note_id=credit.xero_id), account=BANK, date=DAY, amount=Decimal(46)
    )

    made = await xero.create(PAYMENTS, form)
    refunded = await xero.one(CREDIT_NOTES, credit.xero_id)

    assert isinstance(made, XeroRefund)
    assert (made.credited, made.credit_xero_id) == (Credited.CREDIT_NOTE, credit.xero_id)
    assert (refunded.status, [(one.xero_id, one.amount) for one in refunded.refunds]) == (
        InvoiceStatus.PAID,
        [(made.xero_id, made.amount)],
    )


async def test_bills_are_paid_in_a_batch_that_is_deleted_as_a_whole(xero: AtXero) -> None:
    contact = await a_contact(xero)
    bills = [await a_bill(xero, contact) for _ in range(2)]
    (account,) = await xero.all(ACCOUNTS, where='Code=="090"')
    members = [
        BatchMemberForm(invoice=InvoiceRef(invoice_id=bill.xero_id), amount=Decimal("15.01"), details="Ta")
        for bill in bills
    ]

    made = await xero.create(
        BATCH_PAYMENTS,
        BatchPaymentForm(account=AccountRef(account_id=account.xero_id), date=DAY, payments=tuple(members)),
    )
    read = await xero.one(BATCH_PAYMENTS, made.xero_id)
    deleted = await xero.update(BATCH_PAYMENTS, DELETED, made.xero_id)

    assert (made.type, made.status, made.total, made.date) == ("PAYBATCH", "AUTHORISED", Decimal("30.02"), DAY)
    assert {p.invoice_xero_id for p in read.payments} == {bill.xero_id for bill in bills}
    assert [b.status for b in await xero.all(BATCH_PAYMENTS)] == ["DELETED"] == [deleted.status]


@pytest.mark.parametrize("kind", ["SPEND", "RECEIVE"])
async def test_money_spent_or_received_is_recorded_changed_and_deleted(xero: AtXero, kind: str) -> None:
    contact = await a_contact(xero)
    made = await spent(xero, contact, kind, "20.5555")

    changed = await xero.update(
        BANK_TRANSACTIONS, BankTransactionForm(bank_transaction_id=made.xero_id, reference="R-2")
    )
    await xero.update(
        BANK_TRANSACTIONS, BankTransactionForm(bank_transaction_id=made.xero_id, status=InvoiceStatus.DELETED)
    )

    assert (made.type, made.reference, made.contact_xero_id) == (kind, "R-1", contact.xero_id)
    assert (str(made.lines[0].unit_amount), changed.reference) == ("20.5555", "R-2")
    assert (await xero.one(BANK_TRANSACTIONS, made.xero_id)).status is InvoiceStatus.DELETED
    assert len(await xero.all(BANK_TRANSACTIONS, page=1, where=f'Type=="{kind}"')) == 1


@pytest.mark.parametrize(("kind", "resource"), [("PREPAYMENT", PREPAYMENTS), ("OVERPAYMENT", OVERPAYMENTS)])
async def test_a_credit_that_was_paid_is_read_and_allocated(xero: AtXero, kind: str, resource: Any) -> None:
    contact = await a_contact(xero)
    made, bill = await spent(xero, contact, f"SPEND-{kind}"), await a_bill(xero, contact)
    xero_id = made.prepayment_xero_id or made.overpayment_xero_id
    assert xero_id
    (listed,) = await xero.all(resource, page=1)

    part = AllocationForm(invoice=InvoiceRef(invoice_id=bill.xero_id), amount=Decimal(5), date=DAY)
    await xero.create(allocations_of(resource.name, xero_id), part)
    read = await xero.one(resource, xero_id)

    assert (listed.xero_id, listed.type, listed.remaining) == (xero_id, f"SPEND-{kind}", listed.total)
    assert (read.remaining, read.allocations[0].amount) == (listed.total - nzd("5.00"), nzd("5.00"))
    await xero.delete(allocations_of(resource.name, xero_id), read.allocations[0].xero_id)
    assert not (await xero.one(resource, xero_id)).allocations


async def test_a_transfer_is_made_and_deleted(xero: AtXero) -> None:
    form = BankTransferForm(from_bank_account=BANK, to_bank_account=OTHER_BANK, amount=Decimal("5.50"), date=DAY)

    made = await xero.create(BANK_TRANSFERS, form)
    read = await xero.one(BANK_TRANSFERS, made.xero_id)
    await xero.update(BANK_TRANSFERS, BankTransferDeletion(bank_transfer_id=made.xero_id))

    assert (read.amount, read.date, read.status) == (Decimal("5.50"), DAY, "AUTHORISED")
    assert read.from_account_xero_id != read.to_account_xero_id
    assert [t.status for t in await xero.all(BANK_TRANSFERS, includeDeleted="true")] == ["DELETED"]
