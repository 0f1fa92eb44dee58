"""One record of Xero for an effect, and one call of a record at a time: C7 and C9."""

from datetime import timedelta
from uuid import UUID

import pytest

from tieout_schemas.bodies import ContactArchiveBody
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_testing.connector import ConnectorHarness, bill_intent, contact_intent, payment_intent

from .leading import Steps, lost, passes, renaming

pytestmark = pytest.mark.real


class TestC7:
    """A create stops where another record of Xero than the one it replaces was made for its record and effect."""

    async def test_a_record_that_was_forgotten_is_not_made_a_second_time(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        first = bill_intent(await harness.their_contact())
        await steps.send(first)
        made = await steps.result()
        await harness.control.clear_ledger()

        # By a domain whose database was rebuilt, an hour later, through another process.
        steps = await passes(harness, timedelta(hours=1))
        await steps.send(first.replace(revision=2))

        result = await steps.result()
        assert (result.outcome, result.xero_id) == (Outcome.STALE, made.xero_id)
        assert (result.snapshot_sequence, await steps.writes()) == (made.snapshot_sequence, 0)
        assert len(await harness.xero("Invoices")) == 1

    async def test_a_create_that_names_what_it_replaces_goes_and_the_next_must_name_its_successor(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        """Seen to fail when any of the record's former ones counted: the two names took turns for ever."""
        one = bill_intent(await harness.their_contact())
        await steps.send(one)
        first = (await steps.result()).xero_id
        await steps.send(one.replace(revision=2, replaces=first))
        second = await steps.result()

        await steps.send(one.replace(revision=3, replaces=first))
        stopped = await steps.result()
        await steps.send(one.replace(revision=4, replaces=second.xero_id))
        third = await steps.result()

        assert (second.outcome, stopped.outcome, third.outcome) == (Outcome.DONE, Outcome.STALE, Outcome.DONE)
        assert (stopped.xero_id, stopped.snapshot_sequence) == (second.xero_id, second.snapshot_sequence)
        assert len({first, second.xero_id, third.xero_id}) == 3

    async def test_another_effect_or_another_kind_of_record_is_no_second_record(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        """A payment run of one record makes many payments."""
        bill = await harness.their_bill(await harness.their_contact())
        one = payment_intent(bill)
        other = one.replace(effect="payment:2")
        third = one.replace(record=RecordRef(kind="receipt", id=one.record.id))

        for wanted in (one, other, third):
            await steps.send(wanted)

        assert [result.outcome for result in await harness.published(WriteResult)] == [Outcome.DONE] * 3
        assert len(await harness.xero("Payments")) == 3

    async def test_a_record_of_theirs_that_was_linked_and_is_no_more_keeps_no_create_back(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        """An update stamps a record, and makes none."""
        _, wanted = await renaming(steps)
        await steps.send(wanted)

        await steps.send(contact_intent("Paper 2", wanted.record.id).replace(revision=2))

        assert (await steps.result()).outcome is Outcome.DONE
        assert len(await harness.xero("Contacts")) == 2

    async def test_what_the_version_before_made_counts_for_any_effect(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        wanted = contact_intent("Kea")
        await steps.send(wanted)
        made = await steps.result()
        await harness.sql("update snapshot set record_kind = null, effect = null")

        await steps.send(wanted.replace(revision=2, effect="contact"))

        assert ((await steps.result()).outcome, (await steps.result()).xero_id) == (Outcome.STALE, made.xero_id)


class TestC9:
    """Of one record one call at a time, the oldest first; a known intent gets its result again."""

    async def test_nothing_of_a_record_leaves_while_a_call_of_it_has_no_answer(
        self, harness: ConnectorHarness, steps: Steps, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        xero_id, wanted = await renaming(steps)
        archive = WriteIntent(
            record=wanted.record, effect="archive", revision=1, body=ContactArchiveBody(contact_xero_id=UUID(xero_id))
        )
        await harness.deliver(wanted)
        await harness.deliver(archive)
        await lost(steps)

        assert not await harness.sql("select id from sendable_intent($1, '{}', '{}', '{}', 0)", harness.tenant_id)
        steps = await passes(harness, timedelta(minutes=1))
        await steps.resume()
        await steps.send()

        assert [result.effect for result in await harness.published(WriteResult)] == [wanted.effect, "archive"]

    async def test_a_known_intent_gets_its_stale_result_again(self, harness: ConnectorHarness, steps: Steps) -> None:
        """That of a done one: see test_sending.py."""
        xero_id, wanted = await renaming(steps)
        await harness.control.act(harness.org_id, "edit_contact", ContactID=xero_id, Name="Tui")
        await steps.send(wanted)

        await harness.deliver(wanted)

        first, again = await harness.published(WriteResult)
        assert (first, first.outcome) == (again, Outcome.STALE)
