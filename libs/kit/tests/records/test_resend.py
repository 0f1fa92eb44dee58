"""An intent that is never answered is emitted again, word for word, until it is."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tieout_kit.records.reconciler import RESENT_AT_ONCE, UNANSWERED
from tieout_schemas.topics import WRITE

from .world import TENANT, World, done

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]
A_SECOND = timedelta(seconds=1)


async def resend(world: World, at_once: int = RESENT_AT_ONCE) -> int:
    return await world.database.run(lambda tx: world.reconciler.resend_unanswered(tx, at_once=at_once))


async def test_an_unanswered_intent_is_emitted_again_word_for_word(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id, number="lost on the way")
    assert await resend(plain) == 0

    plain.pass_time(UNANSWERED - A_SECOND)
    # Nor does what holds the record now keep it: it may have left, so it must be answered.
    await plain.connect(lost=True)
    await plain.edit(bill_id, number="an edit makes the wait no shorter")
    plain.pass_time(2 * A_SECOND)

    assert await resend(plain) == 1
    first, again = await plain.rows("select key, value from outbox where topic = $1 order by id", WRITE.name)
    assert (first["key"], first["value"]) == (again["key"], again["value"])
    # It has had its turn: those that wait longer come first.
    assert await resend(plain) == 0


async def test_every_unanswered_effect_of_a_record_is_emitted_again_and_none_that_was_answered(world: World) -> None:
    bill_id = uuid4()
    await world.edit(bill_id)
    await world.answers(await world.last(bill_id), xero_id=uuid4())
    await world.edit(bill_id, number="another")
    main, group, note = await world.last(bill_id), *await world.unanswered()
    assert [intent.effect.partition(":")[0] for intent in (main, group, note)] == ["bill", "group", "note"]
    await world.deliver(done(group))
    said = await world.intents("")
    world.pass_time(UNANSWERED + A_SECOND)

    assert await resend(world) == 2

    again = (await world.intents(""))[len(said) :]
    assert again == [main, note]


async def test_those_that_wait_longest_come_first_and_the_others_have_their_turn(plain: World) -> None:
    ids = [uuid4() for _ in range(5)]
    for bill_id in ids:
        await plain.edit(bill_id)
        plain.pass_time(A_SECOND)
    plain.pass_time(UNANSWERED)
    before = len(await plain.intents())

    assert [await resend(plain, at_once=2) for _ in range(4)] == [2, 2, 1, 0]

    again = [intent.record.id for intent in (await plain.intents())[before:]]
    assert [set(again[:2]), set(again[2:4]), set(again[4:])] == [set(ids[:2]), set(ids[2:4]), set(ids[4:])]


async def test_the_next_intent_of_a_record_has_its_own_time_to_be_answered(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id, number="one")
    first = await plain.last(bill_id)
    await plain.edit(bill_id, number="two")
    plain.pass_time(UNANSWERED + A_SECOND)

    await plain.answers(first, xero_id=uuid4())
    assert await plain.last(bill_id) != first

    assert await resend(plain) == 0


async def test_an_effect_that_was_lost_does_not_wait_behind_others_that_leave_later(world: World) -> None:
    bill_id = uuid4()
    await world.edit(bill_id)
    await world.answers(await world.last(bill_id), xero_id=uuid4())
    lost = await world.unanswered()
    world.pass_time(UNANSWERED - A_SECOND)

    await world.edit(bill_id, number="another")
    world.pass_time(2 * A_SECOND)

    said = await world.intents("")
    assert await resend(world) == 3
    assert (await world.intents(""))[len(said) + 1 :] == lost


async def test_a_change_of_a_record_whose_intent_was_sent_again_makes_the_wait_no_shorter(plain: World) -> None:
    bill_id = uuid4()
    await plain.edit(bill_id)
    plain.pass_time(UNANSWERED + A_SECOND)
    assert await resend(plain) == 1

    await plain.edit(bill_id, number="another")

    assert await resend(plain) == 0


async def test_what_is_answered_or_over_is_not_emitted_again(world: World) -> None:
    await world.in_step(uuid4())
    world.pass_time(UNANSWERED + A_SECOND)

    assert await resend(world) == 0
    assert await world.rows("select from record where in_flight_since is not null and tenant_id = $1", TENANT) == []
