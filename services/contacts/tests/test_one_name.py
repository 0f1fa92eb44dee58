"""CONT-1: a vendor and a contact of one name are one, whichever comes first, and at the same instant."""

from uuid import UUID, uuid4

import pytest

from tieout_kit.errors import Clash
from tieout_local.builders import answer_to, done, xero_contact, xero_invoice
from tieout_local.stage import Stage
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import ConnectionState, Sync, SyncState, Vendor
from tieout_schemas.writes import Outcome, WriteIntent, WriteResult
from tieout_schemas.xero import Address, ContactStatus

pytestmark = [pytest.mark.real, pytest.mark.rule("CONT-1")]

XERO_ID, OTHER, VENDOR_ID = uuid4(), uuid4(), uuid4()
BILL = xero_invoice(uuid4(), XERO_ID)


def refusal(intent: WriteIntent) -> WriteResult:
    messages = ("The contact name Acme is already assigned to another contact.",)
    return answer_to(intent, outcome=Outcome.REFUSED, sequence=0, messages=messages)


async def vendors(stage: Stage) -> dict[UUID, Vendor]:
    """The vendors as the service last said they are."""
    return {vendor.id: vendor for vendor in await stage.said(Vendor)}


@pytest.mark.parametrize("classified", [True, False])
@pytest.mark.parametrize("put_first", [True, False])
async def test_a_held_vendor_and_a_contact_of_its_name_are_linked_in_either_order(
    stage: Stage, put_first: bool, classified: bool
) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    contact = (xero_contact(XERO_ID, name="Acme"), 1)
    if put_first:
        await stage.put(f"vendors/{VENDOR_ID}", {"name": "ACME"})
        await stage.deliver(contact)
    else:
        await stage.deliver(contact)
        await stage.put(f"vendors/{VENDOR_ID}", {"name": "ACME"})
    if classified:
        await stage.deliver((BILL, 1))

    await stage.connect(sequence=2)

    # Made here after it was changed there, so its spelling goes to Xero.
    [intent] = await stage.said(WriteIntent)
    assert (intent.record.id, intent.xero_id, intent.base_sequence) == (VENDOR_ID, XERO_ID, 1)
    assert list(await vendors(stage)) == [VENDOR_ID]


async def test_a_vendor_that_is_all_like_the_contact_of_its_name_is_linked_without_a_call(stage: Stage) -> None:
    await stage.connect()
    await stage.deliver((xero_contact(XERO_ID, email="a@acme.nz"), 1))

    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    [vendor] = (await vendors(stage)).values()
    assert (vendor.email, vendor.sync.xero_id, vendor.sync.state) == ("a@acme.nz", XERO_ID, SyncState.IN_STEP)
    assert await stage.said(WriteIntent) == []


