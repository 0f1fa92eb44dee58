"""Tenants are locked in one order, and a record that is judged while its facts change is checked again (locks.py)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from pydantic import BaseModel

from tieout_kit.clock import utc_now
from tieout_kit.domain import Service
from tieout_kit.events import Cause
from tieout_kit.http.access import EDITORS
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.records import locks, sweeps
from tieout_kit.records.reconciler import UNANSWERED
from tieout_kit.sync.answers import Hold
from tieout_kit.sync.arrival import Arrival, Import, Wait, XeroOnly, imported_id
from tieout_kit.sync.facts import Facts
from tieout_kit.sync.field import Field
from tieout_kit.sync.kind import Kind
from tieout_kit.sync.views import Put, View
from tieout_local import keys as local
from tieout_local.logins import DatabaseUrls
from tieout_schemas import topics
from tieout_schemas.bodies import ContactBody
from tieout_schemas.platform import Vendor
from tieout_schemas.reasons import Reason
from tieout_schemas.references import setting
from tieout_schemas.settings import TenantSettings
from tieout_schemas.writes import WriteIntent
from tieout_schemas.xero import XeroContact
from tieout_testing.builders import ANA_MADE_IT, xero_contact
from tieout_testing.kafka import wait_until
from tieout_testing.service_harness import ServiceHarness, Work, serve

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

OURS, OTHER, VENDOR_ID, CONTACT_X = (uuid4() for _ in range(4))


class VendorIn(BaseModel):
    name: str


def nothing_leaves_while_it_is_off(_: Vendor, facts: Facts) -> Hold | None:
    """PAY-7."""
    on = setting("outbound_payments")
    return None if facts.settings.outbound_payments else Hold(Reason.OUTBOUND_PAYMENTS_OFF, {}, on)


def restore(vendor_id: UUID, seen: XeroContact, _: Facts) -> Vendor:
    return Vendor(id=vendor_id, contact_id=vendor_id, name=seen.name, origin=ANA_MADE_IT)


def arrive(only: XeroOnly[XeroContact], _: object, facts: Facts) -> Arrival:
    """Contacts come in while items are on."""
    if not facts.settings.items:
        return Wait(setting("items"))
    return Import(restore(imported_id(only.tenant_id, only.snapshot.xero_id), only.snapshot, facts), "CONT-3")


PUT: Put[Vendor] = Put(
    body=VendorIn,
    summary="Make a vendor",
    roles=EDITORS,
    rule="CONT-5",
    content=lambda wanted, _, vendor_id: {"name": wanted.name, "contact_id": vendor_id},
)
VENDOR: Kind[Vendor, XeroContact] = Kind(
    record=Vendor,
    topic=topics.CONTACTS_TOPIC,
    snapshot=XeroContact,
    ours=lambda _: True,
    gone=lambda _: False,
    fields=(Field(name="name", theirs=lambda seen, _: seen.name),),
    compose=lambda vendor, _, __: ContactBody(name=vendor.name),
    arrive=arrive,
    restore=restore,
    rules=(nothing_leaves_while_it_is_off,),
    views=(View(model=Vendor, plural="vendors", put=PUT),),
    serial=True,
)
SHARING = replace(VENDOR, serial=False)
"""Its transactions hold their tenants together, unless they change facts."""


@pytest_asyncio.fixture(params=[VENDOR, SHARING], ids=["alone", "sharing"])
async def harness(
    request: pytest.FixtureRequest, urls: DatabaseUrls, signing: local.SigningKeys
) -> AsyncIterator[ServiceHarness]:
    """Vendors of a service that locks its tenants exclusively, and of a service that locks them shared."""
    async with serve(urls, signing, Service("contacts", "Vendors.", kinds=(request.param,))) as made:
        await made.connect()
        yield made


@pytest_asyncio.fixture
async def open_database(database: str) -> AsyncIterator[Database]:
    made = Database(database, "contacts", utc_now)
    await made.open()
    yield made
    await made.close()


def settings_of(harness: ServiceHarness, version: int, **chosen: Any) -> tuple[TenantSettings, int]:
    return TenantSettings(tenant_id=harness.tenant_id, version=version, **chosen), version


def sweeping(harness: ServiceHarness) -> Work:
    """Process the next page of a sweep."""
    return lambda tx: sweeps.process_page(tx, harness.wired.rechecks)


async def locked_by_others(tx: Tx) -> int:
    """How many tenants of this database others have locked."""
    count: int = await tx.db.fetchval(
        "select count(*) from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid()"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    return count


async def waits(tx: Tx) -> bool:
    """Whether anybody waits for a lock."""
    found: bool = await tx.db.fetchval("select exists (select from pg_locks where not granted)")
    return found


async def test_a_shared_lock_is_never_made_exclusive(open_database: Database) -> None:
    async with open_database.transaction() as tx:
        await locks.tenants(tx, [OURS])

        with pytest.raises(AssertionError, match="a shared lock is never made exclusive"):
            await locks.tenants(tx, [OURS], alone=[OURS])


async def test_all_tenants_are_locked_at_once(open_database: Database) -> None:
    async with open_database.transaction() as tx:
        await locks.tenants(tx, [OURS])

        with pytest.raises(AssertionError, match="all tenants are locked at once"):
            await locks.tenants(tx, [OURS, OTHER])


@pytest.mark.parametrize("alone", [(), (OURS, OTHER)])
async def test_what_is_locked_already_is_left_as_it_is(open_database: Database, alone: tuple[UUID, ...]) -> None:
    async with open_database.transaction() as tx:
        await locks.tenants(tx, [OURS, OTHER], alone=alone)

        await locks.tenants(tx, [OTHER])

        assert tx.locked == {OURS: bool(alone), OTHER: bool(alone)}


@pytest.mark.parametrize(
    ("first", "tenant", "second", "must_wait"),
    [
        ([], OURS, [], False),
        ([OURS], OURS, [], True),
        ([], OURS, [OURS], True),
        ([OURS], OURS, [OURS], True),
        ([OURS], OTHER, [OTHER], False),
    ],
    ids=["both share", "first alone", "second alone", "both alone", "another tenant"],
)
async def test_a_tenant_that_one_holds_alone_everybody_else_waits_for(
    open_database: Database, first: list[UUID], tenant: UUID, second: list[UUID], must_wait: bool
) -> None:
    async with open_database.transaction() as holding:
        await locks.tenants(holding, [OURS], alone=first)
        waiting = asyncio.create_task(open_database.run(lambda tx: locks.tenants(tx, [tenant], alone=second)))

        async def settled() -> bool:
            return waiting.done() or await waits(holding)

        await wait_until(settled, bool, within=5)
        assert waiting.done() is not must_wait
    await waiting


@pytest.mark.parametrize("alone", [True, False])
async def test_tenants_are_locked_in_one_order_whoever_names_them_how(open_database: Database, alone: bool) -> None:
    """Seen to fail without `order by 1` in locks.sql: while the first was waited for, others were locked already."""
    tenants = [uuid4() for _ in range(50)]
    async with open_database.transaction() as holding:
        by_key = "select tenant from unnest($1::uuid[]) as tenant order by hashtextextended(tenant::text, 0)"
        ordered = [row["tenant"] for row in await holding.db.fetch(by_key, tenants)]
        await locks.tenants(holding, ordered[:1], alone=ordered[:1])
        backwards = ordered[::-1]
        waiting = asyncio.create_task(
            open_database.run(lambda tx: locks.tenants(tx, backwards, alone=backwards if alone else ()))
        )

        await wait_until(lambda: waits(holding), bool, within=5)

        assert await locked_by_others(holding) == 0
    await waiting


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize("settings_first", [True, False])
async def test_what_is_held_while_its_setting_is_chosen_is_found_and_goes(
    harness: ServiceHarness, settings_first: bool
) -> None:
    await harness.choose(1, outbound_payments=False)
    put = harness.putting(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    chosen = harness.batch(settings_of(harness, 2, outbound_payments=True))

    await harness.overlap(*((chosen, put) if settings_first else (put, chosen)))

    assert [intent.record.id for intent in await harness.published(WriteIntent)] == [VENDOR_ID]
    assert await harness.problems() == []


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize("settings_first", [True, False])
async def test_what_waits_in_xero_while_its_setting_is_chosen_is_found_and_comes_in(
    harness: ServiceHarness, settings_first: bool
) -> None:
    await harness.choose(1, items=False)
    seen = harness.batch((xero_contact(CONTACT_X), 5))
    chosen = harness.batch(settings_of(harness, 2, items=True))

    await harness.overlap(*((chosen, seen) if settings_first else (seen, chosen)))

    assert [vendor.sync.xero_id for vendor in await harness.published(Vendor)] == [CONTACT_X]


@pytest.mark.rule("SYS-2")
@pytest.mark.parametrize("sweep_first", [True, False])
async def test_a_setting_chosen_while_an_earlier_choice_is_swept_is_swept_too(
    harness: ServiceHarness, sweep_first: bool
) -> None:
    await harness.choose(1, outbound_payments=False)
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    await harness.database.run(harness.batch(settings_of(harness, 2, outbound_payments=False, items=False)))
    chosen = harness.batch(settings_of(harness, 3, outbound_payments=True))

    await harness.overlap(*((sweeping(harness), chosen) if sweep_first else (chosen, sweeping(harness))))

    assert len(await harness.published(WriteIntent)) == 1


@pytest.mark.rule("SYS-1")
@pytest.mark.parametrize("snapshot_first", [True, False])
async def test_what_is_seen_in_xero_while_it_is_checked_again_is_not_lost(
    harness: ServiceHarness, snapshot_first: bool
) -> None:
    await harness.choose(1, items=False)
    await harness.deliver((xero_contact(CONTACT_X, name="Acme"), 5))
    for version, items in ((2, True), (3, False)):
        await harness.database.run(harness.batch(settings_of(harness, version, items=items)))
    seen = harness.batch((xero_contact(CONTACT_X, name="Acme Ltd"), 6))

    await harness.overlap(*((seen, sweeping(harness)) if snapshot_first else (sweeping(harness), seen)))
    await harness.choose(4, items=True)

    assert [vendor.name for vendor in await harness.published(Vendor)] == ["Acme Ltd"]


@pytest.mark.rule("CONT-13")
@pytest.mark.parametrize("unlink_first", [True, False])
async def test_what_is_unlinked_by_hand_while_it_is_seen_in_xero_does_not_come_in_again(
    harness: ServiceHarness, unlink_first: bool
) -> None:
    await harness.choose(1, outbound_payments=False, items=False)
    await harness.deliver((xero_contact(CONTACT_X), 5))
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    linked = await harness.post(f"vendors/{VENDOR_ID}/link", {"xero_id": str(CONTACT_X)})
    assert linked.status_code == 200
    await harness.choose(2, outbound_payments=False)
    seen = harness.batch((xero_contact(CONTACT_X, name="Acme Ltd"), 6))

    def unlink(tx: Tx) -> Awaitable[object]:
        [vendors] = harness.wired.reconcilers
        return vendors.act(tx, harness.tenant_id, VENDOR_ID, lambda desk, work: desk.unlink(work, Cause.request()))

    await harness.overlap(*((unlink, seen) if unlink_first else (seen, unlink)))

    assert {vendor.id for vendor in await harness.published(Vendor)} == {VENDOR_ID}


@pytest.mark.rule("SYS-1")
async def test_intents_that_are_sent_again_pass_over_a_record_that_somebody_is_at(harness: ServiceHarness) -> None:
    [vendors] = harness.wired.reconcilers
    await harness.put(f"vendors/{VENDOR_ID}", {"name": "Acme"})
    async with harness.database.transaction() as tx:
        await tx.db.execute("update record set in_flight_since = $1", tx.now - 2 * UNANSWERED)

    async with harness.database.transaction() as busy:
        await vendors.records.lock(busy, [(harness.tenant_id, VENDOR_ID)])
        meanwhile = await harness.database.run(vendors.resend_unanswered)

    assert (meanwhile, await harness.database.run(vendors.resend_unanswered)) == (0, 1)
    first, again = await harness.published(WriteIntent)
    assert first == again
