"""Budgets in Postgres: what is loaded is what was saved, also across a roll-out."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tieout_connector.pacing import org_budget_store
from tieout_connector.pacing.org_budget import PLANS, Budget, fresh
from tieout_testing.connector import ConnectorHarness

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
pytestmark = pytest.mark.real


class Silent:
    day = minute = retry_after = None
    problem = ""


def busy(harness: ConnectorHarness) -> Budget:
    """One call back, two under way, parked; a lane was chosen."""
    now = harness.clock()
    budget = fresh(now).count_call(now, now + SECOND).count_answer(now, now + SECOND, Silent())
    return (
        budget.next_turn()
        .count_call(now, now + 20 * SECOND)
        .count_call(now, now + 21 * SECOND)
        .parked(now + MINUTE, "429")
    )


async def test_what_is_loaded_is_what_was_saved_for_many_at_once(harness: ConnectorHarness) -> None:
    one, other, unknown = uuid4(), uuid4(), uuid4()
    saved = {one: busy(harness), other: replace(fresh(harness.clock()), day_unsure=True)}
    async with harness.database.transaction() as tx:
        await org_budget_store.save_all(tx, saved)
        await org_budget_store.save(tx, one, saved[one])

    async with harness.database.transaction() as tx:
        loaded = await org_budget_store.load_all(tx, [one, other, unknown], PLANS["starter"])

    assert loaded == {**saved, unknown: fresh(tx.now, 1000)}


async def test_calls_under_way_of_a_dead_owner_count_until_a_minute_after_their_deadlines(
    harness: ConnectorHarness,
) -> None:
    tenant_id, budget, now = uuid4(), busy(harness), harness.clock()
    async with harness.database.transaction() as tx:
        await org_budget_store.save(tx, tenant_id, budget)

    async with harness.database.transaction() as tx:
        loaded = await org_budget_store.load(tx, tenant_id)

    left = [loaded.minute_left(now + seconds * SECOND) for seconds in (0, 62, 82)]
    assert left == [57, 58, 60]


async def test_calls_of_an_older_process_are_counted_too(harness: ConnectorHarness) -> None:
    tenant_id, budget = uuid4(), busy(harness)
    async with harness.database.transaction() as tx:
        await org_budget_store.save(tx, tenant_id, budget)

    # As the version before does: it keeps the moments it finds, adds its own, and counts its day.
    await harness.sql(
        "update budget set sent_at = sent_at || array[extract(epoch from $1::timestamptz)::float8], day_used = 4",
        harness.clock(),
    )

    async with harness.database.transaction() as tx:
        loaded = await org_budget_store.load(tx, tenant_id)
    assert loaded.minute_left(tx.now) == budget.minute_left(tx.now) - 1
    assert loaded.day_used == 4


async def test_an_older_process_counts_our_calls_too(harness: ConnectorHarness) -> None:
    tenant_id, budget = uuid4(), busy(harness)
    async with harness.database.transaction() as tx:
        await org_budget_store.save(tx, tenant_id, budget)

    ((sent_at, day),) = await harness.sql("select sent_at, day from budget")

    assert len(sent_at) == 3
    assert all(at > harness.clock().timestamp() - 60 for at in sent_at)
    assert day == harness.clock().date()


async def test_a_day_that_an_older_process_began_ends_at_its_midnight(harness: ConnectorHarness) -> None:
    tenant_id, now = uuid4(), harness.clock()
    async with harness.database.transaction() as tx:
        await org_budget_store.save(tx, tenant_id, fresh(now - timedelta(days=1)))
    await harness.sql("update budget set day = $1, day_used = 3", now.date())

    async with harness.database.transaction() as tx:
        loaded = await org_budget_store.load(tx, tenant_id)

    assert (loaded.day_left(now), loaded.day_ends) == (4997, fresh(now).day_ends)
