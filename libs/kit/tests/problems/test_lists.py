"""Lists of problems: pages, groups by cause, counts; the connector's copies of other services' problems."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from tieout_kit.errors import NotFound
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.problems import listing
from tieout_kit.problems.listing import ProblemFilter
from tieout_schemas.problem import ProblemState
from tieout_testing.kafka import envelope_of

from .world import HELD, OFF, OTHER, TENANT, VENDOR, World, for_vendor

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def test_groups_counts_and_settings_are_of_one_tenant(world: World) -> None:
    bill = uuid4()
    for tenant_id in (TENANT, OTHER, OTHER):
        await world.find(uuid4(), OFF, tenant_id=tenant_id)
    await world.find(bill, OFF, tenant_id=OTHER)
    await world.find(bill, tenant_id=OTHER, settings_version=4)

    async with world.database.transaction() as tx:
        for tenant_id, count in ((TENANT, 1), (OTHER, 2)):
            [group] = await listing.groups(tx, tenant_id, None, None, 10)
            assert (group.count, await listing.open_count(tx, tenant_id)) == (count, count)
            assert await listing.open_by_setting(tx, tenant_id) == {"outbound_payments": {"bills": count}}
        assert await listing.closed_with(tx, TENANT, [4]) == {4: {}}
        assert await listing.closed_with(tx, OTHER, [4]) == {4: {"outbound_payments": 1}}
        [problem] = await listing.page(tx, TENANT, ProblemFilter(), None, 10)
        with pytest.raises(NotFound):
            await listing.one(tx, OTHER, problem.id)


async def test_forty_bills_held_by_one_vendor_are_one_group(world: World) -> None:
    for number in range(40):
        await world.find(uuid4(), for_vendor(VENDOR, f"B-{number}"))
        world.now += timedelta(seconds=1)
    await world.find(uuid4(), HELD)

    async with world.database.transaction() as tx:
        [held, vendor] = await listing.groups(tx, TENANT, None, None, 10)
        assert await listing.groups(tx, TENANT, None, held.cause, 1) == [vendor]
        assert await listing.groups(tx, TENANT, "payments", None, 10) == []
    assert (held.cause, held.count) == ("not_connected", 1)
    assert (vendor.cause, vendor.count) == (f"vendor_not_in_xero:vendor:{VENDOR}", 40)
    assert (vendor.last_at - vendor.first_at, vendor.example.params["number"]) == (timedelta(seconds=39), "B-0")


async def test_the_list_is_filtered_and_read_page_by_page_oldest_first(world: World) -> None:
    bills = [uuid4() for _ in range(5)]
    for number, bill in enumerate(bills):
        await world.find(bill, HELD if number % 2 else for_vendor(VENDOR))
        world.now += timedelta(hours=1)
    start = datetime(2026, 11, 1, tzinfo=UTC)

    first = await world.listed(limit=2)
    rest = await world.listed(after=first[-1].id)

    assert [p.record.id for p in (*first, *rest)] == bills
    assert {p.code for p in await world.listed(code="not_connected")} == {"not_connected"}
    assert len(await world.listed(cause=f"vendor_not_in_xero:vendor:{VENDOR}")) == 3
    assert [p.record.id for p in await world.listed(record_id=bills[3])] == [bills[3]]
    young = await world.listed(since=start + timedelta(hours=1), before=start + timedelta(hours=3))
    assert [p.record.id for p in young] == bills[1:3]
    assert await world.listed(service="payments") == []


async def test_the_connector_lists_what_others_say_the_newest_of_each(world: World) -> None:
    await world.find(uuid4(), OFF)
    [problem] = await world.listed()
    closed = problem.replace(state=ProblemState.CLOSED, settings_version=4)
    events = [ReceivedEvent(envelope_of(OTHER, p, s), p, Cause.request()) for p, s in ((closed, 2), (problem, 1))]

    for event in events:
        await world.database.run(partial(listing.copy, events=[event]))

    assert await world.listed(OTHER) == []
    assert await world.listed(OTHER, state=ProblemState.CLOSED) == [closed]
    async with world.database.transaction() as tx:
        assert await listing.closed_with(tx, OTHER, [3, 4]) == {3: {}, 4: {"outbound_payments": 1}}
        assert await listing.open_by_setting(tx, TENANT) == {"outbound_payments": {"bills": 1}}
        assert await listing.one(tx, OTHER, problem.id) == (closed, True)
        assert (await listing.open_count(tx, TENANT), await listing.open_count(tx, OTHER)) == (1, 0)
        with pytest.raises(NotFound):
            await listing.one(tx, OTHER, uuid4())


async def test_a_copy_is_never_taken_for_a_problem_of_ones_own(world: World) -> None:
    bill = uuid4()
    await world.find(bill, HELD)
    [problem] = await world.listed()
    event = ReceivedEvent(envelope_of(OTHER, problem, 1), problem, Cause.request())
    await world.database.run(lambda tx: listing.copy(tx, [event]))

    await world.find(bill, tenant_id=OTHER)

    assert await world.listed(OTHER) == [problem]
