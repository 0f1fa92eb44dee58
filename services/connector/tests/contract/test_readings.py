"""Readings that cross, and readings that wait: C4 and C5."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tieout_connector.gateway.writer.fresh import MAX_OVERTAKEN
from tieout_connector.xero.errors import RetryAfter
from tieout_schemas.bodies import ContactBody, Document, NoteBody
from tieout_schemas.payload import RecordRef
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import ContactStatus, XeroContact, XeroInvoice, XeroPayment
from tieout_testing.connector import ConnectorHarness, bill_intent, contact_intent, payment_intent

from .leading import CONTACT, FORGOTTEN, INVOICE, PAYMENT, Steps, lost, newest, passes, renaming, snapshots_of

pytestmark = pytest.mark.real


class TestC4:
    """A reading that left before something newer was stored is thrown away, and made again."""

    @pytest.mark.parametrize("crossed", [False, True], ids=["in order", "crossed"])
    async def test_of_two_crossing_readings_the_older_is_thrown_away_though_the_newer_found_nothing(
        self, harness: ConnectorHarness, steps: Steps, crossed: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Archive, restore, and two readings: seen to end as archived when the moment moved with changes only."""
        xero_id = await harness.their_contact()
        await steps.base(CONTACT, xero_id)
        await harness.control.act(harness.org_id, "archive_contact", ContactID=xero_id)

        if crossed:
            async with steps.under_way(steps.read(CONTACT, xero_id), monkeypatch):
                await harness.control.act(harness.org_id, "restore_contact", ContactID=xero_id)
                await steps.read(CONTACT, xero_id)
        else:
            await steps.read(CONTACT, xero_id)
            await harness.control.act(harness.org_id, "restore_contact", ContactID=xero_id)
        await steps.read(CONTACT, xero_id)

        said = [one.status for one in await harness.published(XeroContact)]
        active, archived = ContactStatus.ACTIVE, ContactStatus.ARCHIVED
        assert said == ([active] if crossed else [active, archived, active])
        assert await harness.sql("select count(*) from read_request") == [(0,)]

    @pytest.mark.parametrize("crossed", [False, True], ids=["in order", "crossed"])
    async def test_the_reading_before_a_write_is_made_again_when_a_newer_one_was_stored(
        self, harness: ConnectorHarness, steps: Steps, crossed: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seen to fail when it passed no moment of leaving: the newer name was overwritten."""
        xero_id, wanted = await renaming(steps)
        edit = {"do": "edit_contact", "ContactID": xero_id, "Name": "Tui"}
        await harness.deliver(wanted)

        if crossed:
            async with steps.under_way(steps.send(), monkeypatch):
                await harness.control.act(harness.org_id, **edit)
                assert not await steps.read(CONTACT, xero_id)
            assert await harness.sql("select state from intent") == [("queued",)]
            assert await harness.published(WriteResult) == []
        else:
            await harness.control.act(harness.org_id, **edit)
            assert not await steps.read(CONTACT, xero_id)
        await steps.send()

        *_, (sequence, said) = await snapshots_of(harness, XeroContact, xero_id)
        result = await steps.result()
        assert (result.outcome, result.snapshot_sequence) == (Outcome.STALE, sequence)
        assert isinstance(said, XeroContact)
        assert said.name == "Tui"
        assert [contact["Name"] for contact in await harness.xero("Contacts")] == ["Tui"]

    async def test_readings_that_are_overtaken_again_and_again_make_the_tenant_wait(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        """By a clock that goes ahead of ours, say. Seen to turn for ever without a limit."""
        _, wanted = await renaming(steps)
        await harness.sql("update snapshot set as_of = as_of + interval '1 hour'")
        await harness.deliver(wanted)

        for _ in range(MAX_OVERTAKEN):
            await steps.send()
        with pytest.raises(RetryAfter):
            await steps.send()

        assert await harness.sql("select state from intent") == [("queued",)]
        await harness.sql("update snapshot set as_of = now()")
        await steps.send()
        assert (await steps.result()).outcome is Outcome.DONE

    async def test_a_look_up_that_was_overtaken_is_made_again(
        self, harness: ConnectorHarness, steps: Steps, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another record's write of the same contact is answered meanwhile. Seen to end with the older state."""
        xero_id, wanted = await renaming(steps)
        await lost(steps, wanted)
        steps = await passes(harness, FORGOTTEN)

        async with steps.under_way(steps.resume(), monkeypatch):
            await steps.send(contact_intent("Tui", xero_id=UUID(xero_id)))
        await steps.send()

        *_, (_, said) = await snapshots_of(harness, XeroContact, xero_id)
        (there,) = await harness.xero("Contacts")
        assert isinstance(said, XeroContact)
        assert said.name == there["Name"]


class TestC5:
    """A reading waits while a call about its record has no answer, and for nothing else."""

    @pytest.mark.parametrize("ours", [False, True], ids=["of theirs", "of ours"])
    async def test_the_echo_of_an_update_waits_for_its_answer(
        self, harness: ConnectorHarness, steps: Steps, ours: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seen to fail when only records that were not linked waited, and when only linked ones did."""
        xero_id, wanted = await renaming(steps)
        if ours:
            await steps.send(wanted)
            base = (await steps.result()).snapshot_sequence
            wanted = wanted.replace(
                revision=2, base_sequence=base, body=ContactBody(**{**dict(wanted.body), "name": "Tui"})
            )
        known = len(await harness.published(XeroContact))
        await lost(steps, wanted)

        assert await steps.read(CONTACT, xero_id) == 1
        assert len(await harness.published(XeroContact)) == known
        steps = await passes(harness, timedelta(minutes=1))
        await steps.resume()

        assert not await steps.read(CONTACT, xero_id)
        *_, last = await harness.published(XeroContact)
        assert len(await harness.published(XeroContact)) == known + 1
        assert last.answers
        assert last.answers.intent_id == wanted.intent_id

    @pytest.mark.parametrize("kind", [CONTACT, INVOICE])
    async def test_the_echo_of_a_create_waits_by_its_mark(
        self, harness: ConnectorHarness, steps: Steps, kind: XeroKind
    ) -> None:
        vendor = await harness.their_contact()
        wanted = contact_intent("Kea") if kind is CONTACT else bill_intent(vendor)
        await lost(steps, wanted)
        made = await newest(harness, kind, besides=vendor)

        assert await steps.read(kind, made) == 1
        steps = await passes(harness, FORGOTTEN)
        assert await steps.read(kind, made) == 1
        await steps.resume()

        assert not await steps.read(kind, made)
        (said,) = await harness.published(XeroContact if kind is CONTACT else XeroInvoice)
        assert (said.record_id, said.answers and said.answers.intent_id) == (wanted.record.id, wanted.intent_id)

    async def test_the_echo_of_a_payment_waits_by_its_bill(self, harness: ConnectorHarness, steps: Steps) -> None:
        bill = await harness.their_bill(await harness.their_contact())
        wanted = payment_intent(bill)
        await lost(steps, wanted)
        ((made,),) = [[raw["PaymentID"]] for raw in await harness.xero("Payments")]

        assert await steps.read(PAYMENT, made) == 1
        steps = await passes(harness, FORGOTTEN)
        await steps.resume()

        assert not await steps.read(PAYMENT, made)
        assert [one.record_id for one in await harness.published(XeroPayment)] == [wanted.record.id]

    async def test_nothing_waits_for_an_intent_that_is_only_queued(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        """Seen to fail when any open intent counted: readings waited for hours, while the day's calls were used."""
        xero_id, wanted = await renaming(steps)
        bill = await harness.their_bill(await harness.their_contact("Tui"))
        payment = await harness.control.act(harness.org_id, "pay_invoice", InvoiceID=bill, Amount="10.00")
        await harness.deliver(wanted, payment_intent(bill))
        await harness.control.act(harness.org_id, "edit_contact", ContactID=xero_id, Name="Paper Co")

        assert not await steps.read(CONTACT, xero_id)
        assert not await steps.read(PAYMENT, payment)

        assert [one.name for one in await harness.published(XeroContact)] == ["Paper Ltd", "Paper Co"]
        assert len(await harness.published(XeroPayment)) == 1

    async def test_a_call_that_did_nothing_holds_nothing_back(self, harness: ConnectorHarness, steps: Steps) -> None:
        """After a 429 its intents are only queued again."""
        xero_id, wanted = await renaming(steps)
        await harness.control.add_fault("429-minute", times=1, method="POST", retry_after=60)
        with pytest.raises(RetryAfter):
            await steps.send(wanted)

        steps = await passes(harness, timedelta(minutes=2))
        assert not await steps.read(CONTACT, xero_id)

    async def test_a_wish_of_a_restored_database_holds_back_until_it_was_looked_for(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        """It may have been sent. Seen to fail when only calls of this database counted."""
        xero_id, wanted = await renaming(steps)
        await harness.deliver(wanted)
        await harness.sql("update intent set look_up = true")

        assert await steps.read(CONTACT, xero_id) == 1
        await steps.send()
        await steps.resume()
        await steps.send()

        assert not await steps.read(CONTACT, xero_id)

    async def test_a_call_about_another_kind_of_thing_holds_no_record_back(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        xero_id = await harness.their_contact()
        body = NoteBody(document=Document.CONTACT, document_xero_id=UUID(xero_id), text="Paid")
        note = WriteIntent(
            record=RecordRef(kind="contact", id=uuid4()), effect="note:1", revision=1, xero_id=UUID(xero_id), body=body
        )
        await lost(steps, note)

        assert not await steps.read(CONTACT, xero_id)
