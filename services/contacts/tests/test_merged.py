"""A contact that somebody merged into another in Xero: the link moves to the one that stays (CONT-14, F27)."""

import datetime as dt
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_schemas.platform import SyncState, Vendor
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import ContactStatus, XeroContact
from tieout_testing.builders import done, xero_contact, xero_invoice
from tieout_testing.service_harness import ServiceHarness

pytestmark = [pytest.mark.real, pytest.mark.field("F27"), pytest.mark.rule("CONT-14")]
LOSER, MIDDLE, WINNER, VENDOR_ID, OTHER_ID = (UUID(int=n) for n in range(11, 16))
PATH = f"vendors/{VENDOR_ID}"
LATER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
"""The later change wins: whoever merged the two has chosen the details that stay."""


def gone(xero_id: UUID, winner: UUID, **more: Any) -> XeroContact:
    return xero_contact(xero_id, status=ContactStatus.ARCHIVED, merged_to=winner, **more)


async def linked(
    harness: ServiceHarness, vendor_id: UUID = VENDOR_ID, xero_id: UUID = LOSER, name: str = "Acme"
) -> None:
    """A vendor that was made here, and is in Xero."""
    if vendor_id == VENDOR_ID:
        await harness.connect()
    await harness.put(f"vendors/{vendor_id}", {"name": name})
    intent = (await harness.published(WriteIntent))[-1]
    await harness.deliver(*done(intent, xero_contact(xero_id, name=name)))


async def last(harness: ServiceHarness, vendor_id: UUID = VENDOR_ID) -> Vendor:
    return [vendor for vendor in await harness.published(Vendor) if vendor.id == vendor_id][-1]


@pytest.mark.parametrize("winner_first", [True, False, None], ids=["known before", "comes later", "in one batch"])
async def test_the_link_moves_to_the_contact_that_stays(harness: ServiceHarness, winner_first: bool | None) -> None:
    await linked(harness)
    events = [
        (gone(LOSER, WINNER), 60),
        (xero_contact(WINNER, name="Acme Ltd", email="pay@acme.nz", updated_at=LATER), 61),
    ]
    if winner_first is None:
        await harness.deliver(*events)
    else:
        for event in events[::-1] if winner_first else events:
            await harness.deliver(event)

    vendor = await last(harness)
    assert (vendor.sync.xero_id, vendor.sync.former_xero_ids, vendor.sync.gone_in_xero) == (WINNER, (LOSER,), False)
    assert (vendor.sync.state, vendor.merged_to) == (SyncState.IN_STEP, None)
    assert (vendor.name, vendor.email) == ("Acme Ltd", "pay@acme.nz")
    assert {each.id for each in await harness.published(Vendor)} == {VENDOR_ID}
    assert (len(await harness.published(WriteIntent)), await harness.problems()) == (1, [])


@pytest.mark.parametrize("bill_first", [True, False])
async def test_a_bill_that_moved_makes_no_second_vendor_of_the_contact_that_stays(
    harness: ServiceHarness, bill_first: bool
) -> None:
    await linked(harness)
    bill = (xero_invoice(uuid4(), WINNER), 70)
    await harness.deliver((gone(LOSER, WINNER), 60), *([bill] if bill_first else []))

    await harness.deliver((xero_contact(WINNER), 61))
    if not bill_first:
        await harness.deliver(bill)

    assert {each.id for each in await harness.published(Vendor)} == {VENDOR_ID}
    assert (await last(harness)).sync.xero_id == WINNER


async def test_a_merged_contact_does_not_come_in(harness: ServiceHarness) -> None:
    await harness.connect()

    await harness.deliver((xero_invoice(uuid4(), LOSER), 1), (gone(LOSER, WINNER), 60))

    assert await harness.published(Vendor) == []


async def test_until_the_contact_that_stays_is_known_the_vendor_says_where_its_contact_went(
    harness: ServiceHarness,
) -> None:
    await linked(harness)

    await harness.deliver((gone(LOSER, WINNER), 60))

    vendor = await last(harness)
    assert (vendor.sync.xero_id, vendor.sync.gone_in_xero, vendor.merged_to) == (LOSER, True, WINNER)


async def test_what_changes_afterwards_goes_to_the_contact_that_stays(harness: ServiceHarness) -> None:
    await linked(harness)
    await harness.deliver((gone(LOSER, WINNER), 60), (xero_contact(WINNER), 20))

    await harness.change(PATH, {"name": "Acme", "phone": "64-9-1"})
    await harness.deliver((gone(LOSER, WINNER, phone="old"), 70))

    intent = (await harness.published(WriteIntent))[-1]
    assert (intent.xero_id, intent.base_sequence) == (WINNER, 20)
    assert ((await last(harness)).phone, (await last(harness)).sync.xero_id) == ("64-9-1", WINNER)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_merges_one_after_the_other_are_followed_to_their_end(
    harness: ServiceHarness, order: tuple[int, ...]
) -> None:
    await linked(harness)
    events = [(gone(LOSER, MIDDLE), 60), (gone(MIDDLE, WINNER), 61), (xero_contact(WINNER), 62)]

    for place in order:
        await harness.deliver(events[place])

    assert (await last(harness)).sync.xero_id == WINNER


async def test_a_circle_of_merges_ends(harness: ServiceHarness) -> None:
    await linked(harness)

    await harness.deliver((gone(LOSER, MIDDLE), 60), (gone(MIDDLE, LOSER), 61))

    assert (await last(harness)).merged_to == MIDDLE


async def test_the_link_stays_while_the_other_contact_is_another_vendors(harness: ServiceHarness) -> None:
    await linked(harness)
    await linked(harness, OTHER_ID, WINNER, "Acme Ltd")

    await harness.deliver((gone(LOSER, WINNER), 60))
    waiting = await last(harness)
    await harness.post(f"vendors/{OTHER_ID}/unlink")
    await harness.sweep()

    assert (waiting.sync.xero_id, waiting.merged_to) == (LOSER, WINNER)
    assert ((await last(harness)).sync.xero_id, (await last(harness, OTHER_ID)).sync.xero_id) == (WINNER, None)
