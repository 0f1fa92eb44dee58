"""CONT-1: a vendor and a contact of one name are linked, whichever comes first, and also if both come at once."""

from uuid import UUID, uuid4

import pytest

from tieout_kit.errors import Clash
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import ConnectionState, Sync, SyncState, Vendor
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import Address, ContactStatus
from tieout_testing.builders import answer_to, done, xero_contact, xero_invoice
from tieout_testing.service_harness import ServiceHarness

pytestmark = [pytest.mark.real, pytest.mark.rule("CONT-1")]

XERO_ID, OTHER, VENDOR_ID = uuid4(), uuid4(), uuid4()
BILL = xero_invoice(uuid4(), XERO_ID)


def refusal(intent: WriteIntent) -> WriteResult:
    messages = ("The contact name Acme is already assigned to another contact.",)
    return answer_to(intent, outcome=Outcome.REFUSED, sequence=0, messages=messages)


async def vendors(harness: ServiceHarness) -> dict[UUID, Vendor]:
    """The vendors as they were published last."""
    return {vendor.id: vendor for vendor in await harness.published(Vendor)}


@pytest.mark.parametrize("classified", [True, False])
@pytest.mark.parametrize("put_first", [True, False])
async def test_a_held_vendor_and_a_contact_of_its_name_are_linked_in_either_order(
    harness: ServiceHarness, put_first: bool, classified: bool
) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    contact = (xero_contact(XERO_ID, name="Acme"), 1)
    if put_first:
        await harness.put(f"vendors/{VENDOR_ID}", {"name": "ACME"})
        await harness.deliver(contact)
    else:
        await harness.deliver(contact)
        await harness.put(f"vendors/{VENDOR_ID}", {"name": "ACME"})
    if classified:
        await harness.deliver((BILL, 1))

    await harness.connect(sequence=2)

    # Made here after it was changed there, so its spelling goes to Xero.
    [intent] = await harness.published(WriteIntent)
    assert (intent.record.id, intent.xero_id, intent.base_sequence) == (VENDOR_ID, XERO_ID, 1)
    assert list(await vendors(harness)) == [VENDOR_ID]


async def test_a_vendor_that_is_all_like_the_contact_of_its_name_is_linked_without_a_call(
    harness: ServiceHarness,
) -> None:
    await harness.connect()
    await harness.deliver((xero_contact(XERO_ID, email="a@acme.nz"), 1))

    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    [vendor] = (await vendors(harness)).values()
    assert (vendor.email, vendor.sync.xero_id, vendor.sync.state) == ("a@acme.nz", XERO_ID, SyncState.IN_STEP)
    assert await harness.published(WriteIntent) == []


