"""A write is tried now, unless Xero asked to wait or its answer may still come (CONN-7)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tieout_connector.xero.errors import TOO_MANY
from tieout_schemas.problem import Problem
from tieout_schemas.writes import Lane, Outcome
from tieout_testing.connector import contact_intent

from .write_queue import Queue

pytestmark = pytest.mark.real


async def test_what_waits_for_nothing_but_our_own_patience_is_looked_at_now(queue: Queue) -> None:
    intent = contact_intent("Kea")
    await queue.wait(intent)
    await queue.turn(queue.harness.clock() + timedelta(minutes=5), "Xero answered 503")

    answer = await queue.ask("POST", f"/{intent.intent_id}/retry")

    assert (answer.status_code, answer.json()["why"]) == (200, "Nothing is ahead of it: it goes now.")
    ((waits, due),) = await queue.harness.sql("select not_before, next_at <= $1 from turn", queue.harness.clock())
    assert (waits, due) == (None, True)
    assert await queue.trail() == [("retry", intent.record.id, "waiting", "retried")]


@pytest.mark.field("F04", "F13")
async def test_a_write_that_rests_or_is_not_permitted_says_so_and_is_retried_now(queue: Queue) -> None:
    rests, paused = contact_intent("Kea"), contact_intent("Tui", lane=Lane.PERSON)
    await queue.wait(rests, paused)
    again = queue.harness.clock() + timedelta(minutes=30)
    await queue.harness.sql("update intent set failures = 4, rest_until = $1 where id = $2", again, rests.intent_id)
    whys = [(await queue.story(rests))["why"]]
    await queue.harness.sql(
        "insert into paused_batch select tenant_id, batch_key, 'Contacts', $1 from intent where id = $2",
        again, paused.intent_id,
    )  # fmt: skip
    whys.append((await queue.story(paused))["why"])

    answers = [await queue.ask("POST", f"/{one.intent_id}/retry") for one in (paused, rests)]

    assert whys[0].startswith("Xero failed the last 4 times that this was sent, so it is sent again at ")
    assert "is not permitted to change contacts there. It is tried again at " in whys[1]
    assert [one.json()["why"] for one in answers] == ["Nothing is ahead of it: it goes now."] * 2


async def test_no_person_overrules_what_xero_asks(queue: Queue) -> None:
    intent, now = contact_intent("Kea"), queue.harness.clock()
    await queue.wait(intent)
    until = now + timedelta(minutes=5)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    for because, day, parked, moment in (
        ("Xero answered 503", 0, until, until),
        (f"{TOO_MANY} (minute)", 0, None, until),
        ("Xero answered 503", 5000, None, midnight),
    ):
        await queue.turn(until, because)
        await queue.spent(day=day, parked=parked)

        answer = await queue.ask("POST", f"/{intent.intent_id}/retry")

        assert answer.status_code == 409, because
        assert datetime.fromisoformat(answer.json()["until"]) == moment
        ((waits,),) = await queue.harness.sql("select not_before from turn")
        assert waits == until


async def test_an_unanswered_call_is_looked_at_now_only_once_no_answer_can_come(queue: Queue) -> None:
    names = ("looked up", "sent again", "just left", "sent again just now")
    looked_up, again, left, again_just_now = wanted = [contact_intent(name) for name in names]
    await queue.wait(*wanted)
    await queue.leave(looked_up, ago=60, again_in=30, look_up=True)
    await queue.leave(again, ago=60, again_in=-1)
    await queue.leave(left, ago=3, again_in=1)
    await queue.leave(again_just_now, ago=60, again_in=15)
    await queue.turn(queue.harness.clock() + timedelta(minutes=5), "Xero answered 503")

    when = "select retry_at from intent join call on call.id = call_id order by intent.received_at"
    planned = await queue.harness.sql(when)

    answers = [await queue.ask("POST", f"/{one.intent_id}/retry") for one in wanted]

    assert [one.status_code for one in answers] == [200, 200, 409, 409]
    assert "looked up in Xero now" in answers[0].json()["why"]
    assert "sent again now" in answers[1].json()["why"]
    assert all("has not answered yet" in one.json()["title"] for one in answers[2:])
    now = await queue.harness.sql(when)
    assert [row[0] <= queue.harness.clock() for row in now[:2]] == [True, True]
    assert now[2:] == planned[2:]
    assert (await queue.harness.sql("select not_before from turn"))[0][0] is None


async def test_what_xero_refused_is_retried_by_its_problem(queue: Queue) -> None:
    intent = contact_intent("Kea")
    await queue.wait(intent)
    await queue.end(intent, Outcome.REFUSED, "The name is taken.")
    without = await queue.ask("POST", f"/{intent.intent_id}/retry")
    now = queue.harness.clock()
    problem = Problem(
        id=uuid4(), service="contacts", record=intent.record, code="refused_by_xero", problem_kind="refused", params={},
        sentence="Xero refused this vendor.", how_to_fix="Change it.", state="open", opened_at=now, last_at=now,
    )  # fmt: skip
    await queue.harness.deliver(problem)

    answer = await queue.ask("POST", f"/{intent.intent_id}/retry")

    assert (without.status_code, answer.status_code) == (409, 409)
    assert "Change the vendor and save it again" in without.json()["title"]
    assert (answer.json()["problem_id"], answer.json()["service"]) == (str(problem.id), "contacts")
    assert f"retry problem {problem.id} of the contacts service" in answer.json()["title"]
