"""Credit notes, prepayments and overpayments come from Xero with what is used of them."""

from decimal import Decimal
from uuid import UUID

import pytest

from tieout_schemas.signals import Webhook
from tieout_schemas.xero import XeroPayment
from tieout_schemas.xero_credits import Credited, XeroCreditNote, XeroRefund
from tieout_testing.connector import ConnectorHarness

pytestmark = pytest.mark.real
STATE = "select state from connection"


async def with_credits(harness: ConnectorHarness) -> tuple[str, str, str]:
    """A tenant that is about to import a bill and an open credit note, and not a used one: their ids."""
    org_id = await harness.control.create_org("Kauri Ltd")
    contact = await harness.their_contact("Paper Ltd", org_id)
    bill, other = [await harness.their_bill(contact, org_id=org_id, InvoiceNumber=number) for number in ("B-1", "B-2")]
    kind = {"do": "create_credit_note", "Type": "ACCPAYCREDIT"}
    opened, used = [await harness.their_bill(contact, org_id=org_id, **kind) for _ in range(2)]
    amount = str((await harness.xero("CreditNotes", org_id))[0]["RemainingCredit"])
    await harness.control.act(org_id, "allocate_credit", CreditNoteID=used, InvoiceID=other, Amount=amount)
    await harness.connect(org_id)
    return bill, opened, used


@pytest.mark.rule("CRED-1")
async def test_open_credit_notes_are_imported_and_a_webhook_brings_what_is_used_later(
    harness: ConnectorHarness,
) -> None:
    bill, opened, _ = await with_credits(harness)
    told = Webhook(
        org_id=UUID(harness.org_id),
        category="CREDITNOTE",
        event_type="UPDATE",
        resource_id=UUID(opened),
        event_at=harness.clock(),
    )

    async with harness.working():
        await harness.until(STATE, "connected")
        imported = await harness.published(XeroCreditNote)
        part = {"CreditNoteID": opened, "InvoiceID": bill, "Amount": "10.00"}
        await harness.control.act(harness.org_id, "allocate_credit", **part)
        await harness.deliver(told)
        await harness.until("select count(*) from read_request", 0)
        changed = (await harness.published(XeroCreditNote))[len(imported) :]

    assert [str(one.xero_id) for one in imported] == [opened]
    assert (imported[0].remaining, imported[0].allocations) == (imported[0].total, ())
    (one,) = changed
    assert one.remaining.amount == imported[0].total.amount - 10
    assert [(str(part.invoice_xero_id), part.amount.amount) for part in one.allocations] == [(bill, Decimal("10.00"))]


@pytest.mark.rule("PAY-13")
async def test_a_refund_is_published_as_a_refund_and_not_as_a_payment(harness: ConnectorHarness) -> None:
    _, opened, _ = await with_credits(harness)
    await harness.control.act(harness.org_id, "refund_credit", CreditNoteID=opened, Amount="5.00")

    async with harness.working():
        await harness.until(STATE, "connected")

    (refund,) = await harness.published(XeroRefund)
    assert (refund.credited, str(refund.credit_xero_id)) == (Credited.CREDIT_NOTE, opened)
    assert refund.amount.amount == 5
    assert await harness.published(XeroPayment) == []
