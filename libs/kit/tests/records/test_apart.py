"""Tenants are kept apart: no query that takes a tenant shows or touches another's rows, whatever ids they share."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import pytest

from tieout_kit.errors import NotFound
from tieout_kit.events import Cause
from tieout_kit.http import edits
from tieout_kit.postgres.database import Tx
from tieout_kit.records import reference, store, tenants
from tieout_kit.records.reconciler import UNANSWERED
from tieout_kit.sync.desk import Desk
from tieout_kit.sync.linking import export
from tieout_kit.sync.views import View
from tieout_kit.sync.work import Work
from tieout_schemas.bodies import BillBody
from tieout_schemas.platform import Bill, Customer
from tieout_schemas.settings import ConflictPolicy
from tieout_schemas.writes import Outcome
from tieout_schemas.xero import InvoiceStatus, XeroAccount

from .kind import MATCHED
from .world import OTHER, TENANT, VENDOR, World, answer, done, invoice, refused, vendor, world_of

pytestmark = [pytest.mark.real, pytest.mark.timeout(60), pytest.mark.rule("SYS-11")]

NOBODY = uuid5(TENANT, "nobody")
IDS = [uuid5(TENANT, f"bill {number}") for number in range(4)]
THERE = [uuid5(TENANT, f"xero {number}") for number in range(6)]
STRANGERS = uuid5(TENANT, "a vendor that is not in Xero")


def customer_of(bill: Bill) -> Customer:
    """A view of a bill that has an id of its own, as a contact's roles have."""
    return Customer(
        id=uuid5(bill.id, "customer"), contact_id=bill.id, name=bill.number, sync=bill.sync, origin=bill.origin
    )


VIEWED = replace(MATCHED, views=(*MATCHED.views, View(model=Customer, plural="customers", of=customer_of)))


async def live(world: World, tenant: UUID) -> None:
    """A bit of everything: each tenant does the same, with the same ids."""
    sequence = iter(range(100, 10_000, 100))

    async def deliver(*payloads: Any) -> None:
        await world.deliver(*payloads, tenant_id=tenant, sequence=next(sequence))

    account = XeroAccount(code="1", name="Bank", active=True, xero_id=VENDOR, type="BANK", takes_payments=True)
    await world.connect(tenant)
    await world.choose(tenant, conflicts=ConflictPolicy.ASK)
    await deliver(account, vendor(STRANGERS, None))
    for bill_id, number in zip(IDS, ("one", "two", "three", "odd four"), strict=True):
        await world.edit(bill_id, tenant_id=tenant, number=number)
    await world.edit(IDS[3], tenant_id=tenant, number="odd four", vendor_id=STRANGERS)
    one, two, three = [await last(world, tenant, bill_id) for bill_id in IDS[:3]]
    await deliver(answer(one, xero_id=THERE[0]), done(one, THERE[0], 400))
    await deliver(refused(two), three.result(Outcome.STALE, xero_id=THERE[2], snapshot_sequence=900))
    await deliver(*(done(intent) for intent in await world.unanswered(tenant)))
    await deliver(invoice(THERE[3], number="three"), invoice(THERE[4], status=InvoiceStatus.DRAFT), invoice(THERE[5]))
    await world.edit(IDS[0], tenant_id=tenant, number="ours")
    await deliver(invoice(THERE[0], number="theirs"))
    await world.retry(IDS[1], tenant)
    await deliver(vendor(STRANGERS, THERE[1]), account.replace(name="Another"))
    await world.sweep()


async def last(world: World, tenant: UUID, bill_id: UUID) -> Any:
    return [intent for intent in await world.intents(tenant_id=tenant) if intent.record.id == bill_id][-1]


async def rows_of(world: World, tenant: UUID) -> Mapping[str, Sequence[Any]]:
    """Everything that is stored of a tenant."""
    tables = await world.rows("select table_name from information_schema.columns where column_name = 'tenant_id'")
    return {
        row["table_name"]: [
            str(tuple(found))
            for found in await world.rows(f"select t.ctid, t.* from {row['table_name']} t where tenant_id = $1", tenant)
        ]
        for row in tables
    }


async def test_what_one_tenant_does_never_touches_what_another_has_with_the_very_same_ids(database: str) -> None:
    async with world_of(database, VIEWED) as world:
        await live(world, OTHER)
        before = await rows_of(world, OTHER)
        assert {name for name, rows in before.items() if rows} >= {
            "record", "change", "copy", "outbox", "problem", "reference", "refers", "tenant", "xero_only", "audit",
        }  # fmt: skip

        await live(world, TENANT)
        await _undo_by_hand(world, TENANT)
        await world.connect(TENANT, lost=True)
        await world.choose(TENANT, outbound_payments=False, items=False, contact_terms=False)
        await world.edit(IDS[1], tenant_id=TENANT, number="another")
        await world.sweep()

        assert await rows_of(world, OTHER) == before


