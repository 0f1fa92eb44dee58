"""Records, problems and the reconciler against a real Postgres: no change is lost, nothing is sent twice."""

import asyncio
import datetime as dt
import functools
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from tieout_kit import problem_list, sweeps, tenants
from tieout_kit.cause import Cause, Incoming
from tieout_kit.errors import RetryLater
from tieout_kit.migrate import migrate
from tieout_kit.postgres import Database, Tx
from tieout_kit.problem_list import Wanted
from tieout_kit.reconciler import UNANSWERED, Changed, Reconciler
from tieout_kit.records import Saved, Stored
from tieout_kit.sync import Hold, Send, Stay, Verdict, wish
from tieout_kit.tenants import Tenant
from tieout_kit.testing import envelope_of, wait_until
from tieout_schemas.payload import Origin, OriginKind, RecordRef
from tieout_schemas.platform import Connection, ConnectionState, Sync, Vendor
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.reasons import Reason
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import PROBLEM, VENDORS, WRITE
from tieout_schemas.writes import ContactBody, Outcome, WriteIntent, WriteResult

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

TENANT = UUID("7d8c2f2e-0000-4000-8000-000000000001")
USER = Origin(kind=OriginKind.USER, by="ada")
DRAFT, WAITS = "draft", "waits"


async def judge(tx: Tx, vendors: Sequence[Stored[Vendor]], _: Mapping[UUID, Tenant]) -> list[Verdict]:
    """A vendor's name says what becomes of it."""
    return [_verdict(stored.record) for stored in vendors]


def _verdict(vendor: Vendor) -> Verdict:
    if vendor.name.startswith(DRAFT):
        return Stay()
    if vendor.name.startswith(WAITS):
        return Hold(Reason.NOT_CONNECTED, {"kind": "vendor"})
    return Send(ContactBody(name=vendor.name))


class World:
    """Vendors, and a clock that stands still until it is moved."""

    def __init__(self, url: str) -> None:
        self.now = datetime(2026, 11, 1, tzinfo=UTC)
        self.database = Database(url, "contacts", lambda: self.now)
        self.vendors = Reconciler(Vendor, VENDORS, judge)

    async def put(self, tx: Tx, vendor_id: UUID, name: str) -> None:
        before = (await self.vendors.records.lock(tx, [(TENANT, vendor_id)])).get((TENANT, vendor_id))
        sync = wish(before.record.sync if before else Sync())
        vendor = Vendor(id=vendor_id, sync=sync, origin=USER, name=name)
        await self.vendors.settle(tx, [Changed(before or Stored(TENANT, 0, vendor), vendor, Cause.request())])

    async def edit(self, vendor_id: UUID, name: str) -> None:
        await self.database.run(lambda tx: self.put(tx, vendor_id, name))

    async def answer(self, *results: WriteResult) -> None:
        events = [Incoming(envelope_of(TENANT, r, 1), r, Cause.request()) for r in results]
        await self.database.run(lambda tx: self.vendors.results_received(tx, events))

    async def vendor(self, vendor_id: UUID) -> Vendor:
        async with self.database.transaction() as tx:
            stored = await self.vendors.records.one(tx, TENANT, vendor_id)
        assert stored
        return stored.record

    async def outbox(self, topic: str) -> list[Any]:
        async with self.database.transaction() as tx:
            return list(await tx.db.fetch("select * from outbox where topic = $1 order by id", topic))

    async def intents(self) -> list[WriteIntent]:
        return [WriteIntent.model_validate_json(row["value"]) for row in await self.outbox(WRITE.name)]

    async def sweep(self) -> None:
        while await self.database.run(lambda tx: sweeps.turn(tx, {"vendor": self.vendors.retry})):
            pass

    async def problems(self, state: ProblemState = ProblemState.OPEN) -> list[Problem]:
        async with self.database.transaction() as tx:
            return await problem_list.page(tx, TENANT, Wanted(state), None, 100)


def result(vendor_id: UUID, revision: int, outcome: Outcome = Outcome.DONE, **more: Any) -> WriteResult:
    return WriteResult(
        intent_id=f"vendor:{vendor_id}:{revision}:1",
        record=RecordRef(kind="vendor", id=vendor_id),
        effect="main",
        revision=revision,
        attempt=1,
        outcome=outcome,
        **({"xero_id": uuid4()} if outcome is Outcome.DONE else {"messages": ("Name is taken",)}) | more,
    )


