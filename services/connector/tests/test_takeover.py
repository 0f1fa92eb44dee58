"""A process dies, or stands still, at any moment; another takes over: nothing lost, nothing doubled (SYS-1)."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tieout_connector.gateway.leases import TERM, LeaseLost
from tieout_connector.outbound import calls
from tieout_connector.pacing import schedule
from tieout_connector.pacing.timing import LONGEST_CALL, SEND_WITHIN
from tieout_connector.xero.contacts import CONTACTS
from tieout_schemas.writes import Lane, Outcome
from tieout_testing.connector import ConnectorHarness, Process, contact_intent, payment_intent
from tieout_testing.kafka import wait_until

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]
HANG = Callable[..., Any]


def hold_answers(process: Process, patch: pytest.MonkeyPatch) -> asyncio.Event:
    """Xero works, but its answers reach the process only once the event is set."""
    real, arrive = process.api.call, asyncio.Event()

    async def slowly(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        await arrive.wait()
        return answer

    patch.setattr(process.api, "call", slowly)
    return arrive


@pytest.mark.parametrize("late", [False, True], ids=["soon", "after Xero forgot the key"])
@pytest.mark.parametrize("moment", ["before the store", "after the store", "after the send", "before the commit"])
@pytest.mark.parametrize("kind", ["contact", "payment"])
async def test_whoever_takes_over_loses_and_doubles_nothing(
    harness: ConnectorHarness, hang: HANG, moment: str, kind: str, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    bill = await harness.their_bill(await harness.their_contact())
    wanted = [contact_intent("Kea"), contact_intent("Tui")]
    if kind == "payment":
        wanted = [payment_intent(bill), payment_intent(bill, reference="P-2")]
    await harness.deliver(*wanted)
    one, reached = harness.process(), asyncio.Event()
    with monkeypatch.context() as patch:
        match moment:
            case "before the store":
                patch.setattr(calls, "store", hang(calls.store, reached))
            case "after the store":
                patch.setattr(one.api, "call", hang(None, reached))
            case "after the send":
                patch.setattr(one.api, "call", hang(one.api.call, reached))
            case _:
                patch.setattr(calls, "finish", hang(calls.finish, reached))
        task = asyncio.create_task(one.gateway.run())
        await asyncio.wait_for(reached.wait(), 10)
        await one.die(task)

    ahead = timedelta(minutes=7) if late else LONGEST_CALL + timedelta(seconds=1)
    harness.clock.ahead = ahead
    await harness.control.advance(ahead)
    async with harness.working():
        results = await harness.results(2)

    resource, before = ("Contacts", 1) if kind == "contact" else ("Payments", 0)
    assert len(await harness.xero(resource)) == before + 2
    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.DONE]
    assert len({result.xero_id for result in results}) == 2
    assert await harness.sql("select count(*) from call") == [(0,)]
    assert len(await harness.published(type(results[0]))) == 2


async def test_nobody_takes_over_before_the_lease_has_run_out(harness: ConnectorHarness) -> None:
    one, other = harness.process(), harness.process()
    await one.leases.renew(harness.database)
    await other.leases.renew(harness.database)
    assert (len(one.leases.epochs), other.leases.epochs) == (2, {})

    harness.clock.ahead = TERM + timedelta(seconds=1)
    await other.leases.renew(harness.database)
    await one.leases.renew(harness.database)
    assert (one.leases.epochs, other.leases.epochs) == ({}, {0: 2, 1: 2})


async def test_an_owner_who_lost_the_lease_does_not_send(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    (one, at), other = await harness.owner(), harness.process()
    harness.clock.ahead = TERM + timedelta(seconds=1)
    await other.leases.renew(harness.database)

    with pytest.raises(LeaseLost):
        await harness.send(one, at)

    assert await harness.control.calls(path="Contacts") == []
    assert await harness.sql("select state from intent") == [("queued",)]


async def test_an_owner_who_lost_the_lease_while_xero_worked_does_not_store(
    harness: ConnectorHarness, hang: HANG, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    one, at = await harness.owner()
    go_on = hold_answers(one, monkeypatch)
    sending = asyncio.create_task(harness.send(one, at))
    await harness.until("select count(*) from call", 1)
    harness.clock.ahead = LONGEST_CALL + timedelta(seconds=1)
    async with harness.working():
        await harness.results(1)
        go_on.set()
        with pytest.raises(LeaseLost):
            await sending

    assert len(await harness.results(1)) == 1
    assert len(await harness.xero("Contacts")) == 1


async def test_a_call_settled_by_another_is_not_settled_again_even_with_the_lease_back(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    one, at = await harness.owner()
    go_on = hold_answers(one, monkeypatch)
    sending = asyncio.create_task(harness.send(one, at))
    await harness.until("select count(*) from call", 1)
    harness.clock.ahead = LONGEST_CALL + timedelta(seconds=1)
    async with harness.working():
        await harness.results(1)
    await one.leases.renew(harness.database)
    go_on.set()

    with pytest.raises(LeaseLost):
        await sending
    assert len(await harness.results(1)) == 1


async def test_a_call_that_stood_still_after_its_check_does_not_leave(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    one, at = await harness.owner()
    access = await one.caller.ready(at)
    async with one.caller.storing(at) as tx:
        permit = await one.caller.permit(tx, at, Lane.WRITE)
    assert permit.send_before <= time.monotonic() + SEND_WITHIN.total_seconds()
    too_late = replace(permit, send_before=time.monotonic() - 0.001)

    with pytest.raises(LeaseLost):
        await one.caller.send(at, too_late, access, CONTACTS.listing(page=1), None, [])

    assert await harness.control.calls(path="Contacts") == []


async def test_what_was_dropped_for_a_lease_that_is_still_ours_goes_on_at_once(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still, or could not renew its lease for a while, but nobody has taken over."""
    await harness.connect_idle()
    await harness.deliver(contact_intent("Tui", xero_id=await harness.their_contact()))
    one = harness.process()
    real = one.caller.send

    async def too_late(*_: Any) -> Any:
        monkeypatch.setattr(one.caller, "send", real)  # the next one is in time
        raise LeaseLost("it stood still")

    monkeypatch.setattr(one.caller, "send", too_late)
    async with harness.working(one):
        (result,) = await harness.results(1, within=5)

    assert result.outcome is Outcome.DONE


