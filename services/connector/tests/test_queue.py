"""The queue of writes over HTTP: what waits and why, called back, looked at now (CONN-7, SYS-2)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from tieout_connector.api import writes as api_writes
from tieout_connector.xero.errors import TOO_MANY
from tieout_kit.http import audit
from tieout_kit.http.app import make_app
from tieout_kit.http.auth import Keys
from tieout_local import keys as local
from tieout_schemas.problem import Problem
from tieout_schemas.writes import Lane, Outcome, WriteIntent, WriteResult
from tieout_testing.access_sweep import nothing_closed
from tieout_testing.connector import ConnectorHarness, contact_intent, payment_intent

pytestmark = pytest.mark.real
LEAVES = "insert into call (tenant_id, id, request, body, first_sent_at, retry_at) values ($1, $2, '{}', '', $3, $4)"


class Queue:
    """The queue of one connected tenant, and those who look at it."""

    def __init__(self, stage: ConnectorHarness, http: httpx.AsyncClient, keys: local.SigningKeys) -> None:
        self.stage, self.http, self.keys = stage, http, keys

    async def ask(self, method: str, path: str = "", role: str = "bookkeeper", **params: Any) -> httpx.Response:
        token = self.keys.token("ana", [str(self.stage.tenant_id)], (role,))
        url = f"/tenants/{self.stage.tenant_id}/writes{path}"
        return await self.http.request(method, url, params=params, headers={"Authorization": f"Bearer {token}"})

    async def see(self, **params: Any) -> list[str]:
        return [one["intent_id"] for one in (await self.ask("GET", **params)).json()["items"]]

    async def story(self, intent: WriteIntent) -> dict[str, Any]:
        answer = await self.ask("GET", f"/{intent.intent_id}", "viewer")
        assert answer.status_code == 200, answer.text
        story: dict[str, Any] = answer.json()
        return story

    async def wait(self, *intents: WriteIntent) -> None:
        """These arrive one after the other, and wait."""
        for intent in intents:
            await self.stage.deliver(intent)
            self.stage.clock.ahead += timedelta(seconds=1)

    async def leave(self, intent: WriteIntent, *, ago: float, again_in: float = 30, look_up: bool = False) -> None:
        """It has left so many seconds ago, was not answered, and is looked at again in so many."""
        at, call_id = self.stage.clock() - timedelta(seconds=ago), uuid4()
        again_at = self.stage.clock() + timedelta(seconds=again_in)
        await self.stage.sql(LEAVES, self.stage.tenant_id, call_id, at, again_at)
        await self.stage.sql("update call set look_up_first = $2 where id = $1", call_id, look_up)
        left = "update intent set state = 'sent', call_id = $2 where tenant_id = $1 and id = $3"
        await self.stage.sql(left, self.stage.tenant_id, call_id, intent.intent_id)

    async def end(self, intent: WriteIntent, outcome: Outcome, *messages: str) -> None:
        result = WriteResult(
            intent_id=intent.intent_id, record=intent.record, effect="main", revision=intent.revision,
            attempt=intent.attempt, outcome=outcome, messages=messages,
        )  # fmt: skip
        done = "update intent set state = 'done', call_id = null, result = $3 where tenant_id = $1 and id = $2"
        doc = result.model_dump_json().encode()
        await self.stage.sql(done, self.stage.tenant_id, intent.intent_id, doc)

    async def spent(self, *, day: int = 0, parked: datetime | None = None) -> None:
        """So many of the day's calls are used, and Xero may have asked to wait."""
        await self.stage.sql("delete from budget")
        spent = "insert into budget values ($1, '{}', $2, $3, 5000, $4, 'too many calls (minute)')"
        await self.stage.sql(spent, self.stage.tenant_id, self.stage.clock().date(), day, parked)

    async def turn(self, not_before: datetime | None, because: str | None) -> None:
        await self.stage.sql(
            "insert into turn (tenant_id, shard, open, not_before, because) values ($1, 0, true, $2, $3) "
            "on conflict (tenant_id) do update set not_before = $2, because = $3, next_at = null",
            self.stage.tenant_id, not_before, because,
        )  # fmt: skip

    async def trail(self) -> list[tuple[str, UUID, Any, Any]]:
        async with self.stage.database.transaction() as tx:
            entries = await audit.page(tx, self.stage.tenant_id, 10)
        return [
            (one.operation.rpartition("/")[2], one.record.id, (one.before or {})["state"], (one.after or {})["state"])
            for one in entries
            if "/writes/" in one.operation
        ]


@pytest_asyncio.fixture
async def queue(stage: ConnectorHarness, signing: local.SigningKeys) -> AsyncIterator[Queue]:
    app = make_app("connector", "", Keys(signing.jwks_url, local.ISSUER), nothing_closed)
    app.state.database = stage.database
    app.include_router(api_writes.router)
    await stage.connect_idle()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://us") as http:
        yield Queue(stage, http, signing)


