"""Answers as snapshots, and what they explain: C1 to C3."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tieout_schemas.writes import Outcome, WriteResult
from tieout_schemas.xero import XeroContact
from tieout_testing.connector import ConnectorHarness, contact_intent

from .leading import CONTACT, FORGOTTEN, Steps, explaining_by_name, lost, passes, renaming, snapshots_of

pytestmark = pytest.mark.real


class TestC1:
    """Content decides whether a reading is news. An answer is always a snapshot, with the next sequence."""

    async def test_an_answer_is_published_though_nothing_changed(self, harness: ConnectorHarness, steps: Steps) -> None:
        """Xero strips the name that it gets: the contact is as it was."""
        xero_id, wanted = await renaming(steps, "Paper Ltd ")
        first = await steps.base(CONTACT, xero_id)

        # Only the name says that it is ours: said once, it says nothing new.
        await steps.send(wanted)
        again = wanted.replace(revision=2, base_sequence=(await steps.result()).snapshot_sequence)
        await steps.send(again)

        said = await snapshots_of(harness, XeroContact, xero_id)
        answered = [one.answers and (one.answers.intent_id, one.answers.done) for _, one in said]
        assert answered == [None, (wanted.intent_id, True), (again.intent_id, True)]
        assert [sequence for sequence, _ in said] == sorted({first, *(sequence for sequence, _ in said)})
        results = await harness.published(WriteResult)
        assert [result.snapshot_sequence for result in results] == [sequence for sequence, _ in said[1:]]

    async def test_a_wish_that_xero_fulfils_already_is_answered_without_a_call(
        self, harness: ConnectorHarness, steps: Steps, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told = explaining_by_name(steps, monkeypatch)
        xero_id, wanted = await renaming(steps, "Paper Ltd")
        await harness.control.clear_ledger()

        await steps.send(wanted)

        *_, (sequence, said) = await snapshots_of(harness, XeroContact, xero_id)
        result = await steps.result()
        assert await steps.writes() == 0
        assert (result.outcome, result.xero_id, result.snapshot_sequence) == (Outcome.DONE, UUID(xero_id), sequence)
        assert said.answers
        assert (said.answers.intent_id, said.answers.done, said.answers.explains) == (wanted.intent_id, True, ("name",))
        assert told == [()]

    async def test_each_of_two_answers_about_one_record_is_published(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        """Seen to fail when only the last of a batch was: the other's intent was never known to be done."""
        xero_id = await harness.their_contact("Paper Ltd")
        one, other = (contact_intent(name, xero_id=UUID(xero_id)) for name in ("Paper 1", "Paper 2"))

        await steps.send(one, other)
        # Elements of one id do not tell which of the two they answer, so what they do not show is looked up.
        async with harness.working():
            await harness.results(2)

        said = [(sequence, one) for sequence, one in await snapshots_of(harness, XeroContact, xero_id) if one.answers]
        results = {result.intent_id: result.snapshot_sequence for result in await harness.published(WriteResult)}
        assert {one.answers.intent_id: sequence for sequence, one in said if one.answers} == results
        assert len(set(results.values())) == 2

    async def test_who_is_answered_is_no_content(self, harness: ConnectorHarness, steps: Steps) -> None:
        """Else the echo of every answer would be news."""
        await steps.send(contact_intent("Kea"))
        xero_id = (await steps.result()).xero_id

        assert not await steps.read(CONTACT, xero_id)

        assert len(await snapshots_of(harness, XeroContact, xero_id)) == 1


class TestC2:
    """An answer explains the fields in the bytes and those shown as wanted; a look-up only those shown as wanted."""

    async def test_the_answer_to_a_call_explains_what_was_sent(
        self, harness: ConnectorHarness, steps: Steps, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        explaining_by_name(steps, monkeypatch)
        wanted = contact_intent("Kea")

        await steps.send(wanted)

        (said,) = await harness.published(XeroContact)
        assert said.answers
        answers = said.answers
        assert (answers.record, answers.effect, answers.revision) == (wanted.record, wanted.effect, wanted.revision)
        assert "name" in answers.explains

    @pytest.mark.parametrize("late", [False, True], ids=["sent again", "looked up"])
    async def test_after_a_crash_an_answer_knows_what_was_sent_and_a_look_up_does_not(
        self, harness: ConnectorHarness, steps: Steps, late: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seen to fail when the fields sent were not stored with the call."""
        wanted = contact_intent("Kea")
        kind = steps.process.writer._kinds["contact"]
        real = kind.compose

        def only_the_name(*args: Any) -> Any:
            composed = real(*args)
            return type(composed)(composed.request, composed.body, sent={wanted.intent_id: ("name",)})

        monkeypatch.setattr(kind, "compose", only_the_name)
        await lost(steps, wanted)

        steps = await passes(harness, FORGOTTEN if late else timedelta(minutes=1))
        told = explaining_by_name(steps, monkeypatch)
        await steps.resume()

        assert (await steps.result()).outcome is Outcome.DONE
        assert told == [() if late else ("name",)]
        (said,) = await harness.published(XeroContact)
        assert said.answers
        assert said.answers.explains == ("name",)


class TestC3:
    """The reading after a lost call of an update tells what that call did, before anything goes again."""

    @pytest.mark.parametrize("webhook", [False, True], ids=["no webhook", "a webhook comes first"])
    async def test_what_a_lost_call_did_is_explained_and_what_others_changed_is_not_overwritten(
        self, harness: ConnectorHarness, steps: Steps, webhook: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seen to fail when it was not remembered that the intent was tried: its name came back as a change in Xero."""
        xero_id, wanted = await renaming(steps)
        wanted = wanted.replace(body=wanted.body.replace(account_number="A-1"))
        await lost(steps, wanted)
        await harness.control.act(harness.org_id, "edit_contact", ContactID=xero_id, AccountNumber="B-2")

        steps = await passes(harness, FORGOTTEN)
        explaining_by_name(steps, monkeypatch)
        if webhook:
            assert await steps.read(CONTACT, xero_id) == 1
        await steps.resume()
        if webhook:
            assert await steps.read(CONTACT, xero_id) == 1
        await steps.send()

        (_, before), (sequence, said) = await snapshots_of(harness, XeroContact, xero_id)
        assert (before.answers, said.answers and said.answers.done) == (None, False)
        assert said.answers
        assert (said.answers.intent_id, said.answers.explains) == (wanted.intent_id, ("name",))
        result = await steps.result()
        assert (result.outcome, result.snapshot_sequence) == (Outcome.STALE, sequence)
        (there,) = await harness.xero("Contacts")
        assert (there["Name"], there["AccountNumber"]) == ("Kea", "B-2")
        # Its answer is there: from now on readings are taken.
        assert not await steps.read(CONTACT, xero_id)

    async def test_a_lost_call_that_did_nothing_explains_nothing_and_goes_again(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        xero_id, wanted = await renaming(steps)
        await lost(steps, wanted, fault="503")

        steps = await passes(harness, timedelta(minutes=1))
        await steps.resume()
        await steps.send()

        said = [one.answers and one.answers.done for _, one in await snapshots_of(harness, XeroContact, xero_id)]
        assert said == [None, True]
        assert (await steps.result()).outcome is Outcome.DONE
