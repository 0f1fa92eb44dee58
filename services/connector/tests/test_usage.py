"""Every call to Xero is counted once, whatever becomes of the transaction that stores the count."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from tieout_connector import metrics
from tieout_connector.pacing import usage
from tieout_connector.pacing.usage import RETENTION, CallOutcome, HourlyUsage, Usage
from tieout_connector.xero.errors import XeroError
from tieout_kit.generate import declared
from tieout_kit.postgres.database import Tx
from tieout_local.metrics import DECLARING
from tieout_schemas.writes import Lane
from tieout_testing.connector import ConnectorHarness, contact_intent
from tieout_testing.kafka import running

pytestmark = pytest.mark.real
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Hand:
    """A clock that is set by hand."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


async def hours(harness: ConnectorHarness, tenant_id: UUID) -> list[HourlyUsage]:
    async with harness.database.transaction() as tx:
        return await usage.hours(tx, tenant_id, NOON - timedelta(days=1), NOON + timedelta(days=1))


async def test_calls_are_counted_by_utc_hour_lane_and_endpoint(harness: ConnectorHarness) -> None:
    clock, tenant_id = Hand(), uuid4()
    counted = Usage(clock)
    counted.count(tenant_id, Lane.WRITE, "Invoices", 500, 1200, CallOutcome.ANSWERED)
    counted.count(tenant_id, Lane.WRITE, "Invoices/8b1c/Attachments/a.pdf", 0, 0, CallOutcome.RATE_LIMITED)
    counted.count(tenant_id, Lane.POLL, "Invoices", 0, 0, CallOutcome.FAILED)
    clock.now += timedelta(minutes=61)
    counted.count(tenant_id, Lane.WRITE, "Invoices", 1, 2, CallOutcome.ANSWERED)
    async with harness.database.transaction() as tx:
        await counted.store(tx)

    found = [tuple(one.model_dump(exclude={"hour"}).values()) for one in await hours(harness, tenant_id)]

    assert found == [
        ("poll", "Invoices", 1, 0, 0, 0, 1),
        ("write", "Invoices", 2, 500, 1200, 1, 0),
        ("write", "Invoices", 1, 1, 2, 0, 0),
    ]


def test_the_first_call_of_a_kind_is_an_increase_for_prometheus() -> None:
    Usage(Hand())

    for lane, outcome in product(Lane, CallOutcome):
        labels = {"lane": lane.value, "outcome": outcome.value}
        assert REGISTRY.get_sample_value("tieout_xero_calls_total", labels) is not None


async def test_a_tenants_counts_are_stored_with_its_answer_and_those_of_others_stay(harness: ConnectorHarness) -> None:
    ours, other, counted = uuid4(), uuid4(), Usage(Hand())
    for tenant_id in (ours, other):
        counted.count(tenant_id, Lane.POLL, "Contacts", 0, 10, CallOutcome.ANSWERED)

    async with harness.database.transaction() as tx:
        await counted.store(tx, ours)

    assert ([one.calls for one in await hours(harness, ours)], await hours(harness, other)) == ([1], [])
    async with harness.database.transaction() as tx:
        await counted.store(tx)
    assert [one.calls for one in await hours(harness, ours) + await hours(harness, other)] == [1, 1]


async def test_what_is_rolled_back_is_counted_still_and_stored_once(harness: ConnectorHarness) -> None:
    tenant_id, counted = uuid4(), Usage(Hand())
    counted.count(tenant_id, Lane.WRITE, "Payments", 3, 4, CallOutcome.ANSWERED)

    async def fail(tx: Tx) -> None:
        await counted.store(tx, tenant_id)
        # What is being stored is not there for another transaction to store, too.
        async with harness.database.transaction() as another:
            await counted.store(another)
        counted.count(tenant_id, Lane.WRITE, "Payments", 1, 1, CallOutcome.ANSWERED)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await harness.database.run(fail)
    async with harness.database.transaction() as tx:
        await counted.store(tx)
    async with harness.database.transaction() as tx:
        await counted.store(tx)

    (hour,) = await hours(harness, tenant_id)
    assert (hour.calls, hour.sent, hour.received) == (2, 4, 5)


