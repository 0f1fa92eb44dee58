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


def webhook(stage: ConnectorHarness, resource_id: str, category: str = "CONTACT", org_id: str | None = None) -> Webhook:
    return Webhook(
        org_id=UUID(org_id or stage.org_id), category=category, resource_id=UUID(resource_id), event_type="UPDATE",
        event_at=utc_now(),
    )  # fmt: skip


async def take(stage: ConnectorHarness, *seen: ObservedRecord) -> list[int]:
    async with stage.database.transaction() as tx:
        taken = await snapshots.store(tx, stage.tenant_id, seen)
    return [sequence for sequence in taken.sequences if sequence]


def contact(name: str = "Kea", xero_id: UUID | None = None) -> XeroContact:
    return XeroContact(xero_id=xero_id or UUID(int=7), updated_at=utc_now(), name=name, status="ACTIVE")


async def test_the_same_content_says_nothing_though_updated_date_moved(stage: ConnectorHarness) -> None:
    first = await take(stage, ObservedRecord(contact(), Cause.request()))
    again = await take(stage, ObservedRecord(contact(), Cause.request()))

    assert first == again
    assert len(await stage.published(XeroContact)) == 1


async def test_changed_content_gets_a_higher_sequence_even_when_the_clock_went_back(stage: ConnectorHarness) -> None:
    (first,) = await take(stage, ObservedRecord(contact(), Cause.request()))
    stage.clock.ahead = timedelta(hours=-1)
    (then,) = await take(stage, ObservedRecord(contact("Kea Ltd"), Cause.request()))

    assert then > first
    assert [sequence for sequence, _ in await stage.events(XeroContact)] == [first, then]


async def test_a_record_known_to_be_ours_bears_its_id_from_then_on(stage: ConnectorHarness) -> None:
    ours = uuid4()
    link = RecordLink(RecordRef(kind="contact", id=ours), "contact", made=True)
    await take(stage, ObservedRecord(contact(), Cause.request()))
    await take(stage, ObservedRecord(contact(), Cause.request(), link=link))
    await take(stage, ObservedRecord(contact("Kea Ltd"), Cause.request()))

    assert [said.record_id for said in await stage.published(XeroContact)] == [None, ours, ours]


async def test_many_are_taken_at_once_and_a_record_seen_twice_is_said_as_last_seen(stage: ConnectorHarness) -> None:
    many = [ObservedRecord(contact(f"C{i}", UUID(int=i % 50)), Cause.request()) for i in range(100)]

    assert len(await take(stage, *many)) == 100
    assert len(await stage.published(XeroContact)) == 50
    assert {said.name for said in await stage.published(XeroContact)} == {f"C{i}" for i in range(50, 100)}