async def test_a_vendor_that_takes_a_contacts_name_before_it_was_sent_is_linked_to_it(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.deliver((xero_contact(XERO_ID), 1))
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Other"})

    await harness.change(f"vendors/{VENDOR_ID}", {"name": "acme"})

    assert (await vendors(harness))[VENDOR_ID].sync.xero_id == XERO_ID


@pytest.mark.parametrize("status", [ContactStatus.ARCHIVED, ContactStatus.GDPRREQUEST])
async def test_a_new_vendor_is_not_linked_to_a_contact_that_is_gone(
    harness: ServiceHarness, status: ContactStatus
) -> None:
    await harness.connect()
    await harness.deliver((xero_contact(XERO_ID, status=status), 1))

    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    assert [intent.xero_id for intent in await harness.published(WriteIntent)] == [None]


async def test_a_contact_linked_to_one_vendor_is_never_linked_to_a_second(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.deliver((xero_contact(XERO_ID), 1))
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    await harness.change(f"vendors/{VENDOR_ID}", {"name": "Other"})

    second = await harness.put(f"vendors/{uuid4()}", {"name": "Acme"})

    assert (second.status_code, second.json()["sync"]["xero_id"]) == (200, None)


async def test_a_second_vendor_of_a_name_is_refused_and_told_the_first(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    answer = await harness.put(f"vendors/{uuid4()}", {"name": "ACME"})

    assert answer.status_code == 409
    assert str(VENDOR_ID) in answer.json()["title"]
    assert list(await vendors(harness)) == [VENDOR_ID]


async def test_a_vendor_cannot_take_anothers_name_and_one_given_up_is_free_again(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    await harness.put(f"vendors/{OTHER}", {"name": "Beta"})

    taken = await harness.change(f"vendors/{OTHER}", {"name": "acme"})
    await harness.change(f"vendors/{VENDOR_ID}", {"name": "Acme Holding"})
    free = await harness.change(f"vendors/{OTHER}", {"name": "acme"})

    assert (taken.status_code, free.status_code) == (409, 200)
    assert (await harness.put(f"vendors/{uuid4()}", {"name": "Beta"})).status_code == 200


@pytest.mark.parametrize("contact_first", [True, False])
async def test_a_create_refused_for_its_name_becomes_an_update_of_that_contact(
    harness: ServiceHarness, contact_first: bool
) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme", "phone": "1"})
    [create] = await harness.published(WriteIntent)
    contact, refused = (xero_contact(XERO_ID, account_number="A-7"), 1), (refusal(create), 1)

    await harness.deliver(contact if contact_first else refused)
    await harness.deliver(refused if contact_first else contact)

    [_, update] = await harness.published(WriteIntent)
    assert (update.xero_id, update.base_sequence) == (XERO_ID, 1)
    assert update.revision > create.revision
    assert update.body == ContactBody(name="Acme", email="", phone="1", address=Address(), account_number="A-7")
    assert list(await vendors(harness)) == [VENDOR_ID]
    await harness.deliver(*done(update, xero_contact(XERO_ID, phone="1", account_number="A-7")))
    assert (await vendors(harness))[VENDOR_ID].sync.state is SyncState.IN_STEP
    assert await harness.problems() == []


@pytest.mark.parametrize("contact_first", [True, False])
async def test_a_create_refused_for_its_name_is_linked_in_one_batch_too(
    harness: ServiceHarness, contact_first: bool
) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await harness.published(WriteIntent)
    events = [(xero_contact(XERO_ID), 1), (refusal(create), 1)]

    await harness.deliver(*(events if contact_first else reversed(events)))

    assert (await vendors(harness))[VENDOR_ID].sync.state is SyncState.IN_STEP
    assert await harness.problems() == []


async def test_while_a_create_is_under_way_its_name_makes_no_second_vendor(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await harness.published(WriteIntent)

    await harness.deliver((BILL, 1))
    await harness.deliver((xero_contact(XERO_ID), 1))
    await harness.deliver(*done(create, xero_contact(XERO_ID), sequence=2))

    assert list(await vendors(harness)) == [VENDOR_ID]
    assert (await vendors(harness))[VENDOR_ID].sync.state is SyncState.IN_STEP
    assert await harness.published(WriteIntent) == [create]


async def test_our_own_contact_makes_no_second_vendor_though_ours_was_renamed_meanwhile(
    harness: ServiceHarness,
) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await harness.published(WriteIntent)
    await harness.change(f"vendors/{VENDOR_ID}", {"name": "Other"})

    await harness.deliver((BILL, 1))
    result, snapshot = done(create, xero_contact(XERO_ID))
    await harness.deliver(snapshot)
    await harness.deliver(result)

    assert [(v.id, v.name, v.sync.xero_id) for v in (await vendors(harness)).values()] == [
        (VENDOR_ID, "Other", XERO_ID)
    ]
    [_, rename] = await harness.published(WriteIntent)
    assert isinstance(rename.body, ContactBody)
    assert (rename.xero_id, rename.body.name) == (XERO_ID, "Other")


async def test_a_contact_that_bears_our_mark_before_the_answer_is_linked_and_not_written_twice(
    harness: ServiceHarness,
) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await harness.published(WriteIntent)

    await harness.deliver((xero_contact(XERO_ID, record_id=VENDOR_ID), 40))
    linked = (await vendors(harness))[VENDOR_ID].sync
    await harness.deliver(*done(create, xero_contact(XERO_ID)))

    assert (linked.xero_id, linked.state) == (XERO_ID, SyncState.ON_ITS_WAY)
    assert (await vendors(harness))[VENDOR_ID].sync == Sync(
        state=SyncState.IN_STEP, xero_id=XERO_ID, created_xero_id=XERO_ID, based_on_sequence=50
    )
    assert await harness.published(WriteIntent) == [create]


async def test_a_contact_that_bears_anothers_mark_is_not_linked_by_its_name(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    await harness.deliver((xero_contact(XERO_ID, record_id=OTHER), 1))

    # It is the one that was lost here, and made again under its own id.
    assert {v.id: v.sync.xero_id for v in (await vendors(harness)).values()} == {VENDOR_ID: None, OTHER: XERO_ID}


async def test_a_contact_that_was_renamed_there_to_a_vendors_name_is_linked(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    await harness.deliver((xero_contact(XERO_ID, name="Beta"), 1))
    before = (await vendors(harness))[VENDOR_ID].sync.xero_id

    await harness.deliver((xero_contact(XERO_ID, name="Acme"), 2))

    assert (before, (await vendors(harness))[VENDOR_ID].sync.xero_id) == (None, XERO_ID)


async def test_an_event_that_meets_a_put_of_its_name_links_that_vendor(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.deliver((BILL, 1))

    await harness.overlap(
        harness.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"}), harness.batch((xero_contact(XERO_ID), 1))
    )

    assert [(v.id, v.sync.xero_id) for v in (await vendors(harness)).values()] == [(VENDOR_ID, XERO_ID)]


async def test_a_put_that_meets_a_contact_of_its_name_is_linked_to_it(harness: ServiceHarness) -> None:
    await harness.connect()

    await harness.overlap(
        harness.batch((xero_contact(XERO_ID), 1)), harness.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    )

    assert [(v.id, v.sync.xero_id) for v in (await vendors(harness)).values()] == [(VENDOR_ID, XERO_ID)]
    assert await harness.published(WriteIntent) == []


async def test_a_bill_that_meets_a_put_of_its_contacts_name_makes_no_second_vendor(harness: ServiceHarness) -> None:
    await harness.connect(ConnectionState.DISCONNECTED)
    await harness.deliver((xero_contact(XERO_ID), 1))

    await harness.overlap(harness.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"}), harness.batch((BILL, 1)))

    assert [(v.id, v.sync.xero_id) for v in (await vendors(harness)).values()] == [(VENDOR_ID, XERO_ID)]


async def test_two_puts_of_one_name_at_once_make_one_vendor(harness: ServiceHarness) -> None:
    await harness.connect()

    with pytest.raises(Clash, match=str(VENDOR_ID)):
        await harness.overlap(
            harness.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"}),
            harness.putting(f"vendors/{OTHER}", {"name": "Acme"}),
        )

    assert list(await vendors(harness)) == [VENDOR_ID]
    assert len(await harness.published(WriteIntent)) == 1


async def test_a_put_sent_twice_at_once_makes_one_vendor_and_one_intent(harness: ServiceHarness) -> None:
    await harness.connect()
    put = harness.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    await harness.overlap(put, put)

    assert len(await harness.published(Vendor)) == 1
    assert len(await harness.published(WriteIntent)) == 1
