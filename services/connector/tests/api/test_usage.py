"""What calls to Xero were used and what they cost (CONN-7)."""

from datetime import timedelta

import pytest

from tieout_connector.pacing.pricing import GIB
from tieout_connector.pacing.usage import CallOutcome, Usage
from tieout_schemas.writes import Lane

from .people import ADMIN, PLATFORM, VIEWER, Platform

pytestmark = pytest.mark.real


@pytest.mark.rule("CONN-7")
async def test_usage_is_shown_by_hour_and_status_adds_up_the_month(platform: Platform) -> None:
    harness, tenant_id = platform.harness, await platform.harness.tenant()
    counted = Usage(harness.clock)
    counted.count(tenant_id, Lane.IMPORT, "Invoices", 0, 5000, CallOutcome.ANSWERED)
    counted.count(tenant_id, Lane.IMPORT, "Organisation", 0, 300, CallOutcome.ANSWERED)
    await harness.database.run(counted.store)
    now = harness.clock()
    await harness.sql(
        "insert into usage values ($1, $2, 'poll', 'Contacts', 7, 0, 9, 0, 0)", tenant_id, now - timedelta(days=32)
    )

    status = (await platform.ask("GET /tenants/{t}/connection", tenant_id)).json()
    used = await platform.ask("GET /tenants/{t}/usage", tenant_id, VIEWER)

    # The Organisation endpoint is a call, and no egress.
    assert (status["calls_this_month"], status["egress_bytes_this_month"]) == (2, 5000)
    assert [(one["endpoint"], one["received"]) for one in used.json()["items"]] == [
        ("Invoices", 5000),
        ("Organisation", 300),
    ]
    long = "?from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z"
    refused = await platform.ask(f"GET /tenants/{{t}}/usage{long}", tenant_id, VIEWER)
    assert (refused.status_code, "no more than 31 days" in refused.json()["title"]) == (422, True)


async def test_the_cost_of_the_whole_app_is_the_platforms_to_read(platform: Platform) -> None:
    harness = platform.harness
    tenants = [await harness.connect() for _ in range(6)]
    counted = Usage(harness.clock)
    for n, tenant_id in enumerate(tenants):
        counted.count(tenant_id, Lane.IMPORT, "Invoices", 0, n * GIB, CallOutcome.ANSWERED)
    await harness.database.run(counted.store)

    cost = (await platform.ask("GET /usage/cost?limit=2", "", PLATFORM, of="*")).json()

    assert (cost["connections"], cost["calls"], cost["egress_bytes"]) == (6, 6, 15 * GIB)
    assert cost["projected_egress_bytes"] >= 15 * GIB
    assert [one["tenant_id"] for one in cost["tenants"]] == [str(tenants[5]), str(tenants[4])]
    assert {one["plan"]: (one["possible"], one["so_far"]["amount"]) for one in cost["plans"]} == {
        "Starter": (False, "0.00"),
        "Core": (True, "47.00"),
        "Plus": (True, "245.00"),
        "Advanced": (True, "1445.00"),
    }
    assert "6 organisations are connected" in cost["plans"][0]["why_not"]
    assert (await platform.ask("GET /usage/cost", "", ADMIN, of="*")).status_code == 403
