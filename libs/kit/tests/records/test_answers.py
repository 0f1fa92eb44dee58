"""A record on its way to Xero and back: nothing is lost, nothing is sent twice, nothing is believed unseen."""

from collections.abc import Sequence
from itertools import permutations
from uuid import uuid4

import pytest

from tieout_kit.kafka import outbox
from tieout_schemas.bodies import BillBody
from tieout_schemas.payload import Payload
from tieout_schemas.platform import SyncState
from tieout_schemas.problem import ProblemState
from tieout_schemas.references import CONNECTION
from tieout_schemas.topics import BILLS_TOPIC, WRITE, Topic
from tieout_schemas.writes import Outcome

from .world import CONTACT, World, answer, done, invoice, refused

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def test_an_edit_is_saved_published_and_sent_in_one_transaction(plain: World) -> None:
    bill_id = uuid4()

    bill, sequence = await plain.edit(bill_id, number="B-1")

    assert await plain.stored(bill_id) == (bill, sequence)
    assert await plain.published() == [bill]
    [intent] = await plain.intents()
    assert isinstance(intent.body, BillBody)
    assert (intent.body.number, intent.body.contact_xero_id, intent.xero_id) == ("B-1", CONTACT, None)
    assert (bill.sync.state, bill.sync.xero_id) == (SyncState.ON_ITS_WAY, None)
    [[ids]] = await plain.rows(
        "select count(distinct xmin::text) from (select xmin from record union all select xmin from change"
        " union all select xmin from outbox union all select xmin from audit) as written"
    )
    assert ids == 1, "in one transaction"


@pytest.mark.parametrize("topic", [BILLS_TOPIC, WRITE])
async def test_an_edit_that_cannot_be_said_is_not_saved(
    plain: World, monkeypatch: pytest.MonkeyPatch, topic: Topic
) -> None:
    monkeypatch.setitem(outbox._MAX_RECORD_BYTES, topic.name, 10)
    bill_id = uuid4()

    with pytest.raises(ValueError, match="takes"):
        await plain.edit(bill_id)

    assert await plain.stored(bill_id) is None
    assert await plain.rows("select from change union all select from outbox union all select from audit") == []


async def test_edits_meanwhile_leave_together_when_the_answer_comes(plain: World) -> None:
    bill_id = uuid4()
    for number in ("one", "two", "three"):
        await plain.edit(bill_id, number=number)
    [first] = await plain.intents()

    seen = await plain.answers(first)

    first, second = await plain.intents()
    assert isinstance(second.body, BillBody)
    assert (second.body.number, second.xero_id) == ("three", seen.xero_id)
    assert second.revision > first.revision
    assert await plain.state_of(bill_id) is SyncState.ON_ITS_WAY
    await plain.answers(second)
    assert await plain.state_of(bill_id) is SyncState.IN_STEP
    assert len(await plain.intents()) == 2


async def test_what_was_answered_before_changes_nothing_when_it_comes_again(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id, number="one")
    [first] = await plain.intents()
    old = answer(first, xero_id=uuid4())
    number = plain.next_sequence()
    await plain.deliver(old, sequence=number)
    await plain.deliver(done(first, old.xero_id, number))
    await plain.edit(bill_id, number="two")
    before = await _everything(plain)

    again: Sequence[tuple[Payload, int]] = [
        (old, number),
        (old.replace(number="older still"), number - 1),
        (done(first, old.xero_id, number), number),
        (refused(first), number),
        (first.result(Outcome.STALE, xero_id=old.xero_id, snapshot_sequence=number), number),
        (first.result(Outcome.CANCELLED, cancelled_by="ben"), number),
    ]
    for payload, sequence in again:
        await plain.deliver(payload, sequence=sequence)

    assert await _everything(plain) == before


@pytest.mark.parametrize("order", list(permutations(range(2))))
@pytest.mark.parametrize("together", [True, False])
async def test_result_and_snapshot_come_to_the_same_in_either_order(
    plain: World, *, order: Sequence[int], together: bool
) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id)
    [intent] = await plain.intents()
    seen, sequence = answer(intent, xero_id=uuid4()), plain.next_sequence()
    said = [seen, done(intent, seen.xero_id, sequence)]

    if together:
        await plain.deliver(*(said[n] for n in order), sequence=sequence)
    else:
        for n in order:
            await plain.deliver(said[n], sequence=sequence)

    sync = (await plain.bill(bill_id)).sync
    assert (sync.state, sync.xero_id, sync.based_on_sequence) == (SyncState.IN_STEP, seen.xero_id, sequence)
    assert len(await plain.intents()) == 1
    assert await plain.rows("select from xero_only") == []


async def test_a_result_alone_acknowledges_nothing(plain: World) -> None:
    bill_id, xero_id = uuid4(), uuid4()
    await plain.edit(bill_id)
    [intent] = await plain.intents()

    await plain.deliver(done(intent, xero_id, plain.next_sequence()))

    sync = (await plain.bill(bill_id)).sync
    assert (sync.state, sync.xero_id, sync.based_on_sequence) == (SyncState.ON_ITS_WAY, xero_id, 0)


