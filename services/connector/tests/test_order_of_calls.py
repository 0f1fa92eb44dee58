"""Which call leaves when: lanes, limits, and tenants that wait."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tieout_connector.gateway import pending_work as looks
from tieout_connector.gateway import worker
from tieout_connector.pacing import org_budget_store
from tieout_connector.pacing.org_budget import PER_MINUTE, RESERVED_PER_DAY, RESERVED_PER_MINUTE, fresh
from tieout_schemas.platform import Connection
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Lane, Outcome
from tieout_testing.connector import ConnectorHarness, contact_intent, payment_intent
from tieout_testing.kafka import wait_until

pytestmark = pytest.mark.real


async def test_a_429_parks_its_tenant_while_others_go_on(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    other = await harness.connect(await harness.control.create_org("Tui Ltd"), user="ben@example.com")
    await harness.sql("delete from feed; update connection set state = 'connected'")
    await harness.control.add_fault("429-minute", times=1, tenant=harness.org_id, retry_after=3000)
    await harness.deliver(contact_intent("Kea"))

    async with harness.working():
        await harness.until("select count(*) from turn where not_before is not null", 1)
        await harness.deliver(contact_intent("Tui"), tenant_id=other)
        await harness.results(1)
        assert await harness.control.count_calls(tenant=harness.org_id) == 1

        harness.clock.ahead = timedelta(seconds=3001)
        results = await harness.results(2)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert {c.state for c in await harness.published(Connection) if c.tenant_id == harness.tenant_id} >= {"importing"}


async def test_a_parked_tenant_costs_nothing(harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """No look at its work and no place among those at work, whatever else goes on, and whatever more it is given."""
    await harness.connect_idle()
    other = await harness.connect(await harness.control.create_org("Tui Ltd"), user="ben@example.com")
    await harness.sql("delete from feed; update connection set state = 'connected'")
    await harness.control.add_fault("429-minute", times=1, tenant=harness.org_id, retry_after=3000)
    # Of one call: a second one would leave before the first is back.
    await harness.deliver(*[contact_intent(f"Vendor {n}") for n in range(40)])
    looked: list[UUID] = []
    real = looks.find_work

    async def look(tx: Any, tenant_id: UUID, in_progress: Any) -> Any:
        looked.append(tenant_id)
        return await real(tx, tenant_id, in_progress)

    monkeypatch.setattr(worker, "find_work", look)
    async with harness.working() as process:
        await harness.until("select count(*) from turn where not_before is not null", 1)
        await wait_until(lambda: harness.sql("select 1"), lambda _: not process.gateway._workers)
        looked.clear()
        for n in range(10):
            await harness.deliver(contact_intent(f"More {n}"))
            await harness.deliver(contact_intent(f"Tui {n}"), tenant_id=other)
            await harness.results(n + 1)
            assert harness.tenant_id not in process.gateway._workers

    assert set(looked) == {other}
    assert await harness.control.count_calls(tenant=harness.org_id) == 1


async def test_a_burst_of_single_reads_never_breaks_the_limits(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.ask(XeroKind.PAYMENT, *[str(uuid4()) for _ in range(70)])

    async with harness.working():
        await harness.until("select next_at > now() + interval '5 seconds' from turn", True)

    calls = await harness.control.calls()
    assert len(calls) == PER_MINUTE - RESERVED_PER_MINUTE
    assert 429 not in {call["status"] for call in calls}


async def test_reads_leave_some_of_the_days_calls_for_writes(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.control.set_limits(day=RESERVED_PER_DAY)
    await harness.deliver(contact_intent("Tui"))

    async with harness.working():
        await harness.results(1)
        await harness.ask(XeroKind.CONTACT, str(uuid4()))
        await harness.deliver(contact_intent("Kea"))
        await harness.results(2)

    assert [call["method"] for call in await harness.control.calls()] == ["PUT", "PUT"]


async def test_money_goes_first(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    person = payment_intent(bill).replace(lane=Lane.PERSON)
    await harness.deliver(contact_intent("Kea"), person)

    async with harness.working():
        await harness.results(2)

    paths = [call["path"].partition("?")[0] for call in await harness.writing_calls()]
    assert [path.rpartition("/")[2] for path in paths] == ["Payments", "Contacts"]


async def test_a_newer_wish_that_a_person_waits_for_goes_after_the_older_one_of_its_record(
    harness: ConnectorHarness,
) -> None:
    """Seen to fail when the lane showed an intent that could not go yet: it was chosen again and again, for good."""
    await harness.connect_idle()
    contact = UUID(await harness.their_contact("Paper Ltd"))
    older = contact_intent("Paper 1", xero_id=contact)
    newer = contact_intent("Paper 2", older.record.id, xero_id=contact)
    await harness.deliver(older)
    # It was in a call that was refused as a whole.
    await harness.sql("update intent set batch_limit = 1")
    await harness.deliver(newer.replace(revision=2, lane=Lane.PERSON))

    async with harness.working():
        results = await harness.results(2)

    assert [result.revision for result in results] == [1, 2]
    assert [there["Name"] for there in await harness.xero("Contacts")] == ["Paper 2"]


async def test_what_comes_while_a_call_of_its_kind_is_under_way_goes_together_after_it(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when up to five small calls left at once: the minute's calls were used up by few records each."""
    await harness.connect_idle()
    process = harness.process()
    real = process.api.call

    async def slowly(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        # Xero takes its time.
        await asyncio.sleep(0.5)
        return answer

    monkeypatch.setattr(process.api, "call", slowly)  # the real one, only slower
    async with harness.working(process):
        await harness.deliver(contact_intent("The day's first call goes alone"))
        await harness.results(1)
        await harness.control.clear_ledger()
        for n in range(20):
            await harness.deliver(contact_intent(f"Vendor {n}"))
            await harness.ask(XeroKind.CONTACT, str(uuid4()))
        await harness.results(21)
        await harness.until("select count(*) from read_request", 0)

    calls = await harness.control.calls()
    assert len([call for call in calls if call["method"] == "PUT"]) <= 3
    assert len([call for call in calls if call["method"] == "GET"]) <= 3


async def test_while_the_minute_is_scarce_what_no_person_waits_for_waits_a_second_for_company(
    harness: ConnectorHarness,
) -> None:
    """Seen to fail when only readings waited: a burst of single bills used up the minute, and then all had to wait."""
    await harness.connect_idle()
    async with harness.database.transaction() as tx:
        used = replace(fresh(tx.now), recent=(tx.now,) * 35)
        await org_budget_store.save(tx, harness.tenant_id, used)

    async with harness.working():
        for n in range(10):
            await harness.deliver(contact_intent(f"Vendor {n}"))
            await harness.until("select count(*) from turn where next_at < now()", 0)
        await harness.results(10)

    assert len(await harness.writing_calls()) <= 3
