"""What an update was decided on, and what is refused: C6 and C8."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_connector.gateway.writer.fresh import NO_BASE
from tieout_connector.xero.errors import RefusedRequest
from tieout_schemas.bodies import ContactGroupBody
from tieout_schemas.payload import RecordRef
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import XeroContact
from tieout_testing.connector import ConnectorHarness, contact_intent

from .leading import CONTACT, FORGOTTEN, NEWEST, Steps, lost, passes, renaming, snapshots_of

pytestmark = pytest.mark.real


class TestC6:
    """An update names the snapshot it was decided on; a newer content makes it stale."""

    async def test_an_update_without_a_base_is_refused_as_a_bug_of_its_sender(
        self, harness: ConnectorHarness, steps: Steps
    ) -> None:
        _, wanted = await renaming(steps)
        base = wanted.base_sequence
        await harness.control.clear_ledger()

        await steps.send(wanted.replace(base_sequence=None))

        result = await steps.result()
        assert (result.outcome, result.messages) == (Outcome.REFUSED, (NO_BASE,))
        assert (result.snapshot_sequence, await steps.writes()) == (base, 0)
        assert [contact["Name"] for contact in await harness.xero("Contacts")] == ["Paper Ltd"]

    async def test_what_no_domain_follows_needs_no_base(self, steps: Steps) -> None:
        record = RecordRef(kind="contact", id=uuid4())
        body = ContactGroupBody(name="Vendors")

        await steps.send(WriteIntent(record=record, effect="group", revision=1, xero_id=uuid4(), body=body))

        assert (await steps.result()).outcome is Outcome.DONE

    @pytest.mark.parametrize("known", [False, True], ids=["found by its own reading", "read before"])
    async def test_a_newer_content_makes_an_update_stale_and_the_result_names_its_snapshot(
        self, harness: ConnectorHarness, steps: Steps, known: bool
    ) -> None:
        xero_id, wanted = await renaming(steps)
        await harness.control.act(harness.org_id, "edit_contact", ContactID=xero_id, Name="Tui")
        if known:
            assert not await steps.read(CONTACT, xero_id)
        await harness.control.clear_ledger()

        await steps.send(wanted)

        first, (sequence, said) = await snapshots_of(harness, XeroContact, xero_id)
        result = await steps.result()
        assert first[0] == wanted.base_sequence
        assert (result.outcome, result.xero_id, result.snapshot_sequence) == (Outcome.STALE, UUID(xero_id), sequence)
        assert isinstance(said, XeroContact)
        assert (said.name, said.answers, await steps.writes()) == ("Tui", None, 0)

    async def test_a_reading_that_found_nothing_new_makes_no_update_stale(self, steps: Steps) -> None:
        xero_id, wanted = await renaming(steps)
        assert not await steps.read(CONTACT, xero_id)

        await steps.send(wanted)

        assert (await steps.result()).outcome is Outcome.DONE

    @pytest.mark.parametrize("late", [False, True], ids=["within five minutes", "later"])
    async def test_a_lost_update_goes_again_under_its_key_or_is_looked_up(
        self, harness: ConnectorHarness, steps: Steps, late: bool
    ) -> None:
        _, wanted = await renaming(steps)
        await lost(steps, wanted)

        steps = await passes(harness, FORGOTTEN if late else timedelta(minutes=1))
        await harness.control.clear_ledger()
        await steps.resume()

        methods = [call["method"] for call in await harness.control.calls(path="Contacts")]
        assert methods == (["GET"] if late else ["POST"])
        assert (await steps.result()).outcome is Outcome.DONE


class TestC8:
    """What cannot be written now is refused, with the sequence that the gateway saw."""

    async def test_a_refusal_by_the_reading_names_what_it_saw(self, harness: ConnectorHarness, steps: Steps) -> None:
        xero_id, wanted = await renaming(steps)
        await harness.control.act(harness.org_id, "archive_contact", ContactID=xero_id)

        await steps.send(wanted)

        result, (sequence, _) = await steps.result(), (await snapshots_of(harness, XeroContact, xero_id))[-1]
        assert (result.outcome, result.snapshot_sequence) == (Outcome.REFUSED, sequence)
        assert wanted.base_sequence
        assert sequence > wanted.base_sequence

    @pytest.mark.parametrize("whole", [False, True], ids=["of an element", "of the whole call"])
    async def test_a_refusal_by_xero_names_what_the_reading_before_saw(
        self, harness: ConnectorHarness, steps: Steps, whole: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await harness.their_contact("Kea")
        _, wanted = await renaming(steps)
        real = steps.process.api.call

        async def refusing(token: str, org_id: UUID, request: Any, body: Any = None) -> Any:
            if request.method == "POST" and whole:
                raise RefusedRequest([("Not so",)])
            return await real(token, org_id, request, body)

        monkeypatch.setattr(steps.process.api, "call", refusing)
        await steps.send(wanted)

        result = await steps.result()
        assert (result.outcome, result.snapshot_sequence) == (Outcome.REFUSED, wanted.base_sequence)

    async def test_after_a_crash_a_refusal_names_the_same(self, harness: ConnectorHarness, steps: Steps) -> None:
        """Seen to fail when the sequence was looked for at the end: another's answer may have moved it meanwhile."""
        await harness.their_contact("Kea")
        _, wanted = await renaming(steps)
        wanted = wanted.replace(base_sequence=NEWEST)
        await lost(steps, wanted)
        ((seen,),) = await harness.sql(
            "update snapshot set sequence = sequence + 1 where $1 returning sequence - 1", True
        )

        steps = await passes(harness, timedelta(minutes=1))
        await steps.resume()

        result = await steps.result()
        assert (result.outcome, result.snapshot_sequence) == (Outcome.REFUSED, seen)

    async def test_a_record_that_xero_does_not_know_is_refused_for_the_base_at_least(self, steps: Steps) -> None:
        """For less, the refusal would be over at once, and the wish come again for ever."""
        await steps.send(contact_intent("Kea", xero_id=uuid4(), base_sequence=77))

        result = await steps.result()
        assert (result.outcome, result.snapshot_sequence) == (Outcome.REFUSED, 77)
