"""What is held goes by itself when its reason is gone: in order, in pages, and nobody else waits for it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tieout_kit import sweeps, tenants
from tieout_kit.cause import Cause, Incoming
from tieout_kit.migrate import migrate
from tieout_kit.postgres import Database, Tx
from tieout_kit.reconciler import Changed, Reconciler
from tieout_kit.records import Key, Stored
from tieout_kit.sweeper import MOST_WAITING, Sweeper
from tieout_kit.sweeps import PAGE, Action
from tieout_kit.sync import Hold, Send, Verdict, wish
from tieout_kit.tenants import Tenant
from tieout_kit.testing import envelope_of, running, wait_until
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import Sync, Vendor
from tieout_schemas.problem import ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import VENDORS, WRITE
from tieout_schemas.writes import ContactBody, WriteIntent

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]

TENANT, OTHER = uuid4(), uuid4()
USER = Origin(kind=OriginKind.USER, by="ada")
OFF = Reason.OUTBOUND_PAYMENTS_OFF.code


async def judge(_: Tx, vendors: Sequence[Stored[Vendor]], known: Mapping[UUID, Tenant]) -> list[Verdict]:
    """Held while outbound payments are off."""
    return [
        Send(ContactBody(name=v.record.name))
        if known[v.tenant_id].settings.outbound_payments
        else Hold(Reason.OUTBOUND_PAYMENTS_OFF, {})
        for v in vendors
    ]


class World:
    """Vendors of two tenants, held by a setting."""

    def __init__(self, url: str) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.database = Database(url, "contacts", lambda: self.now)
        self.vendors = Reconciler(Vendor, VENDORS, judge)
        self.judged: list[Sequence[Key]] = []
        self.sweeper = Sweeper(self.database, {Vendor.kind: self.retry})
        self._version = 0
        self._sent: list[tuple[UUID, UUID]] = []

    async def retry(self, tx: Tx, keys: Sequence[Key], cause: Cause, by: str | None) -> None:
        self.judged.append(keys)
        await self.vendors.retry(tx, keys, cause, by)

    async def set(self, tenant_id: UUID, *, outbound: bool) -> None:
        await self.database.run(lambda tx: self.setting(tx, tenant_id, outbound=outbound))

    async def setting(self, tx: Tx, tenant_id: UUID, *, outbound: bool) -> None:
        self._version += 1
        chosen = TenantSettings(tenant_id=tenant_id, version=self._version, outbound_payments=outbound)
        cause = Cause("the-setting", "first", None)
        said = Incoming(envelope_of(tenant_id, chosen, self._version), chosen, cause)
        await tenants.settings_changed(tx, [said])

    async def make(self, tenant_id: UUID, count: int) -> list[UUID]:
        """So many vendors, one after another."""
        ids = [uuid4() for _ in range(count)]
        for start in range(0, count, 500):
            await self.database.run(lambda tx, some=ids[start : start + 500]: self._make(tx, tenant_id, some))  # type: ignore[misc]  # mypy takes no default of a lambda
            self.now += timedelta(seconds=1)
        return ids

    async def _make(self, tx: Tx, tenant_id: UUID, ids: Sequence[UUID]) -> None:
        made = [Vendor(id=i, sync=wish(Sync()), origin=USER, name=str(i)) for i in ids]
        await self.vendors.settle(tx, [Changed(Stored(tenant_id, 0, v), v, Cause.request()) for v in made])

    async def put(self, tx: Tx, tenant_id: UUID, vendor_id: UUID) -> None:
        await tenants.get(tx, tenant_id)
        await self._make(tx, tenant_id, [vendor_id])

    async def sweep(self) -> None:
        while await self.sweeper.turn():
            pass

    async def sent(self, tenant_id: UUID = TENANT) -> list[UUID]:
        await self.relay()
        return [record_id for whose, record_id in self._sent if whose == tenant_id]

    async def problems(self, state: ProblemState = ProblemState.OPEN) -> int:
        async with self.database.transaction() as tx:
            return int(await tx.db.fetchval("select count(*) from problem where state = $1", state))

    async def relay(self) -> None:
        """As if Kafka had it all."""
        async with self.database.transaction() as tx:
            rows = await tx.db.fetch("with gone as (delete from outbox returning *) select * from gone order by id")
        for row in rows:
            if row["topic"] == WRITE.name:
                self._sent.append((row["tenant_id"], WriteIntent.model_validate_json(row["value"]).record.id))


@pytest_asyncio.fixture
async def world(database: str) -> AsyncIterator[World]:
    made = World(database)
    await made.database.open()
    await migrate(made.database, ["tieout_kit"])
    for tenant_id in (TENANT, OTHER):
        await made.set(tenant_id, outbound=False)
    yield made
    await made.database.close()


@pytest.mark.rule("MAP-4")
async def test_what_a_setting_held_goes_by_itself_in_the_order_it_was_meant(world: World) -> None:
    # Of one transaction, and of several.
    ids = [i for count in (5, 1, 3) for i in await world.make(TENANT, count)]
    assert await world.sent() == []

    await world.set(TENANT, outbound=True)
    await world.sweep()

    assert await world.sent() == ids
    assert await world.problems() == 0


async def test_it_goes_in_pages_and_a_small_sweep_does_not_wait_for_a_large_one(world: World) -> None:
    await world.make(TENANT, 3 * PAGE)
    [alone] = await world.make(OTHER, 1)
    await world.relay()

    for tenant_id in (TENANT, OTHER):
        await world.set(tenant_id, outbound=True)
    async with running(world.sweeper.run(), _relaying(world)):
        await wait_until(world.problems, lambda left: left == 0)

    assert [len(keys) for keys in world.judged] == [PAGE, 1, PAGE, PAGE]
    assert world.judged[1] == [(OTHER, alone)]


async def _relaying(world: World) -> None:
    while True:
        await world.relay()
        await asyncio.sleep(0.01)


async def test_a_sweep_pauses_while_the_outbox_is_behind(world: World) -> None:
    await world.make(TENANT, MOST_WAITING)
    await world.set(TENANT, outbound=True)

    assert await world.sweeper.turn()
    assert world.judged == []
    await world.relay()

    assert await world.sweeper.turn()
    assert [len(keys) for keys in world.judged] == [PAGE]


async def test_one_that_was_interrupted_goes_on_where_it_was(world: World) -> None:
    ids = await world.make(TENANT, PAGE + 1)
    await world.relay()
    await world.set(TENANT, outbound=True)
    await world.sweeper.turn()

    world.sweeper = Sweeper(world.database, {Vendor.kind: world.retry})
    await world.relay()
    await world.sweep()

    assert sum(len(keys) for keys in world.judged) == len(ids)


async def test_what_is_still_held_is_judged_once_and_the_sweep_ends(world: World) -> None:
    await world.make(TENANT, PAGE + 1)
    await world.relay()

    await world.set(TENANT, outbound=False)
    await world.sweep()

    assert [len(keys) for keys in world.judged] == [PAGE, 1]
    assert await world.problems() == PAGE + 1


async def test_nothing_held_is_nothing_to_sweep(world: World) -> None:
    await world.set(TENANT, outbound=True)

    assert not await world.sweeper.turn()


async def test_a_record_that_is_held_at_this_moment_is_not_forgotten(world: World) -> None:
    # Without the lock on the tenant's row, the setting's event finds nothing held yet, and the record stays for good.
    vendor_id = uuid4()
    async with world.database.transaction() as tx:
        await world.put(tx, TENANT, vendor_id)
        setting = asyncio.create_task(world.set(TENANT, outbound=True))

        async def waits() -> bool:
            return setting.done() or await tx.db.fetchval("select count(*) > 0 from pg_locks where not granted")

        await wait_until(waits, bool, within=5)
        assert not setting.done()
    await setting
    await world.sweep()

    assert await world.sent() == [vendor_id]


async def test_dismissed_ones_go_too(world: World) -> None:
    ids = await world.make(TENANT, 3)
    why = (TENANT, OFF, Cause.request())
    await world.database.run(lambda tx: sweeps.add(tx, [why], Action.DISMISS, "ada"))
    await world.sweep()
    assert (await world.problems(), await world.problems(ProblemState.DISMISSED)) == (0, 3)
    assert await world.sent() == []

    await world.set(TENANT, outbound=True)
    await world.sweep()

    assert set(await world.sent()) == set(ids)


async def test_a_record_that_cannot_be_judged_stays_and_the_others_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [(await world.make(TENANT, 1))[0] for _ in range(5)]
    await world.set(TENANT, outbound=True)

    async def retry(tx: Tx, keys: Sequence[Key], cause: Cause, by: str | None) -> None:
        if (TENANT, ids[2]) in keys:
            raise ZeroDivisionError("a bug that one record meets")
        await world.vendors.retry(tx, keys, cause, by)

    monkeypatch.setattr(world, "sweeper", Sweeper(world.database, {Vendor.kind: retry}))
    await world.sweep()

    assert await world.sent() == [*ids[:2], *ids[3:]]
    assert await world.problems() == 1


async def test_two_processes_share_the_sweeps_and_nothing_leaves_twice(world: World) -> None:
    ids = {tenant_id: await world.make(tenant_id, 2 * PAGE) for tenant_id in (TENANT, OTHER)}
    await world.relay()
    for tenant_id in ids:
        await world.set(tenant_id, outbound=True)

    twin = Sweeper(world.database, {Vendor.kind: world.retry})
    async with running(world.sweeper.run(), twin.run(), _relaying(world)):
        await wait_until(world.problems, lambda left: left == 0)

    for tenant_id, made in ids.items():
        assert sorted(await world.sent(tenant_id)) == sorted(made)


def test_what_a_tenants_event_releases_has_no_parameters_to_know() -> None:
    assert [r for r in Reason if r.value.closes_on in (TenantSettings,) and r.value.cause] == []
