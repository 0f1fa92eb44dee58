"""A tenant's settings for its contacts, over the real wiring: they reach new vendors and those without problems alike
(MAP-5)."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import SyncState, Vendor
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import Address
from tieout_testing.builders import done, xero_contact
from tieout_testing.service_harness import ServiceHarness

pytestmark = [pytest.mark.real, pytest.mark.rule("MAP-5")]

XERO_ID, VENDOR_ID = uuid4(), uuid4()
PATH = f"vendors/{VENDOR_ID}"
HERE: dict[str, Any] = {"email": "here@acme.nz", "phone": "64-9-111", "address": {"city": "Auckland"}}
THERE: dict[str, Any] = {"email": "there@acme.nz", "phone": "64-9-222", "address": Address(city="Wellington")}


async def last(harness: ServiceHarness) -> Vendor:
    return (await harness.published(Vendor))[-1]


async def in_step(harness: ServiceHarness, **content: Any) -> None:
    await harness.put(PATH, {"name": "Acme", **content})
    [create] = await harness.published(WriteIntent)
    assert isinstance(create.body, ContactBody)
    shown = {name: value for name, value in create.body.model_dump(exclude={"kind"}).items() if value is not None}
    await harness.deliver(*done(create, xero_contact(XERO_ID, **shown)))


@pytest.mark.rule("CONT-11")
async def test_the_service_sends_and_takes_what_the_tenant_chose(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.choose(3, contact_phone=False, contact_name_wins="platform")
    await in_step(harness, email="here@acme.nz", phone="64-9-111")

    await harness.deliver(
        (xero_contact(XERO_ID, name="There", email="there@acme.nz", phone="64-9-222", record_id=VENDOR_ID), 60)
    )

    [create, name_again] = await harness.published(WriteIntent)
    assert create.body == ContactBody(name="Acme", email="here@acme.nz", address=Address(), account_number="")
    # Somebody changed it there, so ours goes once more: the platform's name stands.
    assert name_again.body == ContactBody(name="Acme", email="there@acme.nz", address=Address(), account_number="")
    vendor = await last(harness)
    assert (vendor.name, vendor.email, vendor.phone) == ("Acme", "there@acme.nz", "64-9-111")
    assert vendor.origin.settings_version == 3


@pytest.mark.parametrize("field", ["email", "phone", "address"])
async def test_switching_a_field_on_sends_what_was_changed_here_while_it_was_off(
    harness: ServiceHarness, field: str
) -> None:
    await harness.connect()
    await in_step(harness)
    await harness.choose(1, **{f"contact_{field}": False})
    await harness.change(PATH, {"name": "Acme", field: HERE[field]})
    while_off = (await last(harness)).sync.state, len(await harness.published(WriteIntent))

    await harness.choose(2)

    assert while_off == (SyncState.IN_STEP, 1)
    [_, update] = await harness.published(WriteIntent)
    assert getattr(update.body, field) == getattr(await last(harness), field)
    assert update.base_sequence == 50


@pytest.mark.parametrize("field", ["email", "phone", "address"])
async def test_switching_a_field_on_takes_what_was_changed_there_while_it_was_off(
    harness: ServiceHarness, field: str
) -> None:
    await harness.connect()
    await in_step(harness, **HERE)
    await harness.choose(1, **{f"contact_{field}": False})
    shown = {"email": "here@acme.nz", "phone": "64-9-111", "address": Address(city="Auckland")}
    await harness.deliver((xero_contact(XERO_ID, **(shown | {field: THERE[field]}), record_id=VENDOR_ID), 60))
    while_off = getattr(await last(harness), field)

    await harness.choose(2)

    assert while_off == shown[field]
    assert getattr(await last(harness), field) == THERE[field]
    assert len(await harness.published(WriteIntent)) == 1


@pytest.mark.parametrize(
    "chosen", [{"items": False}, {"default_expense_account": UUID(int=1)}, {"contact_email": True}], ids=str
)
async def test_a_setting_that_decides_nothing_here_changes_and_sends_nothing(
    harness: ServiceHarness, chosen: dict[str, Any]
) -> None:
    await harness.connect()
    await in_step(harness, **HERE)
    before = await harness.published(Vendor)

    await harness.choose(1, **chosen)

    assert await harness.published(Vendor) == before
    assert len(await harness.published(WriteIntent)) == 1


@pytest.mark.rule("CONT-11")
async def test_choosing_whose_name_stands_reaches_names_that_differ_already(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.choose(1, conflicts="ask")
    await in_step(harness)
    await harness.deliver((xero_contact(XERO_ID, name="Theirs", record_id=VENDOR_ID), 60))
    await harness.choose(2, contact_name_wins="platform")
    taken = (await last(harness)).name

    await harness.deliver((xero_contact(XERO_ID, name="Other", record_id=VENDOR_ID), 61))

    assert (taken, (await last(harness)).name) == ("Theirs", "Theirs")
    [_, update] = await harness.published(WriteIntent)
    assert isinstance(update.body, ContactBody)
    assert (update.body.name, update.base_sequence) == ("Theirs", 61)


@pytest.mark.rule("SYS-3")
async def test_choosing_who_settles_conflicts_settles_those_that_are_open(harness: ServiceHarness) -> None:
    await harness.connect()
    await harness.choose(1, conflicts="ask")
    await harness.deliver((xero_contact(XERO_ID, phone="64-9-222"), 1))
    await harness.put(PATH, {"name": "Acme", "phone": "64-9-111"})
    open_before = [problem.code for problem in await harness.problems()]

    await harness.choose(2, conflicts="xero")

    assert (open_before, await harness.problems()) == (["changed_on_both_sides"], [])
    assert ((await last(harness)).phone, (await last(harness)).sync.state) == ("64-9-222", SyncState.IN_STEP)
    assert await harness.published(WriteIntent) == []