async def test_a_vendor_that_takes_a_contacts_name_before_it_was_sent_is_linked_to_it(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.deliver((xero_contact(XERO_ID), 1))
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Other"})

    await stage.change(f"vendors/{VENDOR_ID}", {"name": "acme"})

    assert (await vendors(stage))[VENDOR_ID].sync.xero_id == XERO_ID


@pytest.mark.parametrize("status", [ContactStatus.ARCHIVED, ContactStatus.GDPRREQUEST])
async def test_a_new_vendor_is_not_linked_to_a_contact_that_is_gone(stage: Stage, status: ContactStatus) -> None:
    await stage.connect()
    await stage.deliver((xero_contact(XERO_ID, status=status), 1))

    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    assert [intent.xero_id for intent in await stage.said(WriteIntent)] == [None]


async def test_a_contact_linked_to_one_vendor_is_never_linked_to_a_second(stage: Stage) -> None:
    await stage.connect()
    await stage.deliver((xero_contact(XERO_ID), 1))
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    await stage.change(f"vendors/{VENDOR_ID}", {"name": "Other"})

    second = await stage.put(f"vendors/{uuid4()}", {"name": "Acme"})

    assert (second.status_code, second.json()["sync"]["xero_id"]) == (200, None)


async def test_a_second_vendor_of_a_name_is_refused_and_told_the_first(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    answer = await stage.put(f"vendors/{uuid4()}", {"name": "ACME"})

    assert answer.status_code == 409
    assert str(VENDOR_ID) in answer.json()["title"]
    assert list(await vendors(stage)) == [VENDOR_ID]


async def test_a_vendor_cannot_take_anothers_name_and_one_given_up_is_free_again(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    await stage.put(f"vendors/{OTHER}", {"name": "Beta"})

    taken = await stage.change(f"vendors/{OTHER}", {"name": "acme"})
    await stage.change(f"vendors/{VENDOR_ID}", {"name": "Acme Holding"})
    free = await stage.change(f"vendors/{OTHER}", {"name": "acme"})

    assert (taken.status_code, free.status_code) == (409, 200)
    assert (await stage.put(f"vendors/{uuid4()}", {"name": "Beta"})).status_code == 200


@pytest.mark.parametrize("contact_first", [True, False])
async def test_a_create_refused_for_its_name_becomes_an_update_of_that_contact(
    stage: Stage, contact_first: bool
) -> None:
    await stage.connect()
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme", "phone": "1"})
    [create] = await stage.said(WriteIntent)
    contact, refused = (xero_contact(XERO_ID, account_number="A-7"), 1), (refusal(create), 1)

    await stage.deliver(contact if contact_first else refused)
    await stage.deliver(refused if contact_first else contact)

    [_, update] = await stage.said(WriteIntent)
    assert (update.xero_id, update.base_sequence) == (XERO_ID, 1)
    assert update.revision > create.revision
    assert update.body == ContactBody(name="Acme", email="", phone="1", address=Address(), account_number="A-7")
    assert list(await vendors(stage)) == [VENDOR_ID]
    await stage.deliver(*done(update, xero_contact(XERO_ID, phone="1", account_number="A-7")))
    assert (await vendors(stage))[VENDOR_ID].sync.state is SyncState.IN_STEP
    assert await stage.problems() == []


@pytest.mark.parametrize("contact_first", [True, False])
async def test_a_create_refused_for_its_name_is_linked_in_one_batch_too(stage: Stage, contact_first: bool) -> None:
    await stage.connect()
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await stage.said(WriteIntent)
    events = [(xero_contact(XERO_ID), 1), (refusal(create), 1)]

    await stage.deliver(*(events if contact_first else reversed(events)))

    assert (await vendors(stage))[VENDOR_ID].sync.state is SyncState.IN_STEP
    assert await stage.problems() == []


async def test_while_a_create_is_under_way_its_name_makes_no_second_vendor(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await stage.said(WriteIntent)

    await stage.deliver((BILL, 1))
    await stage.deliver((xero_contact(XERO_ID), 1))
    await stage.deliver(*done(create, xero_contact(XERO_ID), sequence=2))

    assert list(await vendors(stage)) == [VENDOR_ID]
    assert (await vendors(stage))[VENDOR_ID].sync.state is SyncState.IN_STEP
    assert await stage.said(WriteIntent) == [create]


async def test_our_own_contact_makes_no_second_vendor_though_ours_was_renamed_meanwhile(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await stage.said(WriteIntent)
    await stage.change(f"vendors/{VENDOR_ID}", {"name": "Other"})

    await stage.deliver((BILL, 1))
    result, snapshot = done(create, xero_contact(XERO_ID))
    await stage.deliver(snapshot)
    await stage.deliver(result)

    assert [(v.id, v.name, v.sync.xero_id) for v in (await vendors(stage)).values()] == [(VENDOR_ID, "Other", XERO_ID)]
    [_, rename] = await stage.said(WriteIntent)
    assert isinstance(rename.body, ContactBody)
    assert (rename.xero_id, rename.body.name) == (XERO_ID, "Other")


async def test_a_contact_that_bears_our_mark_before_the_answer_is_linked_and_not_written_twice(stage: Stage) -> None:
    await stage.connect()
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await stage.said(WriteIntent)

    await stage.deliver((xero_contact(XERO_ID, record_id=VENDOR_ID), 40))
    linked = (await vendors(stage))[VENDOR_ID].sync
    await stage.deliver(*done(create, xero_contact(XERO_ID)))

    assert (linked.xero_id, linked.state) == (XERO_ID, SyncState.ON_ITS_WAY)
    assert (await vendors(stage))[VENDOR_ID].sync == Sync(
        state=SyncState.IN_STEP, xero_id=XERO_ID, made=XERO_ID, seen=50
    )
    assert await stage.said(WriteIntent) == [create]


async def test_a_contact_that_bears_anothers_mark_is_not_linked_by_its_name(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    await stage.deliver((xero_contact(XERO_ID, record_id=OTHER), 1))

    # It is the one that was lost here, and made again under its own id.
    assert {v.id: v.sync.xero_id for v in (await vendors(stage)).values()} == {VENDOR_ID: None, OTHER: XERO_ID}


async def test_a_contact_that_was_renamed_there_to_a_vendors_name_is_linked(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    await stage.deliver((xero_contact(XERO_ID, name="Beta"), 1))
    before = (await vendors(stage))[VENDOR_ID].sync.xero_id

    await stage.deliver((xero_contact(XERO_ID, name="Acme"), 2))

    assert (before, (await vendors(stage))[VENDOR_ID].sync.xero_id) == (None, XERO_ID)


async def test_an_event_that_meets_a_put_of_its_name_links_that_vendor(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.deliver((BILL, 1))

    await stage.overlap(
        stage.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"}), stage.batch((xero_contact(XERO_ID), 1))
    )

    assert [(v.id, v.sync.xero_id) for v in (await vendors(stage)).values()] == [(VENDOR_ID, XERO_ID)]


async def test_a_put_that_meets_a_contact_of_its_name_is_linked_to_it(stage: Stage) -> None:
    await stage.connect()

    await stage.overlap(
        stage.batch((xero_contact(XERO_ID), 1)), stage.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    )

    assert [(v.id, v.sync.xero_id) for v in (await vendors(stage)).values()] == [(VENDOR_ID, XERO_ID)]
    assert await stage.said(WriteIntent) == []


async def test_a_bill_that_meets_a_put_of_its_contacts_name_makes_no_second_vendor(stage: Stage) -> None:
    await stage.connect(ConnectionState.DISCONNECTED)
    await stage.deliver((xero_contact(XERO_ID), 1))

    await stage.overlap(stage.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"}), stage.batch((BILL, 1)))

    assert [(v.id, v.sync.xero_id) for v in (await vendors(stage)).values()] == [(VENDOR_ID, XERO_ID)]


async def test_two_puts_of_one_name_at_once_make_one_vendor(stage: Stage) -> None:
    await stage.connect()

    with pytest.raises(Clash, match=str(VENDOR_ID)):
        await stage.overlap(
            stage.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"}), stage.putting(f"vendors/{OTHER}", {"name": "Acme"})
        )

    assert list(await vendors(stage)) == [VENDOR_ID]
    assert len(await stage.said(WriteIntent)) == 1


async def test_a_put_sent_twice_at_once_makes_one_vendor_and_one_intent(stage: Stage) -> None:
    await stage.connect()
    put = stage.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"})

    await stage.overlap(put, put)

    assert len(await stage.said(Vendor)) == 1
    assert len(await stage.said(WriteIntent)) == 1