@pytest_asyncio.fixture
async def world(database: str) -> AsyncIterator[World]:
    made = World(database)
    await made.database.open()
    await migrate(made.database, ["tieout_kit"])
    yield made
    await made.database.close()


async def test_an_edit_is_saved_said_and_sent_in_one_transaction(world: World) -> None:
    vendor_id = uuid4()

    await world.edit(vendor_id, "Ada")

    assert (await world.vendor(vendor_id)).sync == Sync(desired=1, sent=1, in_flight=True)
    assert [i.body for i in await world.intents()] == [ContactBody(name="Ada")]
    assert len(await world.outbox(VENDORS.name)) == 1


async def test_edits_meanwhile_leave_together_when_the_answer_comes_and_an_old_answer_changes_nothing(
    world: World,
) -> None:
    vendor_id = uuid4()
    for name in ("one", "two", "three"):
        await world.edit(vendor_id, name)
    assert [i.revision for i in await world.intents()] == [1]

    first = result(vendor_id, 1)
    await world.answer(first, first)
    assert [(i.revision, i.xero_id) for i in await world.intents()] == [(1, None), (3, first.xero_id)]
    await world.answer(first)

    sync = (await world.vendor(vendor_id)).sync
    assert (sync.acknowledged, sync.sent, sync.in_flight) == (1, 3, True)
    await world.answer(result(vendor_id, 3, xero_id=None))
    sync = (await world.vendor(vendor_id)).sync
    assert (sync.acknowledged, sync.in_flight, sync.xero_id) == (3, False, first.xero_id)


async def test_a_save_over_a_changed_record_raises_retry_later_and_stores_nothing(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, "kept")
    vendor = Vendor(id=vendor_id, sync=Sync(), origin=USER, name="lost")
    stale = Saved(Stored(TENANT, 7, vendor), vendor, 8, Cause.request())

    with pytest.raises(RetryLater, match="vendor was changed by somebody else"):
        await world.database.run(lambda tx: world.vendors.records.save(tx, [stale]))

    assert (await world.vendor(vendor_id)).name == "kept"


async def test_a_stale_record_among_many_refuses_the_whole_save(world: World) -> None:
    ids = sorted(uuid4() for _ in range(100))
    for vendor_id in ids:
        await world.edit(vendor_id, "kept")
        world.now += timedelta(seconds=1)
    async with world.database.transaction() as tx:
        stored = list((await world.vendors.records.lock(tx, [(TENANT, vendor_id) for vendor_id in ids])).values())
    # Each in a state that a record of this save is in, but not that one.
    one, other = stored[50:52]
    stored[50:52] = [Stored(TENANT, other.sequence, one.record), Stored(TENANT, one.sequence, other.record)]
    lost = [s.record.model_copy(update={"name": "lost"}) for s in stored]
    stale = [Saved(s, r, s.sequence + 99_000, Cause.request()) for s, r in zip(stored, lost, strict=True)]

    with pytest.raises(RetryLater, match="vendor was changed by somebody else"):
        await world.database.run(lambda tx: world.vendors.records.save(tx, stale))

    async with world.database.transaction() as tx:
        assert {s.record.name for s in await world.vendors.records.page(tx, TENANT, None, 200)} == {"kept"}
        assert await tx.db.fetchval("select count(*) from change") == len(ids)


async def test_a_lost_race_for_the_very_same_state_is_tried_again(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, "kept")
    async with world.database.transaction() as tx:
        now = await world.vendors.records.one(tx, TENANT, vendor_id)
    assert now
    # Whoever wins in the same millisecond has taken this number.
    stale = Saved(Stored(TENANT, 0, now.record), now.record, now.sequence, Cause.request())

    with pytest.raises(RetryLater, match="vendor was changed by somebody else"):
        await world.database.run(lambda tx: world.vendors.records.save(tx, [stale]))