async def test_many_processes_add_to_the_same_hours_and_lose_nothing(harness: ConnectorHarness) -> None:
    tenants = [uuid4() for _ in range(20)]
    processes = [Usage(Hand()) for _ in range(4)]
    for n, process in enumerate(processes):
        for tenant_id in tenants[n:] + tenants[:n]:
            process.count(tenant_id, Lane.IMPORT, "Contacts", 0, 7, CallOutcome.ANSWERED)

    await asyncio.gather(*(harness.database.run(process.store) for process in processes))

    totals = [(hour.calls, hour.received) for tenant_id in tenants for hour in await hours(harness, tenant_id)]
    assert totals == [(4, 28)] * 20


async def test_all_is_stored_now_and_then_without_any_answer(harness: ConnectorHarness) -> None:
    counted = Usage(Hand())
    counted.count(uuid4(), Lane.NOTE, "Invoices", 1, 1, CallOutcome.FAILED)

    async with running(counted.run(harness.database)):
        await harness.until("select count(*) from usage", 1)


@pytest.mark.parametrize("trouble", ["503", "expired", "no right"])
async def test_what_came_with_an_error_is_counted_too_for_xero_charges_it(
    harness: ConnectorHarness, trouble: str
) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    process, at = await harness.owner()
    if trouble == "expired":
        await harness.control.advance(timedelta(minutes=31))
    elif trouble == "no right":
        await harness.control.switch_on("not-permitted", path="Contacts")
    else:
        await harness.control.add_fault(trouble)

    with contextlib.suppress(XeroError):
        await harness.send(process, at)

    async with harness.database.transaction() as tx:
        await process.caller._usage.store(tx)
    (call,) = [call for call in await harness.control.calls() if "api.xro" in call["path"]]
    assert await harness.sql("select failed, received from usage") == [(1, call["responseBytes"])]
    assert call["responseBytes"] > 0


async def test_hours_are_kept_for_thirteen_months_and_then_dropped_in_portions(harness: ConnectorHarness) -> None:
    clock, tenant_id = Hand(), uuid4()
    counted, now = Usage(clock), harness.clock()
    for age in (timedelta(0), RETENTION - timedelta(hours=1), *(RETENTION + timedelta(hours=n) for n in range(1, 6))):
        clock.now = now - age
        counted.count(tenant_id, Lane.WRITE, "Invoices", 1, 1, CallOutcome.ANSWERED)
    async with harness.database.transaction() as tx:
        await counted.store(tx)

    process = harness.process(tidy_every=timedelta(milliseconds=50), rows_deleted=2)
    async with harness.working(process):
        await harness.until("select count(*) from usage", 2)

    async with harness.database.transaction() as tx:
        left = await usage.hours(tx, tenant_id, now - 2 * RETENTION, now)
    assert min(one.hour for one in left) > now - RETENTION - timedelta(hours=1)


async def test_a_portion_leaves_to_another_process_what_it_drops(harness: ConnectorHarness) -> None:
    clock = Hand()
    counted = Usage(clock)
    for n in range(2):
        clock.now = NOON - RETENTION - timedelta(days=1 + n)
        counted.count(uuid4(), Lane.POLL, "Contacts", 0, 1, CallOutcome.ANSWERED)
    async with harness.database.transaction() as tx:
        await counted.store(tx)

    async with asyncio.timeout(10), harness.database.transaction() as one, harness.database.transaction() as other:
        assert await usage.delete_old(one, 1)
        assert await usage.delete_old(other, 1)
        assert not await usage.delete_old(other, 1)


async def test_every_metric_of_the_connector_rises_with_a_call_and_is_in_the_docs() -> None:
    before = {name: _value(name) for name in declared(metrics)}

    Usage(Hand()).count(uuid4(), Lane.NOTE, "Invoices", 5, 6, CallOutcome.RATE_LIMITED)

    changed = {name: rise for name in before if (rise := _value(name) - before[name])}
    assert changed == {
        "CALLS": 1,
        "REQUEST_BYTES": 5,
        "RESPONSE_BYTES": 6,
    }
    assert metrics in DECLARING


def _value(name: str) -> float:
    (family,) = declared(metrics)[name].describe()
    labels = {"lane": "note", "outcome": "rate_limited"}
    return REGISTRY.get_sample_value(f"{family.name}_total", labels) or 0.0
