"""What is wrong with a record: every reason at once. Each problem opens, counts up and closes on its own (SYS-2)."""

import datetime as dt
from uuid import uuid4

import pytest

from tieout_schemas.platform import SyncState, Vendor
from tieout_schemas.problem import Problem, ProblemState
from tieout_schemas.references import CONNECTION, moment, record, setting
from tieout_schemas.settings import ConflictPolicy
from tieout_schemas.topics import PROBLEM

from .kind import ODD
from .world import World, answer, done, invoice, refused, vendor

pytestmark = [pytest.mark.real, pytest.mark.timeout(60), pytest.mark.rule("SYS-2")]

DAY = dt.date(2026, 11, 20)


async def told(world: World) -> list[Problem]:
    rows = await world.rows("select value from outbox where topic = $1 order by id", PROBLEM.name)
    return [Problem.model_validate_json(row["value"]) for row in rows]


async def test_every_reason_is_told_at_once_and_each_names_what_the_record_waits_for(plain: World) -> None:
    nobody, bill_id = uuid4(), uuid4()
    await plain.choose(outbound_payments=False)
    await plain.connect(lost=True)

    bill, _ = await plain.edit(bill_id, vendor_id=nobody, number=f"{ODD} one", date=DAY)

    waits_for = {
        CONNECTION, record(Vendor, nobody), setting("outbound_payments"),
        moment(dt.datetime.combine(DAY, dt.time(), dt.UTC)),
    }  # fmt: skip
    assert set(bill.sync.waits_for) == waits_for
    causes = {problem.cause for problem in await plain.problems()}
    assert {cause.partition(":")[2] for cause in causes} == {*map(str, waits_for), ""}
    assert len(await plain.problems()) == 5
    assert await plain.intents() == []


async def test_each_closes_when_its_own_reason_is_gone_and_the_record_goes_with_the_last(plain: World) -> None:
    await plain.choose(outbound_payments=False)
    await plain.connect(lost=True)
    bill_id, nobody = uuid4(), uuid4()
    await plain.edit(bill_id, vendor_id=nobody)
    opened = {problem.id for problem in await plain.problems()}
    assert len(opened) == 3

    await plain.connect()
    await plain.sweep()
    assert sorted(await plain.codes()) == ["outbound_payments_off", "vendor_not_in_xero"]
    await plain.choose(outbound_payments=True)
    await plain.sweep()
    assert await plain.codes() == ["vendor_not_in_xero"]
    assert await plain.intents() == []
    await plain.deliver(vendor(nobody, uuid4()))
    await plain.sweep()

    assert await plain.codes() == []
    assert {problem.id for problem in await plain.problems(ProblemState.CLOSED)} == opened
    assert len(await plain.intents()) == 1
    assert (await plain.bill(bill_id)).sync.waits_for == ()


async def test_one_that_is_told_differently_counts_up_and_judging_again_tells_nothing(plain: World) -> None:
    await plain.connect(lost=True)
    bill_id, nobody = uuid4(), uuid4()
    await plain.edit(bill_id, vendor_id=nobody, number="B-1")
    before = len(await told(plain))

    await plain.check_all(bill_id)
    assert len(await told(plain)) == before, "nothing to tell"
    await plain.edit(bill_id, vendor_id=nobody, number="B-2")

    counts = {problem.code: problem.count for problem in await plain.problems()}
    assert counts == {"vendor_not_in_xero": 2, "not_connected": 2}
    [waits] = [problem for problem in await plain.problems() if problem.code == "vendor_not_in_xero"]
    assert waits.history[-1].note == waits.sentence == f"Bill B-2 waits until its vendor {nobody} is in Xero."


async def test_a_hold_counts_only_where_something_waits(plain: World) -> None:
    bill_id = uuid4()
    await plain.in_step(bill_id)

    await plain.choose(outbound_payments=False)
    await plain.connect(lost=True)
    await plain.sweep()

    assert await plain.codes() == []
    assert await plain.state_of(bill_id) is SyncState.IN_STEP


async def test_effects_are_refused_each_for_itself(world: World) -> None:
    bill_id = uuid4()
    await world.edit(bill_id)
    await world.deliver(answer(await world.last(bill_id), xero_id=uuid4()))
    group, note = await world.unanswered()

    await world.deliver(refused(group, "No such group."), refused(note, "Too long."))

    assert {problem.params["messages"] for problem in await world.problems()} == {"No such group.", "Too long."}
    await world.retry(bill_id)
    again, noted = await world.unanswered()
    assert (again.effect, noted.effect) == (group.effect, note.effect)
    assert again.intent_id != group.intent_id
    assert (noted.revision, noted.attempt) == (note.revision, note.attempt + 1)
    assert len(await world.problems()) == 2, "Xero's answer decides"
    await world.deliver(refused(again, "Still no such group."), done(noted))
    assert {problem.params["messages"] for problem in await world.problems()} == {"Still no such group."}


@pytest.mark.rule("SYS-3")
async def test_each_field_in_conflict_is_told_with_both_values_until_a_person_has_decided(plain: World) -> None:
    await plain.choose(conflicts=ConflictPolicy.ASK)
    bill_id = uuid4()
    seen = await plain.in_step(bill_id, number="both")
    await plain.connect(lost=True)
    await plain.edit(bill_id, number="ours", due_date=dt.date(2027, 1, 1))
    await plain.deliver(invoice(seen.xero_id, number="theirs", due_date=dt.date(2027, 2, 2)))

    assert await plain.state_of(bill_id) is SyncState.CONFLICT
    shown = {p.params["field"]: (p.params["ours"], p.params["theirs"]) for p in await plain.problems()}
    assert shown == {"number": ('"ours"', '"theirs"'), "due_date": ('"2027-01-01"', '"2027-02-02"')}
    # One side gives in: the conflict closes by itself.
    await plain.edit(bill_id, number="theirs", due_date=dt.date(2027, 1, 1))

    assert [problem.params["field"] for problem in await plain.problems()] == ["due_date"]


async def test_the_settings_that_decided_are_named(plain: World) -> None:
    await plain.choose(outbound_payments=False)
    await plain.choose(outbound_payments=False, items=False)
    await plain.edit(uuid4())

    [problem] = await plain.problems()
    assert (problem.settings_version, problem.setting) == (2, "outbound_payments")
    assert problem.record.kind == "bill"
