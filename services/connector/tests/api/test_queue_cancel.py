"""A write is cancelled before it is sent, or not at all (SYS-2, SYS-11)."""

import asyncio
from uuid import uuid4

import pytest

from tieout_schemas.writes import Outcome, WriteResult
from tieout_testing.connector import contact_intent, payment_intent

from .write_queue import LEAVES, Queue

pytestmark = pytest.mark.real


@pytest.mark.rule("SYS-2")
async def test_a_write_called_back_never_reaches_xero_and_its_record_is_told_by_whom(queue: Queue) -> None:
    harness = queue.harness
    stays, goes = contact_intent("Kea"), contact_intent("Tui")
    await queue.wait(stays, goes)

    answer = await queue.ask("POST", f"/{stays.intent_id}/cancel")

    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["why"] == "ana cancelled it before it was sent."
    async with harness.working():
        results = await harness.results(2)
    assert [(one.intent_id, one.outcome, one.cancelled_by) for one in results] == [
        (stays.intent_id, Outcome.CANCELLED, "ana"),
        (goes.intent_id, Outcome.DONE, None),
    ]
    assert [one["Name"] for one in await harness.xero("Contacts")] == ["Tui"]
    assert await queue.trail() == [("cancel", stays.record.id, "waiting", "cancelled")]

    # Said again, it gets the same answer; and a second time nothing is called back.
    await harness.deliver(stays)
    assert (await harness.results(3))[2] == results[0]
    again = await queue.ask("POST", f"/{stays.intent_id}/cancel")
    assert (again.status_code, again.json()["result"]["outcome"]) == (409, "cancelled")


async def test_what_has_left_or_is_done_cannot_be_called_back(queue: Queue) -> None:
    left, done = contact_intent("Kea"), contact_intent("Tui")
    await queue.wait(left, done)
    await queue.leave(left, ago=1)
    await queue.end(done, Outcome.DONE)

    too_late = await queue.ask("POST", f"/{left.intent_id}/cancel")
    over = await queue.ask("POST", f"/{done.intent_id}/cancel")

    assert (too_late.status_code, over.status_code) == (409, 409)
    assert too_late.json()["title"].startswith("it was sent at ")
    assert too_late.json()["title"].endswith("; Xero has not answered yet")
    assert (over.json()["title"], over.json()["result"]["outcome"]) == ("it has ended already: Xero has it.", "done")
    assert (await queue.story(left))["state"] == "in_flight"
    assert await queue.trail() == []


async def test_who_calls_back_what_is_just_leaving_is_told_that_it_left(queue: Queue) -> None:
    intent = contact_intent("Kea")
    await queue.wait(intent)
    async with queue.harness.database.transaction() as tx:
        call_id = uuid4()
        await tx.db.execute(LEAVES, queue.harness.tenant_id, call_id, tx.now, tx.now)
        await tx.db.execute("update intent set state = 'sent', call_id = $1 where state = 'queued'", call_id)
        asking = asyncio.create_task(queue.ask("POST", f"/{intent.intent_id}/cancel"))
        await queue.harness.until("select count(*) from pg_stat_activity where wait_event = 'transactionid'", 1)
    answer = await asking

    assert (answer.status_code, answer.json()["title"].startswith("it was sent at ")) == (409, True)
    assert await queue.harness.published(WriteResult) == []


@pytest.mark.rule("SYS-11")
async def test_a_payment_is_called_back_by_who_may_approve_it_and_a_bill_by_who_may_change_it(queue: Queue) -> None:
    payment, contact = payment_intent(str(uuid4())), contact_intent("Kea")
    await queue.wait(payment, contact)

    for intent, role, status in (
        (payment, "bookkeeper", 403), (contact, "approver", 403), (contact, "viewer", 403),
        (payment, "approver", 200), (contact, "bookkeeper", 200),
    ):  # fmt: skip
        for action in ("retry", "cancel"):
            answer = await queue.ask("POST", f"/{intent.intent_id}/{action}", role)
            assert answer.status_code == status, (role, action, answer.text)
