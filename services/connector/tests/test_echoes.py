"""An echo of our own write costs no call where the answer showed the record; each change by others is read."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tieout_connector.xero import wire
from tieout_schemas.signals import Webhook, XeroKind
from tieout_schemas.writes import Lane
from tieout_schemas.xero import InvoiceType, XeroContact, XeroInvoice
from tieout_testing.connector import ConnectorHarness, bill_intent, contact_intent, payment_intent

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-9"), pytest.mark.rule("SYS-1")]
NONE_DUE = "select count(*) from read_request"
ASKED = "select xero_id::text from read_request"
IDS = {"CONTACT": "ContactID", "INVOICE": "InvoiceID", "PAYMENT": "PaymentID"}


async def echo(
    harness: ConnectorHarness, category: str, raw: dict[str, Any], at: datetime | None = None, **more: Any
) -> None:
    """Xero announces the last change of a record; `at`: with this moment instead of its time of change."""
    await harness.deliver(
        Webhook(
            org_id=UUID(harness.org_id), category=category, resource_id=UUID(raw[IDS[category]]), event_type="UPDATE",
            event_at=at or wire.instant(raw["UpdatedDateUTC"]), **more,
        )
    )  # fmt: skip


async def reads(harness: ConnectorHarness) -> int:
    return sum(call["method"] == "GET" for call in await harness.control.calls())


async def write(harness: ConnectorHarness, *intents: Any) -> None:
    await harness.deliver(*intents)
    async with harness.working():
        await harness.results(len(intents))


async def test_the_echoes_of_new_records_cost_no_call(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await write(harness, contact_intent("Kea"), contact_intent("Tui"))
    contacts = await harness.xero("Contacts")
    await harness.deliver(bill_intent(contacts[0]["ContactID"]))
    async with harness.working():
        await harness.until("select count(*) from intent where state <> 'done'", 0)
    (bill,) = await harness.xero("Invoices")
    before = await reads(harness)

    for raw in contacts:
        await echo(harness, "CONTACT", raw)
    await echo(harness, "INVOICE", bill)
    await echo(harness, "INVOICE", bill)

    assert await harness.sql(ASKED) == []
    assert await reads(harness) == before


async def test_an_echo_that_comes_before_the_answer_is_forgotten_with_it(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    process, at = await harness.owner()
    real = process.api.call

    async def announced_first(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        (raw,) = await harness.xero("Contacts")
        await echo(harness, "CONTACT", raw)
        assert len(await harness.sql(ASKED)) == 1
        return answer

    monkeypatch.setattr(process.api, "call", announced_first)  # the event comes before the answer is stored
    await harness.deliver(contact_intent("Kea"))
    await harness.send(process, at, Lane.WRITE)

    assert len(await harness.published(XeroContact)) == 1
    assert await harness.sql(ASKED) == []


async def test_a_change_by_somebody_else_in_the_second_of_our_write_is_read(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    # Xero still dates each change of a record later than the one before.
    await harness.control.freeze()
    await write(harness, contact_intent("Kea"))
    (ours,) = await harness.xero("Contacts")
    await harness.control.act(harness.org_id, "edit_contact", ContactID=ours["ContactID"], Name="Kea Ltd")
    (theirs,) = await harness.xero("Contacts")

    await echo(harness, "CONTACT", theirs)
    await echo(harness, "CONTACT", ours)
    async with harness.working():
        await harness.until(NONE_DUE, 0)

    assert [said.name for said in await harness.published(XeroContact)] == ["Kea", "Kea Ltd"]


async def test_an_event_to_the_second_is_read(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await write(harness, contact_intent("Kea"))
    (raw,) = await harness.xero("Contacts")

    await echo(harness, "CONTACT", raw, wire.instant(raw["UpdatedDateUTC"]).replace(microsecond=0))

    assert await harness.sql(ASKED) == [(raw["ContactID"],)]


async def test_what_somebody_else_asks_for_is_read_although_the_echo_of_it_is_not(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact_id = await harness.their_contact()
    bill_id = await harness.their_bill(contact_id)
    # The answer to a payment shows only part of its bill.
    await write(harness, payment_intent(bill_id))
    async with harness.working():
        await harness.until(NONE_DUE, 0)
    (bill,), (payment,) = await harness.xero("Invoices"), await harness.xero("Payments")
    before = await reads(harness)

    await echo(harness, "PAYMENT", payment)
    await echo(harness, "INVOICE", bill)

    assert await harness.sql(ASKED) == []
    assert await reads(harness) == before
    assert (await harness.published(XeroInvoice))[-1].amount_paid.amount > 0


async def test_late_and_repeated_events_of_a_state_that_was_read_cost_no_call(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact_id = await harness.their_contact()
    (first,) = await harness.xero("Contacts")
    await harness.control.advance(timedelta(seconds=5))
    await harness.control.act(harness.org_id, "edit_contact", ContactID=contact_id, Name="Kea Ltd")
    (last,) = await harness.xero("Contacts")
    await echo(harness, "CONTACT", last)
    async with harness.working():
        await harness.until(NONE_DUE, 0)

    for raw in (last, first, last):
        await echo(harness, "CONTACT", raw)

    assert await harness.sql(ASKED) == []


async def sales_invoices(harness: ConnectorHarness, *, synced: bool) -> list[dict[str, Any]]:
    """Two sales invoices in Xero, of a tenant that syncs invoices or not."""
    await harness.connect_idle()
    await harness.sql(f"update settings set doc = doc || '{{\"invoices\": {str(synced).lower()}}}'")
    contact_id = await harness.their_contact()
    for number in ("S-1", "S-2"):
        await harness.their_bill(contact_id, do="create_sales_invoice", InvoiceNumber=number)
    return await harness.xero("Invoices")


WAITING = "select due_at > now() + interval '4 minutes' from read_request"


async def test_changes_of_sales_invoices_that_are_not_synced_wait_for_one_call(harness: ConnectorHarness) -> None:
    known, new = await sales_invoices(harness, synced=False)
    await echo(harness, "INVOICE", known)
    async with harness.working():
        await harness.until(NONE_DUE, 0)
    assert [said.type for said in await harness.published(XeroInvoice)] == [InvoiceType.ACCREC]

    for later in range(1, 4):
        await echo(harness, "INVOICE", known, harness.clock() + timedelta(minutes=later))
    # Xero names the type of a document that was never read.
    await echo(harness, "INVOICE", new, document_type="ACCREC")

    assert await harness.sql(WAITING) == [(True,), (True,)]
    await harness.ask(XeroKind.INVOICE, known["InvoiceID"])
    assert sorted(await harness.sql(WAITING)) == [(False,), (True,)]


@pytest.mark.parametrize(("synced", "document_type"), [(True, "ACCREC"), (False, "ACCPAY"), (False, None)])
async def test_other_invoices_are_read_at_once(
    harness: ConnectorHarness, document_type: str | None, *, synced: bool
) -> None:
    new, _ = await sales_invoices(harness, synced=synced)

    await echo(harness, "INVOICE", new, document_type=document_type)

    assert await harness.sql(WAITING) == [(False,)]