@pytest.mark.rule("SYS-3")
async def test_a_stale_one_leaves_again_once_the_newer_snapshot_was_taken_in(plain: World) -> None:
    bill_id = uuid4()
    seen = await plain.in_step(bill_id, number="one")
    await plain.edit(bill_id, number="two")
    first = await plain.last(bill_id)
    assert isinstance(first.body, BillBody)
    there, sequence = invoice(seen.xero_id, number="one", due_date=first.body.due_date), plain.next_sequence()

    await plain.deliver(first.result(Outcome.STALE, xero_id=seen.xero_id, snapshot_sequence=sequence))
    assert await plain.last(bill_id) == first
    assert await plain.state_of(bill_id) is SyncState.ON_ITS_WAY
    await plain.deliver(there, sequence=sequence)

    second = await plain.last(bill_id)
    assert (second.base_sequence, second.revision > first.revision) == (sequence, True)
    assert second.intent_id != first.intent_id
    await plain.answers(second)
    assert await plain.state_of(bill_id) is SyncState.IN_STEP


async def test_a_refusal_stands_until_the_record_changes(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id, number="taken")
    [intent] = await plain.intents()

    await plain.deliver(refused(intent, "Number is taken"), refused(intent, "Number is taken"))
    await plain.deliver(refused(intent, "Number is taken"))

    [problem] = await plain.problems()
    assert (problem.code, problem.count, problem.record.id) == ("refused_by_xero", 1, bill_id)
    assert problem.sentence == "Xero refused this bill: Number is taken"
    assert await plain.state_of(bill_id) is SyncState.REFUSED
    await plain.connect(lost=True)
    await plain.connect()
    await plain.sweep()
    assert len(await plain.intents()) == 1, "nothing that was refused changed"

    await plain.edit(bill_id, number="free")
    first, second = await plain.intents()
    assert second.revision > first.revision
    # Whether Xero takes it now, its answer tells.
    assert await plain.codes() == ["refused_by_xero"]
    await plain.answers(second, xero_id=uuid4())
    assert await plain.codes() == []


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.CANCELLED])
async def test_an_update_that_did_not_go_through_is_not_sent_again_unasked_though_nobody_looked(
    plain: World, outcome: Outcome
) -> None:
    bill_id = uuid4()
    seen = await plain.in_step(bill_id)
    await plain.edit(bill_id, number="another")
    intent = await plain.last(bill_id)

    await plain.deliver(intent.result(outcome, messages=("No.",), cancelled_by="ben"))

    assert await plain.last(bill_id) == intent
    assert await plain.state_of(bill_id) is SyncState.REFUSED
    # What Xero refused may be taken once its record is another.
    await plain.deliver(seen.replace(due_date=plain.now.date(), answers=None))
    assert await plain.last(bill_id) != intent


@pytest.mark.rule("SYS-2")
async def test_what_a_person_called_back_is_a_problem_and_goes_when_somebody_retries_it(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id)
    [intent] = await plain.intents()

    await plain.deliver(*[intent.result(Outcome.CANCELLED, cancelled_by="ben")] * 2)

    [problem] = await plain.problems()
    assert (problem.code, problem.problem_kind, problem.count) == ("write_cancelled", "refused", 1)
    assert problem.sentence == "ben cancelled this bill before it was sent to Xero."
    assert await plain.state_of(bill_id) is SyncState.REFUSED

    await plain.retry(bill_id)
    first, again = await plain.intents()
    assert again.body == first.body
    assert again.intent_id != first.intent_id
    [asked] = await plain.problems()
    assert [(step.kind, step.by) for step in asked.history][1] == ("retried", "ada")
    await plain.answers(again, xero_id=uuid4())
    assert [p.id for p in await plain.problems(ProblemState.CLOSED)] == [problem.id]


async def test_a_retry_that_is_refused_again_is_the_same_problem_counted_up(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id)
    await plain.deliver(refused(await plain.last(bill_id), "No."))
    [problem] = await plain.problems()

    await plain.retry(bill_id)
    await plain.deliver(refused(await plain.last(bill_id), "No."))

    [again] = await plain.problems()
    assert (again.id, [step.kind for step in again.history]) == (problem.id, ["opened", "retried", "seen_again"])


async def test_one_reason_gives_way_to_another(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id)
    await plain.deliver(refused(await plain.last(bill_id)))
    await plain.connect(lost=True)

    await plain.edit(bill_id, number="another")

    assert await plain.codes() == ["not_connected"]
    assert await plain.codes(ProblemState.CLOSED) == ["refused_by_xero"]
    assert (await plain.bill(bill_id)).sync.waits_for == (CONNECTION,)


async def _everything(world: World) -> list[object]:
    tables = ("record", "change", "problem", "refers", "xero_only", "outbox")
    return [[tuple(row) for row in await world.rows(f"select * from {table} order by 1, 2, 3")] for table in tables]
