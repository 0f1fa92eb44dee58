"""The metrics of a tenant say how its sync is doing, from whichever process they are read."""

from datetime import timedelta
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from tieout_connector.connecting import tenant_metrics
from tieout_connector.pacing import PLANS, schedule
from tieout_testing.connector import ConnectorHarness, contact_intent

pytestmark = pytest.mark.real
MINUTE = timedelta(minutes=1)


async def measured(harness: ConnectorHarness, tenant_id: UUID, after: timedelta = timedelta(0)) -> dict[str, float]:
    """The tenant's metrics as of some time later, by the end of their names."""
    harness.clock.ahead += after
    await tenant_metrics.measure(harness.database, PLANS["advanced"])
    prefix = "tieout_tenant_"
    return {
        sample.name.removeprefix(prefix): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name.startswith(prefix) and sample.labels["tenant"] == str(tenant_id)
    }


def tenants_that_are(state: str) -> float | None:
    return REGISTRY.get_sample_value("tieout_connections", {"state": state})


async def test_a_tenant_that_is_not_connected_has_no_metrics_but_is_counted(harness: ConnectorHarness) -> None:
    tenant_id = await harness.tenant()

    assert await measured(harness, tenant_id) == {}
    assert (tenants_that_are("disconnected"), tenants_that_are("connected")) == (1, 0)


async def test_what_waits_grows_old_until_it_is_done(harness: ConnectorHarness) -> None:
    tenant_id = await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    harness.clock.ahead += 8 * MINUTE
    await harness.deliver(contact_intent("Tui"))

    waiting = await measured(harness, tenant_id, 2 * MINUTE)

    assert waiting["writes_waiting"] == 2
    assert waiting["write_age_seconds"] == pytest.approx(600, abs=30)
    assert waiting["overdue_seconds"] == pytest.approx(600, abs=30), "no gateway runs"
    async with harness.working():
        await harness.until("select count(*) from intent where state <> 'done'", 0)
    done = await measured(harness, tenant_id)
    assert (done["writes_waiting"], done["write_age_seconds"], done["overdue_seconds"]) == (0, 0, 0)
    assert waiting["day_calls_limit"] == done["day_calls_limit"] == PLANS["advanced"]
    assert done["day_calls_left"] < waiting["day_calls_left"]


async def test_the_list_that_was_read_longest_ago_tells_the_age_of_what_is_known(harness: ConnectorHarness) -> None:
    tenant_id = await harness.connect_idle()
    now = harness.clock()
    await harness.sql(
        """insert into feed (tenant_id, listing, next_at, last_read_at, trouble) values
        ($1, 'bills', $2, $2, null), ($1, 'contacts', $2, $3, null), ($1, 'payments', $2, $4, 'not_permitted')""",
        tenant_id,
        now,
        now - 9 * MINUTE,
        now - 99 * MINUTE,
    )

    assert (await measured(harness, tenant_id))["read_age_seconds"] == pytest.approx(540, abs=30)


async def test_open_problems_and_reads_are_counted(harness: ConnectorHarness) -> None:
    tenant_id = await harness.connect_idle()
    before = await measured(harness, tenant_id)
    await harness.sql(
        """insert into problem (tenant_id, id, sequence, record_kind, record_id, code, cause, state, doc)
        select $1, gen_random_uuid(), 1, 'bill', gen_random_uuid(), 'x', 'x', state, '{}'
        from unnest(array['open', 'open', 'closed']) as state""",
        tenant_id,
    )
    await harness.sql(
        """insert into read_request (tenant_id, kind, xero_id, due_at, causation_id, correlation_id)
        values ($1, 'xero_contact', gen_random_uuid(), now(), '', '')""",
        tenant_id,
    )

    after = await measured(harness, tenant_id)

    assert after["problems"] == before["problems"] + 2
    assert (before["reads_waiting"], after["reads_waiting"]) == (0, 1)


async def test_many_tenants_are_measured_piece_by_piece(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant_metrics, "_AT_ONCE", 2)
    tenants = [await harness.connect_idle() for _ in range(3)]

    assert [len(await measured(harness, tenant_id)) for tenant_id in tenants] == [8, 8, 8]


async def test_the_metrics_of_a_tenant_end_with_its_connection(harness: ConnectorHarness) -> None:
    tenant_id = await harness.connect_idle()
    assert await measured(harness, tenant_id)
    async with harness.database.transaction() as tx:
        await schedule.set_connected(tx, tenant_id, connected=False)

    assert await measured(harness, tenant_id) == {}
