"""What is asked for is read in few calls, and what was read is said once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_connector.inbound import snapshots
from tieout_connector.inbound.snapshots import ObservedRecord, RecordLink
from tieout_kit.clock import utc_now
from tieout_kit.events import Cause
from tieout_schemas.payload import RecordRef
from tieout_schemas.signals import Refresh, Webhook, XeroKind
from tieout_schemas.writes import Outcome
from tieout_schemas.xero import InvoiceType, XeroContact, XeroInvoice, XeroPayment
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real
NONE_DUE = "select count(*) from read_request"


def webhook(
    harness: ConnectorHarness, resource_id: str, category: str = "CONTACT", org_id: str | None = None
) -> Webhook:
    return Webhook(
        org_id=UUID(org_id or harness.org_id), category=category, resource_id=UUID(resource_id), event_type="UPDATE",
        event_at=utc_now(),
    )  # fmt: skip


async def take(harness: ConnectorHarness, *seen: ObservedRecord) -> list[int]:
    async with harness.database.transaction() as tx:
        taken = await snapshots.store(tx, harness.tenant_id, seen)
    return [sequence for sequence in taken.sequences if sequence]


def contact(name: str = "Kea", xero_id: UUID | None = None) -> XeroContact:
    return XeroContact(xero_id=xero_id or UUID(int=7), updated_at=utc_now(), name=name, status="ACTIVE")


async def test_the_same_content_says_nothing_though_updated_date_moved(harness: ConnectorHarness) -> None:
    first = await take(harness, ObservedRecord(contact(), Cause.request()))
    again = await take(harness, ObservedRecord(contact(), Cause.request()))

    assert first == again
    assert len(await harness.published(XeroContact)) == 1


async def test_changed_content_gets_a_higher_sequence_even_when_the_clock_went_back(harness: ConnectorHarness) -> None:
    (first,) = await take(harness, ObservedRecord(contact(), Cause.request()))
    harness.clock.ahead = timedelta(hours=-1)
    (then,) = await take(harness, ObservedRecord(contact("Kea Ltd"), Cause.request()))

    assert then > first
    assert [sequence for sequence, _ in await harness.events(XeroContact)] == [first, then]


async def test_a_record_known_to_be_ours_bears_its_id_from_then_on(harness: ConnectorHarness) -> None:
    ours = uuid4()
    link = RecordLink(RecordRef(kind="contact", id=ours), "contact", made=True)
    await take(harness, ObservedRecord(contact(), Cause.request()))
    await take(harness, ObservedRecord(contact(), Cause.request(), link=link))
    await take(harness, ObservedRecord(contact("Kea Ltd"), Cause.request()))

    assert [said.record_id for said in await harness.published(XeroContact)] == [None, ours, ours]


async def test_many_are_taken_at_once_and_a_record_seen_twice_is_said_as_last_seen(harness: ConnectorHarness) -> None:
    many = [ObservedRecord(contact(f"C{i}", UUID(int=i % 50)), Cause.request()) for i in range(100)]

    assert len(await take(harness, *many)) == 100
    assert len(await harness.published(XeroContact)) == 50
    assert {said.name for said in await harness.published(XeroContact)} == {f"C{i}" for i in range(50, 100)}


async def test_a_hundred_webhooks_of_one_record_cause_few_calls(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact_id = await harness.their_contact()
    async with harness.working():
        for _ in range(100):
            await harness.deliver(webhook(harness, contact_id))
        await harness.until(NONE_DUE, 0)

    assert len(await harness.control.calls(path="Contacts")) < 40
    assert len(await harness.published(XeroContact)) == 1


async def test_what_is_asked_for_while_it_is_read_is_read_once_more(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    contact_id = await harness.their_contact("Kea")
    process = harness.process()
    real = process.api.call

    async def meanwhile(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        monkeypatch.setattr(process.api, "call", real)
        await harness.control.act(harness.org_id, "edit_contact", ContactID=contact_id, Name="Kea Ltd")
        await harness.deliver(webhook(harness, contact_id))
        return answer

    monkeypatch.setattr(process.api, "call", meanwhile)
    await harness.deliver(webhook(harness, contact_id))
    async with harness.working(process):
        await harness.until(NONE_DUE, 0)

    assert [said.name for said in await harness.published(XeroContact)] == ["Kea", "Kea Ltd"]


@pytest.mark.parametrize("kind", [XeroKind.CONTACT, XeroKind.INVOICE, XeroKind.PAYMENT])
async def test_an_unknown_id_does_not_keep_the_others_back(harness: ConnectorHarness, kind: XeroKind) -> None:
    await harness.connect_idle()
    contact_id = await harness.their_contact()
    bill_id = await harness.their_bill(contact_id)
    payment_id = await harness.control.act(harness.org_id, "pay_invoice", InvoiceID=bill_id)
    known = {XeroKind.CONTACT: contact_id, XeroKind.INVOICE: bill_id, XeroKind.PAYMENT: payment_id}[kind]
    await harness.ask(kind, str(uuid4()), known, str(uuid4()))

    async with harness.working():
        await harness.until(NONE_DUE, 0)

    kinds: dict[str, Any] = {kind.kind: kind for kind in (XeroContact, XeroInvoice, XeroPayment)}
    said: list[Any] = await harness.published(kinds[kind])
    assert [str(one.xero_id) for one in said] == [known]


async def test_a_record_nobody_can_read_does_not_keep_the_others_back(
    harness: ConnectorHarness, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    good, odd = await harness.their_contact("Good"), await harness.their_contact("Odd One")
    process = harness.process()
    real = process.api.call

    async def with_a_new_status(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        for raw in answer.json["Contacts"]:
            if raw["ContactID"] == odd:
                raw["ContactStatus"] = "ASLEEP"
        return answer

    monkeypatch.setattr(process.api, "call", with_a_new_status)
    await harness.ask(XeroKind.CONTACT, good, odd)
    async with harness.working(process):
        await harness.until(NONE_DUE, 0)

    assert [str(said.xero_id) for said in await harness.published(XeroContact)] == [good]
    printed = capsys.readouterr().out
    assert odd in printed
    assert "Odd One" not in printed


async def test_an_echo_waits_for_the_answer_and_then_bears_our_record(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.control.add_fault("lost", times=1, method="PUT")
    intent = contact_intent("Kea")
    await harness.deliver(intent)
    async with harness.working(harness.process(read_echo_after=timedelta(seconds=0.2))):
        await harness.until("select count(*) from call", 1)
        (made,) = await harness.xero("Contacts")
        await harness.deliver(webhook(harness, made["ContactID"]))
        await harness.until("select asked >= 1 and due_at > now() from read_request", True)
        assert await harness.published(XeroContact) == []

        (result,) = await harness.results(1)
        await harness.until(NONE_DUE, 0)

    assert result.outcome is Outcome.DONE
    (said,) = await harness.published(XeroContact)
    assert said.record_id == intent.record.id


async def test_a_sales_invoice_is_said_without_harm(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    invoice = await harness.their_bill(await harness.their_contact(), do="create_sales_invoice")
    await harness.deliver(webhook(harness, invoice, "INVOICE"))

    async with harness.working():
        await harness.until(NONE_DUE, 0)

    (said,) = await harness.published(XeroInvoice)
    assert said.type is InvoiceType.ACCREC


async def test_webhooks_of_others_and_of_unknown_categories_ask_for_nothing(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    resource = str(uuid4())
    odd = [webhook(harness, resource, org_id=str(uuid4())), webhook(harness, resource, "QUOTE")]

    await harness.deliver(*odd)

    assert await harness.sql(NONE_DUE) == [(0,)]


async def test_duplicates_and_disorder_of_webhooks_change_nothing(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    ids = [await harness.their_contact(name) for name in ("Kea", "Tui")]
    events = [webhook(harness, resource) for resource in (*ids, *reversed(ids))]

    async with harness.working():
        await harness.deliver(*events)
        await harness.until(NONE_DUE, 0)
        await harness.deliver(*reversed(events))
        await harness.until(NONE_DUE, 0)

    assert sorted(said.name for said in await harness.published(XeroContact)) == ["Kea", "Tui"]


async def test_a_domain_may_ask_for_a_record_again(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    contact_id = await harness.their_contact()

    async with harness.working():
        await harness.deliver(Refresh(xero_kind=XeroKind.CONTACT, xero_id=UUID(contact_id)))
        await harness.until(NONE_DUE, 0)

    assert [str(said.xero_id) for said in await harness.published(XeroContact)] == [contact_id]