async def test_a_budget_survives_a_change_of_owner(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    one, at = await harness.owner()
    async with one.caller.storing(at) as tx:
        await one.caller.permit(tx, at, Lane.WRITE)
    harness.clock.ahead = TERM + timedelta(seconds=1)
    _, theirs = await harness.owner()

    # The call of the one that is gone may still be under way.
    assert (len(theirs.budget.in_flight), theirs.budget.minute_left(harness.clock())) == (1, 59)


async def test_trouble_with_one_tenant_never_ends_the_gateway(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    await harness.control.add_fault("429-minute", times=1, retry_after=1)
    await harness.deliver(contact_intent("Kea"))
    one = harness.process()

    async def away(*_: Any) -> None:
        raise OSError("Postgres is away, just now")

    async with harness.working(one):
        with monkeypatch.context() as patch:
            patch.setattr(schedule, "delay_until", away)
            await wait_until(harness.control.calls, lambda calls: len(calls) >= 1)
        (result,) = await harness.results(1)

    assert result.outcome is Outcome.DONE


async def test_the_bell_is_heard_again_after_its_connection_broke(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    async with harness.working():
        await harness.until("select count(*) from pg_stat_activity where query ilike 'listen%'", 1)
        await harness.sql("select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'")
        await harness.until("select count(*) from pg_stat_activity where query ilike 'listen%'", 1)

        await harness.deliver(contact_intent("Kea"))
        await harness.results(1)