async def _undo_by_hand(world: World, tenant: UUID) -> None:
    act, cause = world.reconciler.act, Cause.request()
    await world.database.run(lambda tx: act(tx, tenant, IDS[0], lambda desk, work: desk.unlink(work, cause)))
    await world.database.run(lambda tx: act(tx, tenant, IDS[0], lambda _, work: export(work)))

    def link(desk: Desk[Any, Any], work: Work[Any, Any]) -> None:
        desk.link(work, THERE[4], "ada", cause)

    await world.database.run(lambda tx: act(tx, tenant, IDS[0], link, [THERE[4]]))


@pytest.mark.parametrize("tenant", [TENANT, NOBODY])
async def test_each_query_shows_a_tenants_own_rows_only(database: str, tenant: UUID) -> None:
    async with world_of(database, VIEWED) as world:
        await live(world, OTHER)
        kept, view = world.reconciler.records, world.kind.views[1]
        [[sequence]] = await world.rows("select sequence from record where id = $1", IDS[0])

        async with world.database.transaction() as tx:
            theirs = await every_query(tx, world, OTHER, sequence)
            assert all(theirs.values()), theirs
            found = await every_query(tx, world, tenant, sequence)
            assert not any(found.values()), found
            # By a view's own id.
            customer = uuid5(IDS[0], "customer")
            assert await edits.id_of(tx, world.reconciler, OTHER, view, customer) == IDS[0]
            assert await edits.id_of(tx, world.reconciler, tenant, view, customer) is None
            for shown in await kept.page(tx, OTHER, None, 100):
                assert await kept.one(tx, OTHER, shown.record.id) == shown


async def every_query(tx: Tx, world: World, tenant: UUID, sequence: int) -> dict[str, Any]:
    kept, loader = world.reconciler.records, world.reconciler.store
    keys = [(tenant, each) for each in IDS]
    known = await world.wired._copies.load(tx, [(tenant, "vendor", STRANGERS)], [(tenant, "vendor", THERE[1])])
    return {
        "page": await kept.page(tx, tenant, None, 100),
        "page by view": await kept.page(tx, tenant, None, 100, "customer"),
        "one": await kept.one(tx, tenant, IDS[0]),
        "changes": await kept.changes(tx, tenant, IDS[0]),
        "at": await kept.at(tx, tenant, IDS[0], sequence),
        "lock by id": await kept.lock(tx, keys),
        "lock by Xero's id": await kept.lock(tx, (), [(tenant, THERE[0])]),
        "lock by key": await kept.lock(tx, (), (), [(tenant, "ours")]),
        "xero_only by id": await loader._only.load(tx, [(tenant, THERE[4])]),
        "xero_only by key": await loader._only.load(tx, (), [(tenant, "X-1")]),
        "copies": known,
        "reference": await world.wired._reference.load(tx, [tenant], world.kind),
        "listed": await reference.listed(tx, tenant, "account"),
    }


async def test_a_page_goes_on_behind_its_cursor_and_keeps_to_its_tenant(plain: World) -> None:
    for tenant in (TENANT, OTHER):
        for bill_id in IDS:
            await plain.edit(bill_id, tenant_id=tenant, number=f"of {tenant}")

    async with plain.database.transaction() as tx:
        first = await plain.reconciler.records.page(tx, OTHER, None, 3)
        rest = await plain.reconciler.records.page(tx, OTHER, first[-1].record.id, 3)

    assert [shown.record.id for shown in (*first, *rest)] == sorted(IDS)
    assert {shown.record.number for shown in (*first, *rest)} == {f"of {OTHER}"}


async def test_what_is_unanswered_is_emitted_again_to_whom_it_belongs(plain: World) -> None:
    for tenant in (TENANT, OTHER):
        await plain.edit(IDS[0], tenant_id=tenant, number=f"of {tenant}")
    plain.pass_time(UNANSWERED + dt.timedelta(seconds=1))

    assert await plain.database.run(plain.reconciler.resend_unanswered) == 2

    for tenant in (TENANT, OTHER):
        first, again = await plain.intents(tenant_id=tenant)
        assert again == first
        assert isinstance(first.body, BillBody)
        assert first.body.number == f"of {tenant}"


async def test_a_stranger_has_no_settings_and_waits_for_a_connection(plain: World) -> None:
    async with plain.database.transaction() as tx:
        known = await tenants.load(tx, [TENANT, NOBODY])
        with pytest.raises(NotFound):
            await tenants.get(tx, NOBODY)
    assert (known[TENANT].connection.open, known[NOBODY].connection.open) == (True, False)
    assert {tenant: found.settings.tenant_id for tenant, found in known.items()} == {TENANT: TENANT, NOBODY: NOBODY}


async def test_names_of_one_tenant_are_not_those_of_another(plain: World) -> None:
    named = [((tenant, IDS[0]), "bill", "vendor:x") for tenant in (TENANT, OTHER)]

    async def refer(tx: Tx) -> None:
        await store.refer(tx, [], named)
        await store.refer(tx, named[:1], [])

    await plain.database.run(refer)

    assert [row["tenant_id"] for row in await plain.rows("select tenant_id from refers")] == [OTHER]
