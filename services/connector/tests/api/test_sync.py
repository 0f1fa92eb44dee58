"""Sync now: it starts at once, is joined, is watched, and says what failed (CONN-8)."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tieout_connector.api.sync import progress
from tieout_connector.connecting import connection_store, sync_jobs
from tieout_connector.gateway.session import TenantSession
from tieout_connector.inbound import listings, sync_runs
from tieout_connector.inbound.sync_jobs_rules import SyncJob
from tieout_connector.inbound.sync_runs_rules import PATIENCE
from tieout_connector.xero.scopes import SCOPES, Scope
from tieout_kit.postgres.notifications import Broadcast
from tieout_schemas.runs import SyncRun, SyncStatus
from tieout_testing.access_sweep import ANA
from tieout_testing.connector import ConnectorHarness
from tieout_testing.connector.process import Process
from tieout_testing.kafka import running

from .people import PLATFORM, Platform

pytestmark = [pytest.mark.real, pytest.mark.rule("CONN-8")]


async def connected(harness: ConnectorHarness, scope: str = SCOPES) -> None:
    """A connected tenant, whose lists are read only when somebody asks."""
    await harness.connect(scope=scope)
    await harness.sql(
        "update connection set state = 'connected'; "
        "update feed set importing = false, waits_for = null, next_at = now() + interval '20 hours'"
    )


async def owner(harness: ConnectorHarness) -> tuple[Process, TenantSession]:
    """Its lease outlasts the test."""
    return await harness.owner(renew_every=timedelta(minutes=1))


async def read_all(
    harness: ConnectorHarness, by: tuple[Process, TenantSession] | None = None, *, importing: bool = False
) -> None:
    """Read what is due, page by page, until nothing is."""
    process, at = by or await owner(harness)
    while True:
        async with harness.database.transaction() as tx:
            cursor = await listings.due(tx, harness.tenant_id, at.in_progress, importing=importing)
        if cursor is None:
            return
        await process.lister.read(at, cursor)


async def ask(platform: Platform) -> tuple[int, Any]:
    answer = await platform.ask("POST /tenants/{t}/sync", platform.harness.tenant_id, PLATFORM)
    return answer.status_code, answer.json()


async def look(platform: Platform, job_id: str) -> Any:
    answer = await platform.ask(f"GET /tenants/{{t}}/sync/{job_id}", platform.harness.tenant_id, PLATFORM)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ended(harness: ConnectorHarness) -> list[SyncRun]:
    """The runs that a person asked for, and that have ended."""
    return [one for one in await harness.published(SyncRun) if one.run == "requested"]


def states(job: Any) -> dict[str, str]:
    return {one["listing"]: one["state"] for one in job["lists"]}


async def test_it_reads_every_list_at_once_and_ends_with_an_event(platform: Platform) -> None:
    harness = platform.harness
    await connected(harness)
    await harness.their_contact("Kea Paper")
    status, job = await ask(platform)
    before = states(job)

    await read_all(harness)

    [over] = await ended(harness)
    assert (status, job["state"], job["run"], job["joined"]) == (202, "running", "requested", False)
    assert set(before.values()) == {"waiting"}
    assert str(over.job_id) == job["id"]
    assert [r.resource for r in over.resources] == list(before)
    assert {r.resource: r.changed for r in over.resources}["Contacts"] == 1
    after = await look(platform, job["id"])
    assert (after["state"], after["seconds_left"], set(states(after).values())) == ("done", None, {"done"})


async def test_it_is_joined_while_it_is_under_way_and_starts_anew_after_its_end(platform: Platform) -> None:
    await connected(platform.harness)
    _, first = await ask(platform)
    status, second = await ask(platform)
    await read_all(platform.harness)
    _, third = await ask(platform)

    assert (status, second["id"], second["joined"]) == (202, first["id"], True)
    assert (third["id"] != first["id"], third["joined"]) == (True, False)


async def test_two_people_who_ask_at_the_same_moment_get_the_same_sync(platform: Platform) -> None:
    await connected(platform.harness)
    await platform.harness.sql("delete from run")

    answers = await asyncio.gather(*(ask(platform) for _ in range(4)))

    assert len({job["id"] for _, job in answers}) == 1
    assert sorted(job["joined"] for _, job in answers) == [False, True, True, True]


@pytest.mark.rule("CONN-4")
async def test_an_import_under_way_is_joined_and_shows_how_far_it_is(platform: Platform) -> None:
    harness = platform.harness
    await harness.connect()
    _, waiting = await ask(platform)
    await read_all(harness, importing=True)
    status = (await platform.ask("GET /tenants/{t}/connection", harness.tenant_id)).json()

    assert (waiting["run"], waiting["joined"], waiting["state"]) == ("import", True, "running")
    assert waiting["seconds_left"] > 0
    assert (await look(platform, waiting["id"]))["state"] == "done"
    assert (status["running"], status["job_id"]) == (None, None)
    assert [one.job_id for one in await harness.published(SyncRun)][:1] == [SyncJob.model_validate(waiting).id]


async def test_who_is_not_connected_is_told_so(platform: Platform) -> None:
    await connected(platform.harness)
    await platform.harness.connections.disconnect(ANA, platform.harness.tenant_id)

    status, refused = await ask(platform)

    assert (status, refused["title"]) == (409, "The organisation is not connected to Xero. Connect it first.")


async def test_it_says_which_list_failed_and_asks_nothing_that_the_consent_does_not_cover(platform: Platform) -> None:
    harness = platform.harness
    without = " ".join(scope for scope in SCOPES.split() if scope != Scope.PAYMENTS)
    await connected(harness, scope=without)
    await harness.control.clear_ledger()
    _, job = await ask(platform)

    await read_all(harness)

    [over] = await ended(harness)
    why = "The consent that was given in Xero does not cover to read payments there."
    failed = {r.resource: r.failed for r in over.resources if r.failed}
    assert set(failed) == {"Payments", "Prepayments", "Overpayments", "BatchPayments"}
    assert failed["Payments"] == why
    after = await look(platform, job["id"])
    assert (after["state"], why in [one["why"] for one in after["lists"]]) == ("failed", True)
    assert [call for call in await harness.control.calls() if "ayments" in call["path"]] == []


async def test_it_tries_again_what_was_put_off(platform: Platform) -> None:
    harness = platform.harness
    await connected(harness)
    await harness.sql(
        "insert into paused_batch (tenant_id, batch_key, resource, reason, until) select tenant_id, 'k', 'Contacts', "
        "'not_permitted_in_xero', now() + interval '1 hour' from connection"
    )
    await harness.sql("update feed set trouble = 'not_listed' where listing = 'Accounts'")

    await ask(platform)

    assert await harness.sql("select count(*) from paused_batch where until > now()") == [(0,)]
    assert await harness.sql("select count(*) from feed where next_at > now()") == [(0,)]


async def test_a_connection_that_is_lost_ends_it_and_says_so(platform: Platform) -> None:
    harness = platform.harness
    await connected(harness)
    await ask(platform)
    _, at = await harness.owner()
    async with harness.database.transaction() as tx:
        await connection_store.mark_lost(tx, at.org, "it was disconnected in Xero")

    await sync_jobs.end_overdue(harness.database)

    [over] = await ended(harness)
    why = "The connection to Xero is lost: it was disconnected in Xero. Connect the organisation again."
    assert {r.failed for r in over.resources} == {why}


async def test_while_xero_allows_no_call_for_long_nobody_waits(platform: Platform) -> None:
    harness = platform.harness
    await connected(harness)
    _, job = await ask(platform)
    await harness.sql(
        "insert into budget (tenant_id, sent_at, day, day_used, day_limit, day_ends) select tenant_id, '{}', "
        "(now() at time zone 'UTC')::date, 5000, 5000, (now() at time zone 'UTC')::date + interval '1 day' "
        "from connection"
    )

    await sync_jobs.end_overdue(harness.database)
    assert (await look(platform, job["id"]))["state"] == "running"
    harness.clock.ahead += PATIENCE
    await sync_jobs.end_overdue(harness.database)
    over = await look(platform, job["id"])
    status, refused = await ask(platform)

    assert over["state"] == "failed"
    assert {one["why"][:44] for one in over["lists"]} == {"The organisation's calls of this day are use"}
    assert (status, refused["title"][:44]) == (503, "The organisation's calls of this day are use")


async def test_it_is_watched_until_its_end(platform: Platform) -> None:
    harness = platform.harness
    await connected(harness)
    _, job = await ask(platform)

    async with running(platform.app.state.sync_changes.run()):
        watching = asyncio.create_task(
            platform.ask(f"GET /tenants/{{t}}/sync/{job['id']}/events", harness.tenant_id, PLATFORM)
        )
        await read_all(harness)
        answer = await asyncio.wait_for(watching, 15)

    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = answer.text.splitlines()
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    seen = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert (names[0], names[-1], set(names[:-1])) == ("progress", "ended", {"progress"})
    assert (seen[0]["state"], seen[-1]["state"]) == ("running", "done")


async def test_a_watcher_holds_no_connection_and_leaves_nothing_behind(harness: ConnectorHarness) -> None:
    await connected(harness)
    changes = Broadcast(harness.database, sync_runs.CHANNEL)
    job = await harness.database.run(lambda tx: sync_jobs.start_or_join(tx, ANA, harness.tenant_id))
    watching = progress(harness.database, changes, harness.tenant_id, job)
    await anext(watching)
    pool = harness.database._pool
    waiting = asyncio.ensure_future(anext(watching))
    await asyncio.wait([waiting], timeout=0.2)

    assert not waiting.done()
    assert pool.get_idle_size() == pool.get_size()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_watch_ends_in_time_also_without_any_change(harness: ConnectorHarness) -> None:
    await connected(harness)
    changes = Broadcast(harness.database, sync_runs.CHANNEL)
    job = await harness.database.run(lambda tx: sync_jobs.start_or_join(tx, ANA, harness.tenant_id))

    seen = [one async for one in progress(harness.database, changes, harness.tenant_id, job, longest_s=0.1)]

    assert {one.state for one in seen} == {"running"}


async def test_an_unknown_sync_is_404_also_for_who_would_watch_it(platform: Platform) -> None:
    tenant_id = await platform.harness.tenant()

    for path in ("", "/events"):
        answer = await platform.ask(f"GET /tenants/{{t}}/sync/{uuid4()}{path}", tenant_id, PLATFORM)
        assert (answer.status_code, answer.json()["title"]) == (404, "no such sync: it is unknown, or ended long ago")


@pytest.mark.rule("CONN-7")
async def test_its_begin_and_end_are_told_and_polls_are_not(platform: Platform) -> None:
    harness = platform.harness
    await connected(harness)
    by = await owner(harness)
    for _ in range(2):
        await harness.sql("update feed set next_at = now()")
        await read_all(harness, by)
    polled = await harness.published(SyncStatus)
    _, job = await ask(platform)
    await read_all(harness, by)

    said = await harness.published(SyncStatus)
    assert [one.running for one in polled] == [None]
    assert [(one.running, one.job_id and str(one.job_id)) for one in said[1:]] == [
        ("requested", job["id"]),
        (None, None),
    ]
    assert set(said[-1].last_read_at) == set(states(job))
    assert said[-1].last_sync_at is not None
    assert said[-1].last_sync_at - max(said[-1].last_read_at.values()) < timedelta(seconds=1)
