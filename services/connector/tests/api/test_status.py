"""What a tenant sees of its connection, its writes and its problems (CONN-7, CONN-9, SYS-2)."""

from uuid import uuid4

import pytest

from tieout_connector.inbound import listings
from tieout_connector.kinds import LISTED
from tieout_connector.pacing import PLANS, minutes
from tieout_kit.clock import utc_now
from tieout_schemas.payload import RecordRef
from tieout_schemas.problem import Problem
from tieout_testing.connector import contact_intent

from .people import Platform

pytestmark = pytest.mark.real


@pytest.mark.rule("CONN-7")
async def test_status_shows_progress_writes_and_what_is_left(platform: Platform) -> None:
    harness = platform.harness
    await harness.connect()
    async with harness.working():
        await harness.until("select state from connection", "connected")
    await harness.deliver(contact_intent("Kea"))

    status = (await platform.ask("GET /tenants/{t}/connection", harness.tenant_id)).json()

    assert (status["state"], status["org_name"], status["writes"]) == ("connected", "Kauri Ltd", {"queued": 1})
    assert {p["listing"]: p["done"] == p["total"] for p in status["resources"]} == dict.fromkeys(listings.NAMES, True)
    assert status["calls_left_this_minute"] == 60 - len(await harness.control.calls())
    assert 0 < status["calls_left_today"] <= 5000
    assert status["last_sync_at"]
    assert status["last_run"]["run"] == "import"
    assert {p["polled_every_minutes"] for p in status["resources"] if p["listing"] == "Payments"} == {5}
    assert {p["last_read_at"] is None for p in status["resources"]} == {False}
    assert (status["running"], status["waiting_writes"], status["failed_writes"]) == (None, 1, 0)


@pytest.mark.rule("CONN-9")
@pytest.mark.rule("CONN-10")
async def test_status_says_how_often_each_list_is_polled_and_why(platform: Platform) -> None:
    harness = platform.harness
    await harness.connect()
    tenant_id = harness.tenant_id

    async def polls() -> dict[str, tuple[int, str]]:
        status = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()
        return {p["listing"]: (p["polled_every_minutes"], p["polled_because"]) for p in status["resources"]}

    body = {"version": 0, "changes": {"poll_every_minutes": 10}}
    assert (await platform.ask("PATCH /tenants/{t}/settings", tenant_id, body=body)).status_code == 200
    before = await polls()
    await harness.sql("insert into webhook_silence values ('CONTACT', now())")
    silent = await polls()
    await harness.sql(
        "insert into budget select tenant_id, '{}', (now() at time zone 'UTC')::date, 4990, 5000 from connection"
    )

    after = await polls()

    assert set(before.values()) == {(10, "every 10 minutes, as chosen in the settings")}
    assert silent["Contacts"][0] < 10
    assert silent["Contacts"][1].endswith(", because Xero's webhooks for it stay away")
    assert {name: every for name, (every, _) in after.items()} == {
        name: minutes(one.listing.worth.longest) for name, one in LISTED.items()
    }
    assert after["Payments"][1].startswith("every 30 minutes, because the 5,000 calls of the day would not last ")


@pytest.mark.rule("CONN-7")
async def test_a_tenant_without_calls_so_far_is_shown_the_calls_of_the_apps_plan(platform: Platform) -> None:
    tenant_id = await platform.harness.tenant()
    platform.app.state.day_limit = PLANS["starter"]

    status = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()

    assert status["calls_left_today"] == 1000


@pytest.mark.rule("SYS-2")
async def test_problems_of_every_service_are_listed_and_older_news_changes_nothing(platform: Platform) -> None:
    harness = platform.harness
    tenant_id = await harness.tenant()
    problem = Problem(
        id=uuid4(), service="bills", record=RecordRef(kind="bill", id=uuid4()), code="vendor_not_in_xero", params={},
        sentence="Bill B-1 waits.", how_to_fix="Wait.", state="open", opened_at=utc_now(), last_at=utc_now(),
    )  # fmt: skip
    await harness.deliver(problem, tenant_id=tenant_id)
    await harness.deliver(problem.replace(sentence="Not news"), tenant_id=tenant_id)

    found = (await platform.ask("GET /tenants/{t}/problems", tenant_id)).json()

    assert [item["sentence"] for item in found["items"]] == ["Bill B-1 waits."]
