"""No tenant is forgotten: whatever ends its calls, its turn comes again; and nobody takes that of another's tenant."""

import asyncio
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tieout_connector.gateway.leases import TERM, LeaseLost
from tieout_connector.gateway.worker import Worker
from tieout_connector.pacing import schedule
from tieout_connector.pacing.app_budget import AppIsBusy
from tieout_connector.pacing.org_budget import PER_MINUTE
from tieout_connector.pacing.timing import LONGEST_CALL
from tieout_connector.xero.contacts import CONTACTS
from tieout_connector.xero.errors import OutcomeUnknown
from tieout_schemas.signals import XeroKind
from tieout_schemas.writes import Lane, Outcome
from tieout_testing.connector import ConnectorHarness, contact_intent
from tieout_testing.kafka import wait_until

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1")]
SECOND = timedelta(seconds=1)
READ = """
insert into person_read (tenant_id, id, kind, request, asked_at, deadline)
values ($1, $2, 'xero_contact', $3, $4::timestamptz, $4 + interval '1 minute')"""


def a_worker(harness: ConnectorHarness, process: Any, at: Any, *, may_begin: bool = True) -> Worker:
    async def hold(tx: Any) -> None:
        await process.leases.require(tx, at.org.shard, at.epoch)

    return Worker(
        harness.database, at, process.writer, process.reader, process.lister, harness.clock, lambda: may_begin, hold
    )


async def turn(harness: ConnectorHarness) -> Any:
    ((next_at, not_before),) = await harness.sql("select next_at, not_before from turn")
    return next_at, not_before


