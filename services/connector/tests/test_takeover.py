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
from tieout_testing.connector import ConnectorHarness, contact_intent, payment_intent
from tieout_testing.kafka import wait_until

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]
HANG = Callable[..., Any]


@pytest.mark.parametrize("late", [False, True], ids=["soon", "after Xero forgot the key"])
@pytest.mark.parametrize("moment", ["before the store", "after the store", "after the send", "before the commit"])
@pytest.mark.parametrize("kind", ["contact", "payment"])
async def test_whoever_takes_over_loses_and_doubles_nothing(
    stage: ConnectorHarness, hang: HANG, moment: str, kind: str, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.connect_idle()
    bill = await stage.their_bill(await stage.their_contact())
    wanted = [contact_intent("Kea"), contact_intent("Tui")]
    if kind == "payment":
        wanted = [payment_intent(bill), payment_intent(bill, reference="P-2")]
    await stage.deliver(*wanted)
    one, reached = stage.process(), asyncio.Event()
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
    stage.clock.ahead = ahead
    await stage.control.advance(ahead)
    async with stage.working():
        results = await stage.results(2)

    resource, before = ("Contacts", 1) if kind == "contact" else ("Payments", 0)
    assert len(await stage.xero(resource)) == before + 2
    assert [result.outcome for result in results] == [Outcome.DONE, Outcome.DONE]
    assert len({result.xero_id for result in results}) == 2
    assert await stage.sql("select count(*) from call") == [(0,)]
    assert len(await stage.published(type(results[0]))) == 2


async def test_nobody_takes_over_before_the_lease_has_run_out(stage: ConnectorHarness) -> None:
    one, other = stage.process(), stage.process()
    await one.leases.renew(stage.database)
    await other.leases.renew(stage.database)
    assert (len(one.leases.epochs), other.leases.epochs) == (2, {})

    stage.clock.ahead = TERM + timedelta(seconds=1)
    await other.leases.renew(stage.database)
    await one.leases.renew(stage.database)
    assert (one.leases.epochs, other.leases.epochs) == ({}, {0: 2, 1: 2})


async def test_an_owner_who_lost_the_lease_does_not_send(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    await stage.deliver(contact_intent("Kea"))
    (one, at), other = await stage.owner(), stage.process()
    stage.clock.ahead = TERM + timedelta(seconds=1)
    await other.leases.renew(stage.database)

    with pytest.raises(LeaseLost):
        await stage.send(one, at)

    assert await stage.control.calls(path="Contacts") == []
    assert await stage.sql("select state from intent") == [("queued",)]


async def test_an_owner_who_lost_the_lease_while_xero_worked_does_not_store(
    stage: ConnectorHarness, hang: HANG, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.connect_idle()
    await stage.deliver(contact_intent("Kea"))
    (one, at), go_on = await stage.owner(), asyncio.Event()
    real = one.api.call

    async def slowly(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        await go_on.wait()
        return answer

    monkeypatch.setattr(one.api, "call", slowly)
    sending = asyncio.create_task(stage.send(one, at))
    await stage.until("select count(*) from call", 1)
    stage.clock.ahead = LONGEST_CALL + timedelta(seconds=1)
    async with stage.working():
        await stage.results(1)
        go_on.set()
        with pytest.raises(LeaseLost):
            await sending

    assert len(await stage.results(1)) == 1
    assert len(await stage.xero("Contacts")) == 1


async def test_a_call_settled_by_another_is_not_settled_again_even_with_the_lease_back(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.connect_idle()
    await stage.deliver(contact_intent("Kea"))
    (one, at), go_on = await stage.owner(), asyncio.Event()
    real = one.api.call

    async def slowly(*args: Any, **more: Any) -> Any:
        answer = await real(*args, **more)
        await go_on.wait()
        return answer

    monkeypatch.setattr(one.api, "call", slowly)
    sending = asyncio.create_task(stage.send(one, at))
    await stage.until("select count(*) from call", 1)
    stage.clock.ahead = LONGEST_CALL + timedelta(seconds=1)
    async with stage.working():
        await stage.results(1)
    await one.leases.renew(stage.database)
    go_on.set()

    with pytest.raises(LeaseLost):
        await sending
    assert len(await stage.results(1)) == 1


async def test_a_call_that_stood_still_after_its_check_does_not_leave(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    one, at = await stage.owner()
    access = await one.caller.ready(at)
    async with one.caller.storing(at) as tx:
        permit = await one.caller.permit(tx, at, Lane.WRITE)
    assert permit.send_before <= time.monotonic() + SEND_WITHIN.total_seconds()
    too_late = replace(permit, send_before=time.monotonic() - 0.001)

    with pytest.raises(LeaseLost):
        await one.caller.send(at, too_late, access, CONTACTS.listing(page=1), None, None)

    assert await stage.control.calls(path="Contacts") == []


async def test_what_was_dropped_for_a_lease_that_is_still_ours_goes_on_at_once(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood still, or could not renew its lease for a while, but nobody has taken over."""
    await stage.connect_idle()
    await stage.deliver(contact_intent("Tui", xero_id=await stage.their_contact()))
    one = stage.process()
    real = one.caller.send

    async def too_late(*_: Any) -> Any:
        monkeypatch.setattr(one.caller, "send", real)  # the next one is in time
        raise LeaseLost("it stood still")

    monkeypatch.setattr(one.caller, "send", too_late)
    async with stage.working(one):
        (result,) = await stage.results(1, within=5)

    assert result.outcome is Outcome.DONE


async def test_a_budget_survives_a_change_of_owner(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    one, at = await stage.owner()
    async with one.caller.storing(at) as tx:
        await one.caller.permit(tx, at, Lane.WRITE)
    stage.clock.ahead = TERM + timedelta(seconds=1)
    _, theirs = await stage.owner()

    # The call of the one that is gone may still be under way.
    assert (len(theirs.budget.in_flight), theirs.budget.minute_left(stage.clock())) == (1, 59)


async def test_trouble_with_one_tenant_never_ends_the_gateway(
    stage: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.connect_idle()
    await stage.control.add_fault("429-minute", times=1, retry_after=1)
    await stage.deliver(contact_intent("Kea"))
    one = stage.process()

    async def away(*_: Any) -> None:
        raise OSError("Postgres is away, just now")

    async with stage.working(one):
        with monkeypatch.context() as patch:
            patch.setattr(schedule, "delay_until", away)
            await wait_until(stage.control.calls, lambda calls: len(calls) >= 1)
        (result,) = await stage.results(1)

    assert result.outcome is Outcome.DONE


async def test_the_bell_is_heard_again_after_its_connection_broke(stage: ConnectorHarness) -> None:
    await stage.connect_idle()
    async with stage.working():
        await stage.until("select count(*) from pg_stat_activity where query ilike 'listen%'", 1)
        await stage.sql("select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%'")
        await stage.until("select count(*) from pg_stat_activity where query ilike 'listen%'", 1)

        await stage.deliver(contact_intent("Kea"))
        await stage.results(1)