async def test_writes_are_found_by_state_and_record_page_by_page(queue: Queue) -> None:
    wanted = [contact_intent(f"Vendor {n}") for n in range(5)]
    ids = [one.intent_id for one in wanted]
    await queue.wait(*wanted)
    await queue.leave(wanted[3], ago=1)
    await queue.end(wanted[4], Outcome.REFUSED, "No.")

    assert await queue.see(state="waiting") == ids[:3]
    assert await queue.see(state="in_flight") == [ids[3]]
    assert await queue.see(state="failed") == [ids[4]]
    assert await queue.see(state="held") == []
    assert await queue.see() == ids[:4]
    assert await queue.see(record=wanted[4].record.id) == [ids[4]]
    assert await queue.see(state="waiting", record=wanted[4].record.id) == []

    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    for _ in range(4):
        page = (await queue.ask("GET", limit=2, **cursor)).json()
        pages.append([one["intent_id"] for one in page["items"]])
        cursor = {"cursor": page["next"]}
        if not page["next"]:
            break
    assert pages == [ids[:2], ids[2:4], []]


async def test_a_disconnected_organisations_writes_are_held(queue: Queue) -> None:
    intent = contact_intent("Kea")
    await queue.wait(intent)
    await queue.stage.sql("update connection set state = 'disconnected'")

    assert (await queue.see(state="waiting"), await queue.see(state="held")) == ([], [intent.intent_id])
    assert (await queue.story(intent))["why"] == "It waits until the organisation is connected to Xero."
    refused = await queue.ask("POST", f"/{intent.intent_id}/retry")
    assert (refused.status_code, "connected" in refused.json()["title"]) == (409, True)


async def test_a_failed_write_is_listed_until_its_record_is_written_again(queue: Queue) -> None:
    first = contact_intent("Kea")
    again = first.replace(revision=2)
    await queue.wait(first)
    await queue.end(first, Outcome.REFUSED, "The name is taken.")
    assert await queue.see(state="failed") == [first.intent_id]

    await queue.wait(again)

    assert await queue.see(state="failed") == []
    assert await queue.see(record=first.record.id) == [first.intent_id, again.intent_id]


async def test_a_story_tells_why_it_waits_and_what_is_before_it(queue: Queue) -> None:
    first, second = contact_intent("Kea"), contact_intent("Tui")
    person = contact_intent("Moa", lane=Lane.PERSON)
    await queue.wait(first, second, person)

    stories = [await queue.story(one) for one in (first, second, person)]
    assert [(one["writes_ahead"], one["lane"], one["why"]) for one in stories] == [
        (0, "write", "Nothing is ahead of it: it goes now."),
        (1, "write", "1 write is ahead of it in its lane."),
        (0, "person", "Nothing is ahead of it: it goes now."),
    ]

    await queue.leave(first, ago=3)
    story = await queue.story(first)
    assert (story["state"], story["writes_ahead"]) == ("in_flight", 0)
    assert story["why"].endswith("; Xero has not answered yet.")
    assert story["call"]["look_up"] is False

    await queue.end(first, Outcome.REFUSED, "The name is taken.")
    story = await queue.story(first)
    assert (story["state"], story["why"], story["call"]) == ("failed", "Xero refused it: The name is taken.", None)
    assert story["result"]["messages"] == ["The name is taken."]
    assert story["intent"]["body"]["name"] == "Kea"


async def test_what_all_calls_of_an_organisation_wait_for_is_told(queue: Queue) -> None:
    intent, now = contact_intent("Kea"), queue.stage.clock()
    await queue.wait(intent)

    await queue.turn(now + timedelta(minutes=5), "Xero answered 503")
    assert (await queue.story(intent))["why"].endswith(": Xero answered 503.")
    await queue.spent(day=5000)
    assert (await queue.story(intent))["why"].startswith("The organisation's calls of this day are used, until ")
    await queue.spent(parked=now + timedelta(seconds=40))
    assert (await queue.story(intent))["why"].startswith("Xero asked us to wait until ")