async def test_concurrent_changes_of_a_record_that_is_not_there_yet_are_all_kept(world: World) -> None:
    vendor_id = uuid4()

    await asyncio.gather(*(world.edit(vendor_id, f"name {n}") for n in range(4)))

    assert (await world.vendor(vendor_id)).sync.desired == 4
    async with world.database.transaction() as tx:
        changes = await world.vendors.records.changes(tx, TENANT, vendor_id)
    assert [c["doc"]["sync"]["desired"] for c in changes] == [1, 2, 3, 4]
    assert len(await world.outbox(VENDORS.name)) == 4
    assert len(await world.intents()) == 1


async def test_two_writers_over_the_same_records_in_different_order_do_not_wait_in_a_ring(world: World) -> None:
    keys = [(TENANT, uuid4()) for _ in range(50)]
    for _, vendor_id in keys:
        await world.edit(vendor_id, "new")
    tries = 0

    async def lock(tx: Tx, wanted: Sequence[tuple[UUID, UUID]]) -> None:
        nonlocal tries
        tries += 1
        found = await world.vendors.records.lock(tx, wanted)
        changed = [
            Changed(s, s.record.model_copy(update={"sync": wish(s.record.sync)}), Cause.request())
            for s in found.values()
        ]
        await world.vendors.settle(tx, changed)

    orders = [keys, keys[::-1], keys[25:] + keys[:25], keys[1::2] + keys[::2]]
    await asyncio.gather(*(world.database.run(functools.partial(lock, wanted=order)) for order in orders * 3))

    assert tries == 12
    assert {(await world.vendor(vendor_id)).sync.desired for _, vendor_id in keys} == {13}


async def test_a_problem_opens_once_counts_up_and_closes(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, f"{WAITS} one")
    await world.edit(vendor_id, f"{WAITS} two")

    held = (await world.problems())[0]
    assert (held.code, held.count, held.record.id) == ("not_connected", 2, vendor_id)
    assert held.sentence == "This vendor waits because the organisation is not connected to Xero."

    await world.edit(vendor_id, "goes")
    assert await world.problems() == []
    assert [p.id for p in await world.problems(ProblemState.CLOSED)] == [held.id]
    said = [Problem.model_validate_json(row["value"]) for row in await world.outbox(PROBLEM.name)]
    assert [(p.id, p.state, p.count) for p in said] == [
        (held.id, ProblemState.OPEN, 1),
        (held.id, ProblemState.OPEN, 2),
        (held.id, ProblemState.CLOSED, 2),
    ]


async def test_a_refusal_is_a_problem_until_somebody_changes_the_record(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, "taken")
    refused = result(vendor_id, 1, Outcome.REFUSED)

    await world.answer(refused, refused)
    await world.answer(refused)

    problem = (await world.problems())[0]
    assert (problem.code, problem.count) == ("refused_by_xero", 1)
    assert "Name is taken" in problem.sentence
    assert len(await world.intents()) == 1
    await world.edit(vendor_id, "free")
    assert await world.problems() == []
    assert [i.revision for i in await world.intents()] == [1, 2]


async def test_what_a_person_called_back_is_a_problem_and_goes_when_somebody_retries_it(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, "Ada")
    called_back = result(vendor_id, 1, Outcome.CANCELLED, messages=(), cancelled_by="ben")

    await world.answer(called_back, called_back)

    (problem,) = await world.problems()
    assert (problem.code, problem.what, problem.count) == ("write_cancelled", "refused", 1)
    assert problem.sentence == "ben called this vendor back before it went to Xero."
    sync = (await world.vendor(vendor_id)).sync
    assert (sync.in_flight, sync.acknowledged, sync.refused) == (False, 0, 1)

    await world.database.run(lambda tx: world.vendors.retry(tx, [(TENANT, vendor_id)], Cause.request(), "ada"))
    assert [(i.revision, i.attempt) for i in await world.intents()] == [(1, 1), (1, 2)]
    await world.answer(result(vendor_id, 1).model_copy(update={"attempt": 2}))
    assert await world.problems() == []


async def test_one_reason_gives_way_to_another(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, "taken")
    await world.answer(result(vendor_id, 1, Outcome.REFUSED))
    world.now += timedelta(seconds=1)

    await world.edit(vendor_id, WAITS)

    assert [p.code for p in await world.problems()] == ["not_connected"]
    assert [p.code for p in await world.problems(ProblemState.CLOSED)] == ["refused_by_xero"]


