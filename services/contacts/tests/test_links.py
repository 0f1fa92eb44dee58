"""What a person does about a vendor's link to Xero: link, unlink, export, settle a conflict (CONT-13, SYS-3)."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import ConnectionState, Sync, SyncState, Vendor
from tieout_schemas.writes import Outcome, WriteIntent
from tieout_schemas.xero import ContactStatus
from tieout_testing.builders import answer_to, done, xero_contact, xero_invoice
from tieout_testing.service_harness import ServiceHarness

pytestmark = [pytest.mark.real, pytest.mark.rule("CONT-13")]

XERO_ID, OTHER, NEW, VENDOR_ID, OTHER_VENDOR_ID = uuid4(), uuid4(), uuid4(), uuid4(), uuid4()
PATH = f"vendors/{VENDOR_ID}"


async def in_step(harness: ServiceHarness, **chosen: Any) -> None:
    """The vendor, in Xero."""
    await harness.connect()
    await harness.choose(1, **chosen)
    await harness.put(PATH, {"name": "Acme", "phone": "1"})
    [create] = await harness.published(WriteIntent)
    await harness.deliver(*done(create, xero_contact(XERO_ID, phone="1")))


async def last(harness: ServiceHarness) -> Vendor:
    return (await harness.published(Vendor))[-1]


def bodies(intents: list[WriteIntent]) -> list[tuple[UUID | None, str | None]]:
    return [(each.xero_id, each.body.phone) for each in intents if isinstance(each.body, ContactBody)]


async def test_an_unlinked_vendor_is_left_alone_by_everything_but_a_person(harness: ServiceHarness) -> None:
    await in_step(harness)

    answer = await harness.post(f"{PATH}/unlink")
    await harness.deliver((xero_contact(XERO_ID, phone="2", record_id=VENDOR_ID), 60))  # Stamped, and of its name.
    await harness.deliver(
        (xero_contact(OTHER), 61), (xero_invoice(uuid4(), XERO_ID), 1), (xero_invoice(uuid4(), OTHER), 2)
    )
    await harness.change(PATH, {"name": "Acme", "email": "a@acme.nz"})

    assert answer.status_code == 200
    unlinked = Sync(state=SyncState.NOT_FOR_XERO, former_xero_ids=(XERO_ID,), created_xero_id=XERO_ID)
    assert answer.json()["sync"] == unlinked.model_dump(mode="json")
    vendor = await last(harness)
    assert (vendor.sync, vendor.phone, vendor.email) == (unlinked, "1", "a@acme.nz")
    assert {each.id for each in await harness.published(Vendor)} == {VENDOR_ID}
    assert len(await harness.published(WriteIntent)) == 1
    assert await harness.problems() == []


async def test_the_same_link_again_takes_up_what_was_in_step(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.post(f"{PATH}/unlink")
    await harness.deliver((xero_contact(XERO_ID, phone="2", record_id=VENDOR_ID), 60))

    answer = await harness.post(f"{PATH}/link", {"xero_id": str(XERO_ID)})

    # Changed there alone meanwhile, so it is taken.
    vendor = await last(harness)
    assert answer.json() == vendor.model_dump(mode="json")
    assert (vendor.phone, vendor.sync) == (
        "2",
        Sync(state=SyncState.IN_STEP, xero_id=XERO_ID, created_xero_id=XERO_ID, based_on_sequence=60),
    )
    assert len(await harness.published(WriteIntent)) == 1


async def test_a_link_to_another_contact_is_a_first_meeting(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.post(f"{PATH}/unlink")
    await harness.deliver((xero_contact(OTHER, name="Acme Ltd", email="there@acme.nz"), 60))

    await harness.post(f"{PATH}/link", {"xero_id": str(OTHER)})

    vendor = await last(harness)
    assert (vendor.sync.xero_id, vendor.sync.former_xero_ids, vendor.email) == (OTHER, (XERO_ID,), "there@acme.nz")
    assert bodies(await harness.published(WriteIntent))[1:] == [(OTHER, "1")]


async def test_a_link_that_would_be_wrong_is_refused(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.put(f"vendors/{OTHER_VENDOR_ID}", {"name": "Beta"})
    await harness.deliver((xero_contact(OTHER, name="Gone", status=ContactStatus.ARCHIVED), 60))
    await harness.deliver((xero_contact(NEW, name="Free"), 60))
    before = await harness.published(Vendor)

    async def refused(vendor_id: UUID, xero_id: UUID) -> str:
        answer = await harness.post(f"vendors/{vendor_id}/link", {"xero_id": str(xero_id)})
        assert answer.status_code == 409
        return str(answer.json()["title"])

    assert "linked to another" in await refused(OTHER_VENDOR_ID, XERO_ID)
    assert "not known here" in await refused(OTHER_VENDOR_ID, uuid4())
    assert "is linked to" in await refused(VENDOR_ID, NEW)
    assert "just being made in Xero" in await refused(OTHER_VENDOR_ID, NEW)
    await harness.post(f"{PATH}/unlink")
    assert "archived" in await refused(VENDOR_ID, OTHER)
    assert (await harness.published(Vendor))[: len(before)] == before
    assert (await harness.post(f"{PATH}/link", {"xero_id": str(NEW)})).status_code == 200
    assert (await harness.post(f"{PATH}/link", {"xero_id": str(NEW)})).status_code == 409


async def test_a_contact_of_another_tenant_is_not_known_here(harness: ServiceHarness) -> None:
    await harness.deliver((xero_contact(OTHER, name="Theirs"), 1))
    harness.tenant_id = uuid4()
    await in_step(harness)
    await harness.post(f"{PATH}/unlink")

    answer = await harness.post(f"{PATH}/link", {"xero_id": str(OTHER)})

    assert answer.status_code == 409


async def test_what_is_not_linked_cannot_be_unlinked(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.post(f"{PATH}/unlink")

    answer = await harness.post(f"{PATH}/unlink")

    assert (answer.status_code, answer.json()["title"]) == (409, "this contact is not linked to a record of Xero")


async def test_unlinking_ends_what_was_refused(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.change(PATH, {"name": "Acme", "phone": "2"})
    [_, update] = await harness.published(WriteIntent)
    await harness.deliver((answer_to(update, outcome=Outcome.REFUSED, sequence=50, messages=("No.",)), 1))
    before = [problem.code for problem in await harness.problems()]

    await harness.post(f"{PATH}/unlink")

    assert (before, await harness.problems()) == (["refused_by_xero"], [])


async def test_unlinking_ends_what_a_person_was_asked(harness: ServiceHarness) -> None:
    await in_step(harness, conflicts="ask")
    await harness.connect(ConnectionState.DISCONNECTED, sequence=2)
    await harness.change(PATH, {"name": "Acme", "phone": "2"})
    await harness.deliver((xero_contact(XERO_ID, phone="3", record_id=VENDOR_ID), 60))
    before = [problem.code for problem in await harness.problems()]

    await harness.post(f"{PATH}/unlink")

    assert (before, await harness.problems()) == (["changed_on_both_sides"], [])
    assert (await last(harness)).phone == "2"


async def test_the_answer_to_what_was_under_way_ends_it_and_links_nothing(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.change(PATH, {"name": "Acme", "phone": "2"})
    [_, update] = await harness.published(WriteIntent)
    await harness.post(f"{PATH}/unlink")

    await harness.deliver(*done(update, xero_contact(XERO_ID, phone="2"), sequence=60))

    assert (await last(harness)).sync == Sync(
        state=SyncState.NOT_FOR_XERO, former_xero_ids=(XERO_ID,), created_xero_id=XERO_ID
    )
    # The same link again knows that ours is there, and sends nothing.
    await harness.post(f"{PATH}/link", {"xero_id": str(XERO_ID)})
    assert (await last(harness)).sync.state is SyncState.IN_STEP
    assert len(await harness.published(WriteIntent)) == 2


@pytest.mark.rule("CONT-10")
async def test_exporting_makes_it_in_xero_once_more_and_names_what_it_replaces(harness: ServiceHarness) -> None:
    await in_step(harness)
    await harness.post(f"{PATH}/unlink")

    answer = await harness.post(f"{PATH}/export")

    assert answer.json()["sync"]["state"] == "on_its_way"
    [_, create] = await harness.published(WriteIntent)
    assert (create.xero_id, create.base_sequence, create.replaces) == (None, None, XERO_ID)
    await harness.deliver(*done(create, xero_contact(NEW, phone="1"), sequence=70))
    assert (await last(harness)).sync == Sync(
        state=SyncState.IN_STEP, xero_id=NEW, former_xero_ids=(XERO_ID,), created_xero_id=NEW, based_on_sequence=70
    )


@pytest.mark.rule("CONT-10")
async def test_only_what_was_unlinked_by_hand_is_exported(harness: ServiceHarness) -> None:
    await in_step(harness)

    linked = await harness.post(f"{PATH}/export")
    await harness.post(f"{PATH}/unlink")
    once, twice = await harness.post(f"{PATH}/export"), await harness.post(f"{PATH}/export")

    assert [answer.status_code for answer in (linked, once, twice)] == [409, 200, 409]
    assert len(await harness.published(WriteIntent)) == 2


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(("keep", "stands", "sent"), [("platform", "2", [(XERO_ID, "2")]), ("xero", "3", [])])
async def test_a_person_settles_a_conflict_and_both_values_are_on_record(
    harness: ServiceHarness, keep: str, stands: str, sent: list[tuple[UUID, str]]
) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.choose(1, conflicts="ask")
    await harness.deliver((xero_contact(XERO_ID, phone="3"), 1))
    await harness.put(PATH, {"name": "Acme", "phone": "2"})
    await harness.connect(sequence=2)
    [problem] = await harness.problems()
    asked = await last(harness)
    decision = {"field": "phone", "keep": keep, "ours": problem.params["ours"], "theirs": problem.params["theirs"]}

    stale = await harness.post(f"{PATH}/resolve", {**decision, "theirs": '"4"'})
    answer = await harness.post(f"{PATH}/resolve", decision)

    assert (problem.code, problem.record.id, asked.sync.state) == (
        "changed_on_both_sides",
        VENDOR_ID,
        SyncState.CONFLICT,
    )
    assert (stale.status_code, answer.status_code, answer.json()["phone"]) == (409, 200, stands)
    assert bodies(await harness.published(WriteIntent)) == sent
    assert await harness.problems() == []
    lost = [each for row in (await harness.get(f"{PATH}/changes")).json() for each in row["lost"]]
    loser, side = ("3", "xero") if keep == "platform" else ("2", "platform")
    assert lost == [{"field": "phone", "value": loser, "side": side, "why": "conflict"}]
