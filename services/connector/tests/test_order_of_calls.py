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


async def test_a_429_parks_its_tenant_while_others_go_on(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    other = await stage.connect(await stage.control.create_org("Tui Ltd"), user="ben@example.com")
    await stage.sql("delete from feed; update connection set state = 'connected'")
    await stage.control.add_fault("429-minute", times=1, tenant=stage.org_id, retry_after=3000)
    await stage.deliver(contact_intent("Kea"))

    async with stage.working():
        await stage.until("select count(*) from turn where not_before is not null", 1)
        await stage.deliver(contact_intent("Tui"), tenant_id=other)
        await stage.results(1)
        assert await stage.control.count_calls(tenant=stage.org_id) == 1

        stage.clock.ahead = timedelta(seconds=3001)
        results = await stage.results(2)

    assert {result.outcome for result in results} == {Outcome.DONE}
    assert {c.state for c in await stage.published(Connection) if c.tenant_id == stage.tenant_id} >= {"importing"}


async def test_a_parked_tenant_costs_nothing(stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """No look at its work and no place among those at work, whatever else goes on, and whatever more it is given."""
    await stage.connect_idle()
    other = await stage.connect(await stage.control.create_org("Tui Ltd"), user="ben@example.com")
    await stage.sql("delete from feed; update connection set state = 'connected'")
    await stage.control.add_fault("429-minute", times=1, tenant=stage.org_id, retry_after=3000)
    # Of one call: a second one would leave before the first is back.
    await stage.deliver(*[contact_intent(f"Vendor {n}") for n in range(40)])
    looked: list[UUID] = []
    real = looks.find_work

    async def look(tx: Any, tenant_id: UUID, in_progress: Any) -> Any:
        looked.append(tenant_id)
        return await real(tx, tenant_id, in_progress)

    monkeypatch.setattr(worker, "find_work", look)
    async with stage.working() as process:
        await stage.until("select count(*) from turn where not_before is not null", 1)
        await wait_until(lambda: stage.sql("select 1"), lambda _: not process.gateway._workers)
        looked.clear()
        for n in range(10):
            await stage.deliver(contact_intent(f"More {n}"))
            await stage.deliver(contact_intent(f"Tui {n}"), tenant_id=other)
            await stage.results(n + 1)
            assert stage.tenant_id not in process.gateway._workers

    assert set(looked) == {other}
    assert await stage.control.count_calls(tenant=stage.org_id) == 1


async def test_a_burst_of_single_reads_never_breaks_the_limits(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    await stage.ask(XeroKind.PAYMENT, *[str(uuid4()) for _ in range(70)])

    async with stage.working():
        await stage.until("select next_at > now() + interval '5 seconds' from turn", True)

    calls = await stage.control.calls()
    assert len(calls) == PER_MINUTE - RESERVED_PER_MINUTE
    assert 429 not in {call["status"] for call in calls}


async def test_reads_leave_some_of_the_days_calls_for_writes(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    await stage.control.set_limits(day=RESERVED_PER_DAY)
    await stage.deliver(contact_intent("Tui"))

    async with stage.working():
        await stage.results(1)
        await stage.ask(XeroKind.CONTACT, str(uuid4()))
        await stage.deliver(contact_intent("Kea"))
        await stage.results(2)

    assert [call["method"] for call in await stage.control.calls()] == ["PUT", "PUT"]


async def test_money_goes_first(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    bill = await stage.their_bill(await stage.their_contact())
    person = payment_intent(bill).replace(lane=Lane.PERSON)
    await stage.deliver(contact_intent("Kea"), person)

    async with stage.working():
        await stage.results(2)

    paths = [call["path"].partition("?")[0] for call in await stage.writing_calls()]
    assert [path.rpartition("/")[2] for path in paths] == ["Payments", "Contacts"]


async def test_a_newer_wish_that_a_person_waits_for_goes_after_the_older_one_of_its_record(
    stage: ConnectorHarness,
) -> None:
    """Seen to fail when the lane showed an intent that could not go yet: it was chosen again and again, for good."""
    await stage.connect_idle()
    contact = UUID(await stage.their_contact("Paper Ltd"))
    older = contact_intent("Paper 1", xero_id=contact)
    newer = contact_intent("Paper 2", older.record.id, xero_id=contact)
    await stage.deliver(older)
    # It was in a call that was refused as a whole.
    await stage.sql("update intent set batch_limit = 1")
    await stage.deliver(newer.replace(revision=2, lane=Lane.PERSON))

    async with stage.working():
        results = await stage.results(2)

    assert [result.revision for result in results] == [1, 2]
    assert [there["Name"] for there in await stage.xero("Contacts")] == ["Paper 2"]


async def test_what_comes_while_a_call_of_its_kind_is_under_way_goes_together_after_it(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when up to five small calls left at once: the minute's calls were used up by few records each."""
    await stage.connect_idle()
    process = stage.process()
    real = process.api.call

    async def slowly(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        # Xero takes its time.
        await asyncio.sleep(0.5)
        return answer

    monkeypatch.setattr(process.api, "call", slowly)  # the real one, only slower
    async with stage.working(process):
        await stage.deliver(contact_intent("The day's first call goes alone"))
        await stage.results(1)
        await stage.control.clear_ledger()
        for n in range(20):
            await stage.deliver(contact_intent(f"Vendor {n}"))
            await stage.ask(XeroKind.CONTACT, str(uuid4()))
        await stage.results(21)
        await stage.until("select count(*) from read_request", 0)

    calls = await stage.control.calls()
    assert len([call for call in calls if call["method"] == "PUT"]) <= 3
    assert len([call for call in calls if call["method"] == "GET"]) <= 3


async def test_while_the_minute_is_scarce_what_no_person_waits_for_waits_a_second_for_company(
    stage: ConnectorHarness,
) -> None:
    """Seen to fail when only readings waited: a burst of single bills used up the minute, and then all had to wait."""
    await stage.connect_idle()
    async with stage.database.transaction() as tx:
        used = replace(fresh(tx.now), recent=(tx.now,) * 35)
        await org_budget_store.save(tx, stage.tenant_id, used)

    async with stage.working():
        for n in range(10):
            await stage.deliver(contact_intent(f"Vendor {n}"))
            await stage.until("select count(*) from turn where next_at < now()", 0)
        await stage.results(10)

    assert len(await stage.writing_calls()) <= 3
