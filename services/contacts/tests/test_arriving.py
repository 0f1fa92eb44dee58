"""Contacts come in from Xero: classified by bills (CONT-4), archived, restored, created again, twice in Xero."""

from uuid import uuid4

import pytest

from tieout_kit.sync.arrival import imported_id
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import Sync, SyncState, Vendor
from tieout_schemas.problem import Problem
from tieout_schemas.signals import Refresh
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import ContactStatus, InvoiceStatus, InvoiceType
from tieout_testing.builders import done, xero_contact, xero_invoice
from tieout_testing.service_harness import ServiceHarness

pytestmark = pytest.mark.real

XERO_ID, OTHER, VENDOR_ID = uuid4(), uuid4(), uuid4()
BILL = xero_invoice(uuid4(), XERO_ID)


async def names(harness: ServiceHarness) -> dict[str, Vendor]:
    """The vendors as they were published last, by name."""
    latest = {vendor.id: vendor for vendor in await harness.published(Vendor)}
    return {vendor.name: vendor for vendor in latest.values()}


@pytest.mark.rule("CONT-4")
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("bill_first", [True, False])
async def test_a_contact_and_its_bill_make_a_vendor_in_either_order(
    harness: ServiceHarness, bill_first: bool, together: bool
) -> None:
    await harness.connect()
    contact = xero_contact(XERO_ID, email="a@acme.nz")
    events = [(BILL, 1), (contact, 1)] if bill_first else [(contact, 1), (BILL, 1)]
    if together:
        await harness.deliver(*events)
    else:
        await harness.deliver(events[0])
        assert await harness.published(Vendor) == []
        await harness.deliver(events[1])

    [vendor] = await harness.published(Vendor)
    assert vendor.id == vendor.contact_id == imported_id(harness.tenant_id, XERO_ID)
    assert (vendor.name, vendor.email, vendor.active) == ("Acme", "a@acme.nz", True)
    assert vendor.sync == Sync(state=SyncState.IN_STEP, xero_id=XERO_ID, based_on_sequence=1)
    assert await harness.published(WriteIntent) == []
    assert await harness.problems() == []


@pytest.mark.rule("CONT-4")
@pytest.mark.parametrize("status", InvoiceStatus)
async def test_a_bill_classifies_even_if_it_is_skipped_itself(harness: ServiceHarness, status: InvoiceStatus) -> None:
    await harness.deliver((xero_contact(XERO_ID), 1), (xero_invoice(uuid4(), XERO_ID, status=status), 1))

    assert list(await names(harness)) == ["Acme"]


@pytest.mark.rule("CONT-4")
async def test_a_sales_invoice_makes_no_vendor(harness: ServiceHarness) -> None:
    await harness.connect()

    await harness.deliver((xero_contact(XERO_ID), 1))
    await harness.deliver((xero_invoice(uuid4(), XERO_ID, type=InvoiceType.ACCREC), 1))

    assert await harness.published(Vendor) == []
    assert await harness.problems() == []


@pytest.mark.rule("CONT-4")
async def test_a_contact_heard_before_anything_of_its_tenant_becomes_a_vendor(harness: ServiceHarness) -> None:
    await harness.deliver((BILL, 1))
    await harness.deliver((xero_contact(XERO_ID), 1))

    assert list(await names(harness)) == ["Acme"]


@pytest.mark.rule("CONT-4")
async def test_a_bill_of_a_vendor_that_is_there_changes_nothing(harness: ServiceHarness) -> None:
    await harness.deliver((BILL, 1), (xero_contact(XERO_ID), 1))
    before = await harness.published(Vendor)

    await harness.deliver((xero_invoice(uuid4(), XERO_ID), 1))

    assert await harness.published(Vendor) == before


@pytest.mark.rule("CONT-4")
async def test_a_bill_of_another_tenant_classifies_nobody_here(harness: ServiceHarness) -> None:
    await harness.deliver((xero_contact(XERO_ID), 1))
    ours, harness.tenant_id = harness.tenant_id, uuid4()
    await harness.deliver((BILL, 1))
    harness.tenant_id = ours

    await harness.deliver((xero_contact(XERO_ID, email="a@acme.nz"), 2))

    assert await harness.published(Vendor) == []


@pytest.mark.rule("SYS-1")
async def test_an_older_sequence_changes_nothing(harness: ServiceHarness) -> None:
    await harness.deliver((BILL, 1), (xero_contact(XERO_ID, name="New"), 9))
    before = await harness.published(Vendor)

    await harness.deliver((xero_contact(XERO_ID, name="Old"), 8), (xero_contact(XERO_ID, name="New"), 9))

    assert await harness.published(Vendor) == before


@pytest.mark.rule("SYS-1")
async def test_an_older_contact_after_a_newer_one_does_not_decide_its_name(harness: ServiceHarness) -> None:
    await harness.deliver((xero_contact(XERO_ID, name="New"), 9))
    await harness.deliver((xero_contact(XERO_ID, name="Old"), 8))

    await harness.deliver((BILL, 1))

    assert list(await names(harness)) == ["New"]