async def test_an_owner_who_slept_takes_no_turn_of_its_successors_tenant(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    (one, at), other = await harness.owner(), harness.process()
    harness.clock.ahead = TERM + SECOND
    await other.leases.renew(harness.database)
    async with harness.database.transaction() as tx:
        await schedule.delay_until(tx, harness.tenant_id, tx.now + 60 * SECOND, "Xero asked to wait")
    before = await turn(harness)

    with pytest.raises(LeaseLost):
        await a_worker(harness, one, at).run()

    assert await turn(harness) == before


async def test_a_worker_whose_shard_another_waits_for_leaves_the_turn_to_it(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    one, at = await harness.owner()

    assert await a_worker(harness, one, at, may_begin=False).run() is not None
    assert (await turn(harness))[0] is not None


async def test_a_turn_taken_by_one_that_lost_its_lease_comes_again_soon(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though the shard stays its own: the call came too late to leave, by a machine that stood still say."""
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    process, late = harness.process(tidy_every=timedelta(hours=1)), 1
    real = process.caller.send

    async def send(*args: Any) -> Any:
        nonlocal late
        if late:
            late -= 1
            raise LeaseLost("the process stood still between the check of its lease and the call")
        return await real(*args)

    monkeypatch.setattr(process.caller, "send", send)  # too late once
    async with harness.working(process):
        await wait_until(lambda: turn(harness), lambda found: not late and found[0] is not None)
        harness.clock.ahead = 20 * SECOND
        (result,) = await harness.results(1)

    assert result.outcome is Outcome.DONE


async def test_a_replica_that_stands_still_keeps_no_other_from_its_shards(harness: ConnectorHarness) -> None:
    """It holds a lease locked, in a transaction: the others take what else is free, and keep what is theirs."""
    await harness.connect_idle()
    one, at = await harness.owner()
    harness.clock.ahead = TERM + SECOND
    other = harness.process()
    async with harness.database.transaction() as frozen:
        await frozen.db.execute("select 1 from lease where shard = $1 for share", at.org.shard)
        async with asyncio.timeout(5):
            await other.leases.renew(harness.database)
            await other.leases.renew(harness.database)
            assert other.leases.epochs.keys() == {1 - at.org.shard}
            async with harness.database.transaction() as tx:
                await schedule.recover(tx, [0, 1], [])
    await other.leases.renew(harness.database)

    assert other.leases.epochs.keys() == {0, 1}
    assert one.leases.epochs


async def test_a_turn_that_is_locked_by_one_who_stands_still_is_passed_over(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    await harness.sql("update turn set next_at = null")
    async with harness.database.transaction() as frozen:
        await frozen.db.execute("select 1 from turn for update")
        async with asyncio.timeout(5), harness.database.transaction() as tx:
            await schedule.recover(tx, [0, 1], [])
    async with harness.database.transaction() as tx:
        await schedule.recover(tx, [0, 1], [])

    assert (await turn(harness))[0] is not None


async def test_what_was_chosen_before_the_database_was_restored_does_not_leave(harness: ConnectorHarness) -> None:
    """Of another process that lives on; neither before anybody has noticed, nor with its lease of then."""
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    one, at = await harness.owner()
    await harness.sql("update home set identity = replace(identity, ':1:', ':2:')")
    with pytest.raises(LeaseLost):
        await harness.send(one, at)

    # Between the dump and the restore it was taken over twice.
    await harness.sql("update lease set epoch = epoch - 2")
    assert await one.leases.renew(harness.database) == set()
    # Calls of the database that is no more may be under way.
    harness.clock.ahead = LONGEST_CALL + SECOND
    assert await one.leases.renew(harness.database) == {0, 1}
    with pytest.raises(LeaseLost):
        await harness.send(one, at)
    assert await harness.control.calls(path="Contacts") == []

    async with harness.working(one):
        (result,) = await harness.results(1)
    assert result.outcome is Outcome.DONE
    assert [call["method"] for call in await harness.control.calls(path="Contacts")] == ["GET", "PUT"]


async def test_an_unanswered_call_is_looked_at_as_soon_as_its_calls_allow(harness: ConnectorHarness) -> None:
    """And not only when the other lanes may go, after the day's last calls say."""
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea"))
    await harness.control.add_fault("lost", times=1, method="PUT")
    one, at = await harness.owner()
    with pytest.raises(OutcomeUnknown):
        await harness.send(one, at)
    now = harness.clock()
    for _ in range(PER_MINUTE - 1):
        at.budget = at.budget.count_call(now, now + SECOND).count_answer(now, now + SECOND, _Silent())
    at.budget = replace(at.budget, day_used=at.budget.day_limit - 10)
    await harness.ask(XeroKind.CONTACT, str(uuid4()))
    await harness.sql("update call set retry_at = now()")

    until = await a_worker(harness, one, at).run()

    assert until is not None
    assert until < now + 70 * SECOND


async def test_a_full_minute_of_the_app_is_no_failure_of_a_tenant(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    process, asked = harness.process(), 0

    async def ready(_: Any) -> str:
        nonlocal asked
        asked += 1
        raise AppIsBusy("the app's calls of this minute are used", 0.1 * SECOND)

    monkeypatch.setattr(process.caller, "ready", ready)  # full for good
    await harness.deliver(contact_intent("Kea"))
    async with harness.working(process):
        await wait_until(lambda: harness.sql("select failures from turn"), lambda found: asked > 5)

    assert await harness.sql("select failures from turn") == [(0,)]


async def test_a_trouble_whose_words_postgres_does_not_take_is_its_tenants_alone(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    await harness.connect_idle()
    process, bad = harness.process(), 1
    real = process.caller.ready

    async def ready(at: Any) -> str:
        nonlocal bad
        if bad:
            bad -= 1
            raise OutcomeUnknown("Xero says \0 and \ud800", answered=True)
        return await real(at)

    monkeypatch.setattr(process.caller, "ready", ready)  # bad words once
    await harness.deliver(contact_intent("Kea"))
    async with harness.working(process):
        await harness.until("select because from turn", "Xero says \ufffd and \ufffd")
        harness.clock.ahead = 5 * SECOND
        (result,) = await harness.results(1)

    assert result.outcome is Outcome.DONE


async def test_what_one_answer_said_of_the_limits_is_kept_though_another_ended_the_calls(
    harness: ConnectorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when only what was stored with an answer was: the next call broke into Xero's Retry-After."""
    await harness.connect_idle()
    process = harness.process()

    async def ready(at: Any) -> str:
        at.budget = at.budget.parked(harness.clock() + 45 * SECOND, "Xero asked to wait (429)")
        raise OutcomeUnknown("Xero answered 503", answered=True)

    monkeypatch.setattr(process.caller, "ready", ready)  # both at once
    await harness.deliver(contact_intent("Kea"))
    async with harness.working(process):
        await harness.until("select count(*) from turn where not_before is not null", 1)

    assert await harness.sql("select count(*) from budget where parked_until is not null") == [(1,)]


async def test_of_a_persons_reads_and_writes_the_older_goes_first(harness: ConnectorHarness) -> None:
    """Seen to fail when reads always went first: who searched on and on kept payments back."""
    await harness.connect_idle()
    await harness.deliver(contact_intent("Kea", lane=Lane.PERSON))
    harness.clock.ahead = SECOND
    await harness.sql(READ, harness.tenant_id, uuid4(), asdict(CONTACTS.listing(page=1)), harness.clock())
    process, at = await harness.owner()
    worker, chosen = a_worker(harness, process, at), at.in_progress

    # What is chosen is in progress from then on. The calls themselves may overtake each other on their way to Xero.
    await worker._next()
    assert (len(chosen.intents), len(chosen.interactive_reads)) == (1, 0)
    await worker._next()
    assert (len(chosen.intents), len(chosen.interactive_reads)) == (1, 1)


async def test_of_a_persons_reads_and_writes_an_older_read_goes_first(harness: ConnectorHarness) -> None:
    await harness.connect_idle()
    await harness.sql(READ, harness.tenant_id, uuid4(), asdict(CONTACTS.listing(page=1)), harness.clock() - SECOND)
    await harness.deliver(contact_intent("Kea", lane=Lane.PERSON))
    process, at = await harness.owner()

    await a_worker(harness, process, at)._next()

    assert (len(at.in_progress.intents), len(at.in_progress.interactive_reads)) == (0, 1)


class _Silent:
    day = minute = retry_after = None
    problem = ""
