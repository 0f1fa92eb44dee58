"""Historical imports over HTTP: start one, watch it, cancel it (SYS-4)."""

from typing import Any
from uuid import uuid4

import pytest

from tieout_schemas.history import HistoryRun

from .people import ADMIN, VIEWER, Platform

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-4")]
IMPORTS = "/tenants/{t}/history/imports"
START = f"POST {IMPORTS}"
PAST = {"kinds": ["bills", "contacts"], "from_date": "2025-01-01", "to_date": "2025-12-31"}


async def test_an_import_is_watched_from_its_start_to_its_end(platform: Platform) -> None:
    harness = platform.harness
    tenant_id = await harness.connect_idle()
    contact = await harness.their_contact()
    await harness.their_bill(contact, Date="2025-06-01", DueDate="2025-07-01")

    begun = await platform.ask(START, tenant_id, body=PAST)
    one = f"GET {IMPORTS}/{begun.json()['id']}"
    waiting = (await platform.ask(one, tenant_id, VIEWER)).json()
    async with harness.working():
        await harness.until("select max(state) from history_import", "done")
    ended = (await platform.ask(one, tenant_id, VIEWER)).json()
    listed = (await platform.ask(f"GET {IMPORTS}", tenant_id, VIEWER)).json()

    assert begun.status_code == 202
    assert begun.json() == waiting
    assert (waiting["state"], waiting["seconds_left"], waiting["result"]) == ("running", None, None)
    assert [(each["kind"], each["done"], each["total"]) for each in waiting["kinds"]] == [
        ("contacts", 0, None),
        ("bills", 0, None),
    ]
    assert [(each["kind"], each["done"], each["total"], each["new"]) for each in ended["kinds"]] == [
        ("contacts", 1, 1, 1),
        ("bills", 1, 1, 1),
    ]
    [said] = await harness.published(HistoryRun)
    assert HistoryRun.model_validate(ended["result"]) == said
    assert "Bills: 1 new" in said.summary
    assert listed == {"items": [ended]}


async def test_an_import_is_cancelled_by_request(platform: Platform) -> None:
    tenant_id = await platform.harness.connect_idle()
    begun = (await platform.ask(START, tenant_id, body=PAST)).json()

    cancelled = await platform.ask(f"DELETE {IMPORTS}/{begun['id']}", tenant_id)
    again = await platform.ask(f"DELETE {IMPORTS}/{begun['id']}", tenant_id)

    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert again.json() == cancelled.json()
    assert len(await platform.harness.published(HistoryRun)) == 1
    # Another one may be started now.
    assert (await platform.ask(START, tenant_id, body=PAST)).json()["id"] != begun["id"]


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ({**PAST, "kinds": []}, 422, "kinds"),
        ({**PAST, "kinds": ["ledgers"]}, 422, "one of contacts, bills, payments"),
        ({**PAST, "to_date": "2024-12-31"}, 422, "to_date is before from_date"),
        ({"kinds": ["bills"]}, 422, "from_date"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(
    platform: Platform, body: dict[str, Any], status: int, named: str
) -> None:
    refused = await platform.ask(START, await platform.harness.connect_idle(), body=body)

    assert refused.status_code == status
    assert named in refused.text


async def test_only_a_connected_tenant_imports(platform: Platform) -> None:
    refused = await platform.ask(START, await platform.harness.tenant(), ADMIN, body=PAST)

    assert refused.status_code == 409
    assert "connect it" in refused.text


async def test_an_import_that_waits_for_the_connection_says_so(platform: Platform) -> None:
    tenant_id = await platform.harness.connect_idle()
    begun = (await platform.ask(START, tenant_id, body=PAST)).json()
    await platform.harness.sql("update connection set state = 'disconnected'")

    shown = (await platform.ask(f"GET {IMPORTS}/{begun['id']}", tenant_id, VIEWER)).json()

    assert (begun["waits_because"], shown["state"]) == ("", "running")
    assert "connect it, and the import goes on" in shown["waits_because"]


async def test_another_tenants_import_is_not_found(platform: Platform) -> None:
    tenant_id = await platform.harness.connect_idle()
    begun = (await platform.ask(START, tenant_id, body=PAST)).json()
    other = await platform.harness.tenant()

    for route in (f"GET {IMPORTS}/{begun['id']}", f"DELETE {IMPORTS}/{begun['id']}", f"GET {IMPORTS}/{uuid4()}"):
        assert (await platform.ask(route, other)).status_code == 404