@pytest.mark.rule("SYS-1")
async def test_a_vendor_made_under_a_contacts_id_does_not_stop_the_others_and_is_told(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"vendors/{imported_id(harness.tenant_id, XERO_ID)}", {"name": "Mine"})
    await harness.deliver((BILL, 1), (xero_invoice(uuid4(), OTHER), 2))

    await harness.deliver((xero_contact(XERO_ID), 1), (xero_contact(OTHER, name="Beta"), 1))

    assert sorted(await names(harness)) == ["Beta", "Mine"]
    assert [(problem.code, problem.record.id) for problem in await harness.problems()] == [("id_taken", XERO_ID)]


@pytest.mark.rule("SYS-2")
async def test_a_retry_of_what_stays_in_xero_has_it_read_again(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"vendors/{imported_id(harness.tenant_id, XERO_ID)}", {"name": "Mine"})
    await harness.deliver((BILL, 1), (xero_contact(XERO_ID), 1))
    [problem] = await harness.problems()

    await harness.post(f"problems/{problem.id}/retry")

    assert [refresh.xero_id for refresh in await harness.published(Refresh)] == [XERO_ID]
    assert [each.id for each in await harness.problems()] == [problem.id]


@pytest.mark.rule("CONT-8")
@pytest.mark.rule("CONT-9")
async def test_an_archived_vendor_is_marked_and_not_sent_until_restored(harness: ServiceHarness) -> None:
    await harness.deliver((BILL, 1), (xero_contact(XERO_ID), 1))
    await harness.connect()
    vendor_id = imported_id(harness.tenant_id, XERO_ID)

    await harness.deliver((xero_contact(XERO_ID, status=ContactStatus.ARCHIVED), 2))
    archived = (await names(harness))["Acme"]
    await harness.change(f"vendors/{vendor_id}", {"name": "Acme", "phone": "1"})
    held_back = await harness.published(WriteIntent)
    await harness.deliver((xero_contact(XERO_ID), 3))

    assert archived.sync == Sync(state=SyncState.NOT_FOR_XERO, xero_id=XERO_ID, gone_in_xero=True, based_on_sequence=2)
    assert archived.active
    assert held_back == []
    [update] = await harness.published(WriteIntent)
    assert isinstance(update.body, ContactBody)
    assert (update.body.phone, update.base_sequence) == ("1", 3)
    assert not (await names(harness))["Acme"].sync.gone_in_xero


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("bill_first", [True, False])
async def test_our_contact_that_was_lost_here_is_made_again_under_its_own_id(
    harness: ServiceHarness, bill_first: bool
) -> None:
    await harness.connect()
    contact = xero_contact(XERO_ID, phone="1", record_id=VENDOR_ID)
    events = [(BILL, 1), (contact, 7)]

    await harness.deliver(*(events if bill_first else reversed(events)))

    [vendor] = await harness.published(Vendor)
    assert (vendor.id, vendor.name, vendor.phone) == (VENDOR_ID, "Acme", "1")
    assert vendor.sync == Sync(state=SyncState.IN_STEP, xero_id=XERO_ID, created_xero_id=XERO_ID, based_on_sequence=7)
    assert await harness.published(WriteIntent) == []


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize("which", ["the second is archived", "the first is archived"])
async def test_a_vendor_that_is_in_xero_twice_is_told_until_one_of_the_two_is_archived(
    harness: ServiceHarness, which: str
) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await harness.published(WriteIntent)
    await harness.deliver(*done(create, xero_contact(XERO_ID)))
    before = await harness.published(Vendor)

    await harness.deliver((xero_contact(OTHER, name="Acme (2)", record_id=VENDOR_ID), 60))
    told = await harness.problems()
    assert await harness.published(Vendor) == before
    archived = OTHER if which.startswith("the second") else XERO_ID
    await harness.deliver((xero_contact(archived, status=ContactStatus.ARCHIVED, record_id=VENDOR_ID), 61))

    [problem] = told
    assert (problem.code, problem.record.id) == ("twice_in_xero", VENDOR_ID)
    assert problem.sentence == f"This contact is in Xero twice: as {XERO_ID}, and as {OTHER}."
    assert await harness.problems() == []
    assert len(await harness.published(Problem)) == 2


@pytest.mark.rule("SYS-1")
async def test_a_second_contact_of_ours_makes_no_second_vendor_though_a_bill_names_it(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    [create] = await harness.published(WriteIntent)
    await harness.deliver(*done(create, xero_contact(XERO_ID)))

    await harness.deliver((xero_contact(OTHER, name="Acme (2)", record_id=VENDOR_ID), 60))
    await harness.deliver((xero_invoice(uuid4(), OTHER), 1))

    assert list(await names(harness)) == ["Acme"]