async def test_every_state_of_a_record_is_remembered_with_its_cause(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, DRAFT)
    await world.edit(vendor_id, "final")
    await world.answer(result(vendor_id, 2))

    async with world.database.transaction() as tx:
        changes = await world.vendors.records.changes(tx, TENANT, vendor_id)

    assert [(c["doc"]["name"], c["doc"]["sync"]["acknowledged"]) for c in changes] == [
        (DRAFT, 0),
        ("final", 0),
        ("final", 2),
    ]
    sequences = [c["sequence"] for c in changes]
    assert sequences == sorted(set(sequences))
    assert sequences[0] == int(world.now.timestamp() * 1000)


async def test_every_state_names_its_origin_and_the_settings_it_was_decided_by(world: World) -> None:
    vendor_id = uuid4()
    settings = TenantSettings(tenant_id=TENANT, version=7)
    said = Incoming(envelope_of(TENANT, settings, 1), settings, Cause.request())
    await world.database.run(lambda tx: tenants.settings_changed(tx, [said]))

    await world.edit(vendor_id, "Ada")
    done = result(vendor_id, 1)
    answered = Incoming(envelope_of(TENANT, done, 1), done, Cause("the-answer", "first", None))
    await world.database.run(lambda tx: world.vendors.results_received(tx, [answered]))

    async with world.database.transaction() as tx:
        changes = await world.vendors.records.changes(tx, TENANT, vendor_id)
    origins = [Origin.model_validate(change["doc"]["origin"]) for change in changes]
    assert origins == [
        USER.model_copy(update={"settings_version": 7}),
        Origin(kind=OriginKind.EVENT, by="the-answer", settings_version=7),
    ]


async def test_what_is_held_leaves_when_its_tenant_changed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, WAITS)
    assert await world.intents() == []

    monkeypatch.setattr(f"{__name__}.WAITS", "no longer")
    connected = Connection(tenant_id=TENANT, state=ConnectionState.CONNECTED)
    incoming = Incoming(envelope_of(TENANT, connected, 1), connected, Cause.request())
    await world.database.run(lambda tx: tenants.connection_changed(tx, [incoming]))
    await world.sweep()

    assert [i.revision for i in await world.intents()] == [1]
    assert await world.problems() == []


async def test_an_unanswered_intent_is_emitted_again_word_for_word(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, "lost on the way")
    assert await world.database.run(world.vendors.emit_unanswered) == 0

    world.now += UNANSWERED - dt.timedelta(seconds=1)
    # Nor does a verdict that has changed meanwhile keep it: it may have left, so it must be answered.
    await world.edit(vendor_id, f"{WAITS}: an edit makes the wait no shorter")
    world.now += dt.timedelta(seconds=2)

    assert await world.database.run(world.vendors.emit_unanswered) == 1
    first, again = await world.intents()
    assert again == first
    # It has had its turn: those that wait longer come first.
    assert await world.database.run(world.vendors.emit_unanswered) == 0


async def test_the_next_intent_of_a_record_has_its_own_time_to_be_answered(world: World) -> None:
    vendor_id = uuid4()
    await world.edit(vendor_id, "one")
    await world.edit(vendor_id, "two")
    world.now += UNANSWERED + dt.timedelta(seconds=1)

    await world.answer(result(vendor_id, 1))

    assert await world.database.run(world.vendors.emit_unanswered) == 0


async def test_a_query_called_wrongly_is_a_bug_and_not_a_database_that_is_away(world: World) -> None:
    with pytest.raises(RuntimeError, match="called wrongly"):
        await world.database.run(lambda tx: tx.db.fetch("select $1::int", 1, 2))


async def test_no_connection_left_is_try_again_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout_kit.postgres._PATIENCE", 0.2)
    single = Database(world.database.url, "contacts", lambda: world.now, connections=1)
    await single.open()
    async with single.transaction():
        with pytest.raises(RetryLater):
            await single.run(lambda tx: tx.db.execute("select 1"))
    await wait_until(lambda: single.run(lambda tx: tx.db.fetchval("select 1")), lambda one: one == 1)
    await single.close()