@pytest.mark.rule("SYS-2")
async def test_a_write_called_back_never_reaches_xero_and_its_record_is_told_by_whom(queue: Queue) -> None:
    stage = queue.stage
    stays, goes = contact_intent("Kea"), contact_intent("Tui")
    await queue.wait(stays, goes)

    answer = await queue.ask("POST", f"/{stays.intent_id}/cancel")

    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["why"] == "ana cancelled it before it was sent."
    async with stage.working():
        results = await stage.results(2)
    assert [(one.intent_id, one.outcome, one.cancelled_by) for one in results] == [
        (stays.intent_id, Outcome.CANCELLED, "ana"),
        (goes.intent_id, Outcome.DONE, None),
    ]
    assert [one["Name"] for one in await stage.xero("Contacts")] == ["Tui"]
    assert await queue.trail() == [("cancel", stays.record.id, "waiting", "cancelled")]

    # Said again, it gets the same answer; and a second time nothing is called back.
    await stage.deliver(stays)
    assert (await stage.results(3))[2] == results[0]
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
    async with queue.stage.database.transaction() as tx:
        call_id = uuid4()
        await tx.db.execute(LEAVES, queue.stage.tenant_id, call_id, tx.now, tx.now)
        await tx.db.execute("update intent set state = 'sent', call_id = $1 where state = 'queued'", call_id)
        asking = asyncio.create_task(queue.ask("POST", f"/{intent.intent_id}/cancel"))
        await queue.stage.until("select count(*) from pg_stat_activity where wait_event = 'transactionid'", 1)
    answer = await asking

    assert (answer.status_code, answer.json()["title"].startswith("it was sent at ")) == (409, True)
    assert await queue.stage.published(WriteResult) == []


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


async def test_what_waits_for_nothing_but_our_own_patience_is_looked_at_now(queue: Queue) -> None:
    intent = contact_intent("Kea")
    await queue.wait(intent)
    await queue.turn(queue.stage.clock() + timedelta(minutes=5), "Xero answered 503")

    answer = await queue.ask("POST", f"/{intent.intent_id}/retry")

    assert (answer.status_code, answer.json()["why"]) == (200, "Nothing is ahead of it: it goes now.")
    ((waits, due),) = await queue.stage.sql("select not_before, next_at <= $1 from turn", queue.stage.clock())
    assert (waits, due) == (None, True)
    assert await queue.trail() == [("retry", intent.record.id, "waiting", "retried")]


async def test_no_person_overrules_what_xero_asks(queue: Queue) -> None:
    intent, now = contact_intent("Kea"), queue.stage.clock()
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
        ((waits,),) = await queue.stage.sql("select not_before from turn")
        assert waits == until


async def test_an_unanswered_call_is_looked_at_now_only_once_no_answer_can_come(queue: Queue) -> None:
    names = ("looked up", "sent again", "just left", "sent again just now")
    looked_up, again, left, again_just_now = wanted = [contact_intent(name) for name in names]
    await queue.wait(*wanted)
    await queue.leave(looked_up, ago=60, again_in=30, look_up=True)
    await queue.leave(again, ago=60, again_in=-1)
    await queue.leave(left, ago=3, again_in=1)
    await queue.leave(again_just_now, ago=60, again_in=15)
    await queue.turn(queue.stage.clock() + timedelta(minutes=5), "Xero answered 503")

    answers = [await queue.ask("POST", f"/{one.intent_id}/retry") for one in wanted]

    assert [one.status_code for one in answers] == [200, 200, 409, 409]
    assert "looked up in Xero now" in answers[0].json()["why"]
    assert "sent again now" in answers[1].json()["why"]
    assert all("has not answered yet" in one.json()["title"] for one in answers[2:])
    rows = await queue.stage.sql("select retry_at <= $1 from call order by retry_at", queue.stage.clock())
    assert [row[0] for row in rows] == [True, True, False, False]
    assert (await queue.stage.sql("select not_before from turn"))[0][0] is None


async def test_what_xero_refused_is_retried_by_its_problem(queue: Queue) -> None:
    intent = contact_intent("Kea")
    await queue.wait(intent)
    await queue.end(intent, Outcome.REFUSED, "The name is taken.")
    without = await queue.ask("POST", f"/{intent.intent_id}/retry")
    now = queue.stage.clock()
    problem = Problem(
        id=uuid4(), service="contacts", record=intent.record, code="refused_by_xero", problem_kind="refused", params={},
        sentence="Xero refused this vendor.", how_to_fix="Change it.", state="open", opened_at=now, last_at=now,
    )  # fmt: skip
    await queue.stage.deliver(problem)

    answer = await queue.ask("POST", f"/{intent.intent_id}/retry")

    assert (without.status_code, answer.status_code) == (409, 409)
    assert "Change the vendor and save it again" in without.json()["title"]
    assert (answer.json()["problem_id"], answer.json()["service"]) == (str(problem.id), "contacts")
    assert f"retry problem {problem.id} of the contacts service" in answer.json()["title"]


async def test_a_write_that_is_not_there_is_404_whatever_its_name(queue: Queue) -> None:
    for name in ("vendor:x:1:1", "a b", "%F0%9F%A5%9D"):
        assert (await queue.ask("GET", f"/{name}")).status_code == 404
        for action in ("cancel", "retry"):
            assert (await queue.ask("POST", f"/{name}/{action}")).status_code == 404
    assert (await queue.ask("GET", "/%00")).status_code == 422
    assert await queue.see(cursor="nobody") == []
