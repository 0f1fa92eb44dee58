"""Copies of other services' records, and what names what: a change of the one wakes the other."""

from uuid import UUID, uuid4

import pytest

from tieout_schemas.bodies import BillBody
from tieout_schemas.platform import SyncState, Vendor
from tieout_schemas.references import CONNECTION, record, setting

from .world import CONTACT, OTHER, TENANT, VENDOR, World, invoice, vendor

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def names_of(world: World, bill_id: UUID) -> set[str]:
    return {row["reference"] for row in await world.rows("select reference from refers where id = $1", bill_id)}


async def swept(world: World) -> list[str]:
    return [row["key"] for row in await world.rows("select key from sweep order by id")]


async def test_an_older_copy_changes_nothing(plain: World) -> None:
    other, xero_id = uuid4(), uuid4()
    await plain.edit(uuid4(), vendor_id=other)
    await plain.deliver(vendor(other, xero_id, email="new"), sequence=5)
    await plain.sweep()
    [intent] = await plain.intents()

    for sequence in (4, 5):
        await plain.deliver(vendor(other, None, email="old"), sequence=sequence)

    assert await swept(plain) == []
    [row] = await plain.rows("select sequence, xero_id, doc from copy where id = $1 and tenant_id = $2", other, TENANT)
    assert (row["sequence"], row["xero_id"], row["doc"]["email"]) == (5, xero_id, "new")
    assert len(await plain.intents()) == 1
    assert isinstance(intent.body, BillBody)
    assert intent.body.contact_xero_id == xero_id


async def test_of_several_in_one_batch_the_newest_counts(plain: World) -> None:
    other = uuid4()
    await plain.edit(uuid4(), vendor_id=other)

    await plain.deliver(vendor(other, None), vendor(other, uuid4()))
    await plain.sweep()

    assert len(await plain.intents()) == 1


async def test_only_what_is_looked_at_wakes_what_names_it(plain: World) -> None:
    bill_id = uuid4()
    await plain.in_step(bill_id)

    await plain.deliver(vendor(email="another@example.com"))
    assert await swept(plain) == [], "its email decides nothing here"
    await plain.deliver(vendor(xero_id=uuid4()))

    assert str(record(Vendor, VENDOR)) in await swept(plain)
    await plain.sweep()
    assert await plain.state_of(bill_id) is SyncState.IN_STEP
    assert len(await plain.intents()) == 1, "it is of the same vendor, who is another contact there now"


async def test_that_a_vendor_is_gone_in_xero_is_looked_at(plain: World) -> None:
    await plain.in_step(uuid4())
    known = vendor()

    await plain.deliver(known.replace(sync=known.sync.replace(gone_in_xero=True)))

    assert str(record(Vendor, VENDOR)) in await swept(plain)


async def test_a_bill_of_xero_waits_for_its_contact_and_comes_in_with_it(plain: World) -> None:
    other, contact = uuid4(), uuid4()
    seen = invoice(contact_xero_id=contact)
    await plain.deliver(seen)
    assert await plain.codes() == ["vendor_not_here_yet"]

    await plain.deliver(vendor(other, contact))
    await plain.sweep()

    [bill] = await plain.published()
    assert (bill.vendor_id, bill.sync.xero_id, bill.sync.state) == (other, seen.xero_id, SyncState.IN_STEP)
    assert await plain.codes() == []


async def test_what_a_record_names_follows_it(plain: World) -> None:
    bill_id, other = uuid4(), uuid4()
    await plain.connect(lost=True)
    await plain.choose(outbound_payments=False)
    await plain.edit(bill_id, vendor_id=other)
    here, there = str(record(Vendor, VENDOR)), str(record(Vendor, other))
    assert await names_of(plain, bill_id) == {there, str(CONNECTION), str(setting("outbound_payments"))}

    await plain.edit(bill_id, vendor_id=VENDOR)
    assert await names_of(plain, bill_id) == {here, str(CONNECTION), str(setting("outbound_payments"))}
    await plain.choose(outbound_payments=True)
    await plain.connect()
    await plain.sweep()

    assert await names_of(plain, bill_id) == {here}, "it waits for nothing, and depends on its vendor for good"
    assert await plain.rows("select from sweep") == []


async def test_who_names_another_vendor_now_is_not_woken_by_the_former(plain: World) -> None:
    bill_id, former = uuid4(), uuid4()
    await plain.edit(bill_id, vendor_id=former)
    await plain.edit(bill_id, vendor_id=VENDOR)

    await plain.deliver(vendor(former, uuid4()))

    assert await swept(plain) == []


async def test_another_tenants_copy_is_not_looked_at(plain: World) -> None:
    bill_id, other = uuid4(), uuid4()
    await plain.deliver(vendor(other, uuid4()), tenant_id=OTHER)

    await plain.edit(bill_id, vendor_id=other)
    await plain.deliver(invoice(contact_xero_id=CONTACT), tenant_id=uuid4())

    assert await plain.state_of(bill_id) is SyncState.WAITING
    assert await swept(plain) == []
    assert len(await plain.published()) == 1, "nor does a stranger's bill find our vendor by Xero's id"
