"""Every public state is remembered with why it came about; what nobody can see is neither published nor remembered."""

import datetime as dt
from uuid import uuid4

import pytest

from tieout_kit.events import Cause
from tieout_schemas.payload import Origin, OriginKind
from tieout_schemas.platform import BillStatus, SyncState
from tieout_schemas.settings import ConflictPolicy, TenantSettings
from tieout_schemas.topics import BILLS_TOPIC

from .kind import ODD
from .world import TENANT, World, answer, done, invoice

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def test_every_public_state_is_remembered_and_published_in_order(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id, status=BillStatus.DRAFT)
    await plain.edit(bill_id)
    await plain.answers(await plain.last(bill_id), xero_id=uuid4())

    changes = await plain.changes(bill_id)

    assert [(c["doc"]["status"], c["doc"]["sync"]["state"]) for c in changes] == [
        (BillStatus.DRAFT, SyncState.NOT_FOR_XERO),
        (BillStatus.APPROVED, SyncState.ON_ITS_WAY),
        # The result alone tells the id, the snapshot that it is there.
        (BillStatus.APPROVED, SyncState.ON_ITS_WAY),
        (BillStatus.APPROVED, SyncState.IN_STEP),
    ]
    sequences = [c["sequence"] for c in changes]
    assert sequences == sorted(set(sequences))
    assert sequences[0] == int(plain.now.timestamp() * 1000)
    assert [bill.model_dump(mode="json") for bill in await plain.published()] == [c["doc"] for c in changes]
    told = await plain.rows("select headers from outbox where topic = $1 order by id", BILLS_TOPIC.name)
    assert [int(dict(row["headers"])["ce_sequence"]) for row in told] == sequences


async def test_each_remembered_state_can_be_had_by_its_sequence(plain: World) -> None:
    bill_id = uuid4()
    first, sequence = await plain.edit(bill_id, number="one")
    await plain.edit(bill_id, number="two")

    async with plain.database.transaction() as tx:
        assert await plain.reconciler.records.at(tx, TENANT, bill_id, sequence) == first
        assert await plain.reconciler.records.at(tx, TENANT, bill_id, sequence - 1) is None


async def test_every_state_names_its_origin_and_the_settings_it_was_decided_by(plain: World) -> None:
    bill_id = uuid4()
    await plain.deliver(TenantSettings(tenant_id=TENANT, version=7))
    await plain.edit(bill_id)
    intent = await plain.last(bill_id)
    seen = answer(intent, xero_id=uuid4())
    await plain.deliver(seen)
    await plain.deliver(seen.replace(answers=None, number="changed there"))

    origins = [Origin.model_validate(change["doc"]["origin"]) for change in await plain.changes(bill_id)]

    user, answered, changed = origins
    assert user == Origin(kind=OriginKind.USER, by="ada", rule="BILL-2", settings_version=7)
    assert (answered.kind, answered.rule, answered.settings_version) == (OriginKind.EVENT, None, 7)
    assert (changed.kind, changed.rule, changed.settings_version) == (OriginKind.EVENT, "SYS-3", 7)
    assert len({answered.by, changed.by}) == 2, "each names its event"


@pytest.mark.rule("SYS-3")
@pytest.mark.parametrize(
    ("settles", "stands", "lost"),
    [(ConflictPolicy.PLATFORM, "ours", ("theirs", "xero")), (ConflictPolicy.XERO, "theirs", ("ours", "platform"))],
)
async def test_what_lost_a_conflict_is_remembered_with_the_state_that_won(
    plain: World, settles: ConflictPolicy, stands: str, lost: tuple[str, str]
) -> None:
    bill_id = uuid4()
    await plain.choose(conflicts=settles)
    seen = await plain.in_step(bill_id, number="both")
    await plain.connect(lost=True)
    await plain.edit(bill_id, number="ours")
    await plain.deliver(invoice(seen.xero_id, number="theirs", due_date=dt.date(2027, 1, 1)))

    assert (await plain.bill(bill_id)).number == stands
    *before, last = await plain.changes(bill_id)
    [one] = last["lost"]
    assert (one["field"], one["why"], (one["value"], one["side"])) == ("number", "conflict", lost)
    assert all(change["lost"] == [] for change in before)
    # It is told once, not with every state that follows.
    await plain.edit(bill_id, number="later")
    assert (await plain.changes(bill_id))[-1]["lost"] == []


async def test_a_loser_without_a_public_change_waits_for_the_next_one(plain: World) -> None:
    bill_id = uuid4()
    await plain.choose(conflicts=ConflictPolicy.PLATFORM)
    seen = await plain.in_step(bill_id, number="both")
    await plain.connect(lost=True)
    await plain.edit(bill_id, number="ours")
    states = len(await plain.changes(bill_id))
    await plain.deliver(invoice(seen.xero_id, number="theirs"))
    assert len(await plain.changes(bill_id)) == states, "nothing public changed"

    await plain.edit(bill_id, status=BillStatus.AWAITING_APPROVAL)

    assert [one["value"] for one in (await plain.changes(bill_id))[-1]["lost"]] == ["theirs"]


async def test_nothing_is_published_or_remembered_when_nothing_public_changed(plain: World) -> None:
    bill_id = uuid4()
    seen = await plain.in_step(bill_id, number=f"{ODD} one")
    stored, before = await plain.stored(bill_id), len(await plain.published())
    assert await plain.codes() == ["twice_in_xero"]
    said = len(await plain.rows("select from outbox"))

    await plain.edit(bill_id, number=f"{ODD} one")
    await plain.deliver(seen.replace(answers=None, updated_at=plain.now + dt.timedelta(hours=1)))
    await plain.check_all(bill_id)
    await plain.choose(contact_email=False)
    await plain.connect()
    await plain.sweep()

    now = await plain.stored(bill_id)
    assert stored
    assert now
    assert now[1] == stored[1]
    assert now[0].replace(sync=stored[0].sync) == stored[0]
    assert now[0].sync.based_on_sequence > stored[0].sync.based_on_sequence, "yet what was seen is stored"
    assert (len(await plain.published()), len(await plain.changes(bill_id))) == (before, before)
    assert len(await plain.rows("select from outbox")) == said


async def test_an_event_bears_its_cause_and_what_comes_first(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id)
    intent = await plain.last(bill_id)
    await plain.deliver(done(intent, uuid4(), plain.next_sequence()))

    rows = await plain.rows("select headers from outbox where topic = $1 order by id", BILLS_TOPIC.name)

    first, second = (dict(row["headers"]) for row in rows)
    assert Origin.model_validate((await plain.changes(bill_id))[-1]["doc"]["origin"]).by == second["ce_causationid"]
    assert first["ce_causationid"] != second["ce_causationid"]
    assert first["ce_correlationid"] == first["ce_causationid"], "a request is a first cause"
    assert Cause.request().causation_id != first["ce_causationid"]
