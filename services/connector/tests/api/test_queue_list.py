"""The queue of writes over HTTP: what waits, and why (CONN-7)."""

from datetime import timedelta

import pytest

from tieout_schemas.writes import Lane, Outcome
from tieout_testing.connector import contact_intent

from .write_queue import Queue

pytestmark = pytest.mark.real


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
    await queue.harness.sql("update connection set state = 'disconnected'")

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
    intent, now = contact_intent("Kea"), queue.harness.clock()
    await queue.wait(intent)

    await queue.turn(now + timedelta(minutes=5), "Xero answered 503")
    assert (await queue.story(intent))["why"].endswith(": Xero answered 503.")
    await queue.spent(day=5000)
    assert (await queue.story(intent))["why"].startswith("The organisation's calls of this day are used, until ")
    await queue.spent(parked=now + timedelta(seconds=40))
    assert (await queue.story(intent))["why"].startswith("Xero asked us to wait until ")


async def test_a_write_that_is_not_there_is_404_whatever_its_name(queue: Queue) -> None:
    for name in ("vendor:x:1:1", "a b", "%F0%9F%A5%9D"):
        assert (await queue.ask("GET", f"/{name}")).status_code == 404
        for action in ("cancel", "retry"):
            assert (await queue.ask("POST", f"/{name}/{action}")).status_code == 404
    assert (await queue.ask("GET", "/%00")).status_code == 422
    assert await queue.see(cursor="nobody") == []