async def test_a_hundred_webhooks_of_one_record_cause_few_calls(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    contact_id = await stage.their_contact()
    async with stage.working():
        for _ in range(100):
            await stage.deliver(webhook(stage, contact_id))
        await stage.until(NONE_DUE, 0)

    assert len(await stage.control.calls(path="Contacts")) < 40
    assert len(await stage.published(XeroContact)) == 1


async def test_what_is_asked_for_while_it_is_read_is_read_once_more(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.connect_idle()
    contact_id = await stage.their_contact("Kea")
    process = stage.process()
    real = process.api.call

    async def meanwhile(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        monkeypatch.setattr(process.api, "call", real)
        await stage.control.act(stage.org_id, "edit_contact", ContactID=contact_id, Name="Kea Ltd")
        await stage.deliver(webhook(stage, contact_id))
        return answer

    monkeypatch.setattr(process.api, "call", meanwhile)
    await stage.deliver(webhook(stage, contact_id))
    async with stage.working(process):
        await stage.until(NONE_DUE, 0)

    assert [said.name for said in await stage.published(XeroContact)] == ["Kea", "Kea Ltd"]


@pytest.mark.parametrize("kind", [XeroKind.CONTACT, XeroKind.INVOICE, XeroKind.PAYMENT])
async def test_an_unknown_id_does_not_keep_the_others_back(stage: ConnectorHarness, kind: XeroKind) -> None:
    await stage.connect_idle()
    contact_id = await stage.their_contact()
    bill_id = await stage.their_bill(contact_id)
    payment_id = await stage.control.act(stage.org_id, "pay_invoice", InvoiceID=bill_id)
    known = {XeroKind.CONTACT: contact_id, XeroKind.INVOICE: bill_id, XeroKind.PAYMENT: payment_id}[kind]
    await stage.ask(kind, str(uuid4()), known, str(uuid4()))

    async with stage.working():
        await stage.until(NONE_DUE, 0)

    kinds: dict[str, Any] = {kind.kind: kind for kind in (XeroContact, XeroInvoice, XeroPayment)}
    said: list[Any] = await stage.published(kinds[kind])
    assert [str(one.xero_id) for one in said] == [known]


async def test_a_record_nobody_can_read_does_not_keep_the_others_back(
    stage: ConnectorHarness, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.connect_idle()
    good, odd = await stage.their_contact("Good"), await stage.their_contact("Odd One")
    process = stage.process()
    real = process.api.call

    async def with_a_new_status(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        for raw in answer.json["Contacts"]:
            if raw["ContactID"] == odd:
                raw["ContactStatus"] = "ASLEEP"
        return answer

    monkeypatch.setattr(process.api, "call", with_a_new_status)
    await stage.ask(XeroKind.CONTACT, good, odd)
    async with stage.working(process):
        await stage.until(NONE_DUE, 0)

    assert [str(said.xero_id) for said in await stage.published(XeroContact)] == [good]
    printed = capsys.readouterr().out
    assert odd in printed
    assert "Odd One" not in printed


async def test_an_echo_waits_for_the_answer_and_then_bears_our_record(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    await stage.control.add_fault("lost", times=1, method="PUT")
    intent = contact_intent("Kea")
    await stage.deliver(intent)
    async with stage.working(stage.process(read_echo_after=timedelta(seconds=0.2))):
        await stage.until("select count(*) from call", 1)
        (made,) = await stage.xero("Contacts")
        await stage.deliver(webhook(stage, made["ContactID"]))
        await stage.until("select asked >= 1 and due_at > now() from read_request", True)
        assert await stage.published(XeroContact) == []

        (result,) = await stage.results(1)
        await stage.until(NONE_DUE, 0)

    assert result.outcome is Outcome.DONE
    (said,) = await stage.published(XeroContact)
    assert said.record_id == intent.record.id


async def test_a_sales_invoice_is_said_without_harm(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    invoice = await stage.their_bill(await stage.their_contact(), do="create_sales_invoice")
    await stage.deliver(webhook(stage, invoice, "INVOICE"))

    async with stage.working():
        await stage.until(NONE_DUE, 0)

    (said,) = await stage.published(XeroInvoice)
    assert said.type is InvoiceType.ACCREC


async def test_webhooks_of_others_and_of_unknown_categories_ask_for_nothing(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    resource = str(uuid4())
    odd = [webhook(stage, resource, org_id=str(uuid4())), webhook(stage, resource, "QUOTE")]

    await stage.deliver(*odd)

    assert await stage.sql(NONE_DUE) == [(0,)]


async def test_duplicates_and_disorder_of_webhooks_change_nothing(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    ids = [await stage.their_contact(name) for name in ("Kea", "Tui")]
    events = [webhook(stage, resource) for resource in (*ids, *reversed(ids))]

    async with stage.working():
        await stage.deliver(*events)
        await stage.until(NONE_DUE, 0)
        await stage.deliver(*reversed(events))
        await stage.until(NONE_DUE, 0)

    assert sorted(said.name for said in await stage.published(XeroContact)) == ["Kea", "Tui"]


async def test_a_domain_may_ask_for_a_record_again(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    contact_id = await stage.their_contact()

    async with stage.working():
        await stage.deliver(Refresh(xero_kind=XeroKind.CONTACT, xero_id=UUID(contact_id)))
        await stage.until(NONE_DUE, 0)

    assert [str(said.xero_id) for said in await stage.published(XeroContact)] == [contact_id]
