"""Transfers and batch payments come from Xero, and their deletion too."""

import pytest

from tieout_schemas.xero import XeroPayment
from tieout_schemas.xero_bank import XeroBankTransfer, XeroBatchPayment
from tieout_testing.connector import ConnectorHarness

pytestmark = pytest.mark.real
STATE = "select state from connection"


@pytest.mark.rule("PAY-2", "PAY-5", "SYS-10")
async def test_transfers_and_batches_are_read_and_so_is_that_they_were_deleted(harness: ConnectorHarness) -> None:
    org_id = await harness.control.create_org("Kauri Ltd")
    contact = await harness.their_contact("Paper Ltd", org_id)
    bills = [await harness.their_bill(contact, org_id=org_id, InvoiceNumber=number) for number in ("B-1", "B-2")]
    await harness.connect(org_id)
    today = str(harness.clock().date())

    async with harness.working():
        await harness.until(STATE, "connected")
        accounts = [row["AccountID"] for row in await harness.xero("Accounts") if row["Type"] == "BANK"][:2]
        transfer = await harness.control.act(
            org_id, "transfer_money", FromBankAccount={"AccountID": accounts[0]}, Date=today,
            ToBankAccount={"AccountID": accounts[1]}, Amount="20.00",
        )  # fmt: skip
        batch = await harness.control.act(
            org_id, "create_batch_payment", Account={"AccountID": accounts[0]}, Date=today,
            Payments=[{"Invoice": {"InvoiceID": bill}, "Amount": "10.00"} for bill in bills],
        )  # fmt: skip
        await harness.poll()
        await harness.control.act(org_id, "delete_bank_transfer", BankTransferID=transfer)
        await harness.control.act(org_id, "remove_batch_payment", BatchPaymentID=batch)
        await harness.poll()

    transfers, batches = await harness.published(XeroBankTransfer), await harness.published(XeroBatchPayment)
    assert [(str(one.xero_id), one.status) for one in transfers] == [(transfer, "AUTHORISED"), (transfer, "DELETED")]
    assert [(str(one.xero_id), one.status) for one in batches] == [(batch, "AUTHORISED"), (batch, "DELETED")]
    made = [one.xero_id for one in await harness.published(XeroPayment) if one.status == "AUTHORISED"]
    assert {one.payment_xero_id for one in batches[0].payments} == set(made)
