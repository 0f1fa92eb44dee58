"""What is held goes by itself when its reason is gone: in order, in pages, and nobody else waits for it."""

import asyncio
from functools import partial
from uuid import uuid4

import pytest

from tieout_kit.events import Cause
from tieout_kit.records import sweeps
from tieout_kit.records.sweeper import MOST_WAITING
from tieout_kit.records.sweeps import PAGE, Sweep, SweepAction, SweepScope
from tieout_schemas.problem import ProblemState
from tieout_schemas.references import setting
from tieout_testing.kafka import running, wait_until

from .held import ON, Held
from .world import OTHER, TENANT

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]


@pytest.mark.rule("MAP-4")
async def test_what_a_setting_held_goes_by_itself_in_the_order_it_began_to_wait_in(held: Held) -> None:
    # Of one transaction, and of several.
    ids = [i for count in (5, 1, 3) for i in await held.make(TENANT, count)]
    assert await held.sent() == []
    assert await held.waiting() == len(ids)

    await held.world.choose(**ON)
    await held.sweep()

    assert await held.sent() == ids
    assert await held.waiting() == 0


async def test_an_edit_of_one_that_waits_does_not_send_it_to_the_end(held: Held) -> None:
    ids = await held.make(TENANT, 3)
    await held.world.edit(ids[0], number="changed")

    await held.world.choose(**ON)
    await held.sweep()

    assert await held.sent() == ids


async def test_it_goes_in_pages_and_a_small_sweep_does_not_wait_for_a_large_one(held: Held) -> None:
    await held.make(TENANT, 3 * PAGE)
    [alone] = await held.make(OTHER, 1)
    await held.relay()

    for tenant_id in (TENANT, OTHER):
        await held.world.choose(tenant_id, **ON)
    await held.sweep()

    assert [len(keys) for keys in held.judged] == [PAGE, PAGE, PAGE, 1]
    assert held.judged[1][0] == (OTHER, alone), "it has its turn before the large one has its second"


async def test_a_sweep_of_one_tenant_does_not_go_over_anothers(held: Held) -> None:
    ids = await held.make(TENANT, 2)
    await held.make(OTHER, 2)

    await held.world.choose(**ON)
    await held.sweep()

    assert held.judged == [[(TENANT, bill_id) for bill_id in ids]]
    assert await held.waiting() == 2


async def test_a_sweep_pauses_while_the_outbox_is_behind(held: Held) -> None:
    await held.make(TENANT, MOST_WAITING)
    await held.world.choose(**ON)
    sweeper = held.sweeper()

    assert await sweeper.process_page()
    assert held.judged == []
    await held.relay()

    assert await sweeper.process_page()
    assert [len(keys) for keys in held.judged] == [PAGE]


async def test_one_that_was_interrupted_goes_on_where_it_was(held: Held) -> None:
    ids = await held.make(TENANT, PAGE + 1)
    await held.relay()
    await held.world.choose(**ON)
    await held.sweeper().process_page()
    await held.relay()

    await held.sweep()

    assert [key[1] for page in held.judged for key in page] == ids


async def test_what_is_still_held_is_judged_once_and_the_sweep_ends(held: Held) -> None:
    await held.make(TENANT, PAGE + 1)
    await held.relay()
    await held.world.database.run(lambda tx: sweeps.add(tx, [over_setting()]))

    await held.sweep()

    assert [len(keys) for keys in held.judged] == [PAGE, 1]
    assert await held.waiting() == PAGE + 1


async def test_nothing_held_is_nothing_to_sweep(held: Held) -> None:
    await held.world.choose(**ON)

    assert not await held.sweeper().process_page()


async def test_a_record_that_is_held_at_this_moment_is_not_forgotten(held: Held) -> None:
    """Seen to fail without the lock on the tenant: the setting's event found nothing held yet."""
    bill_id = uuid4()
    async with held.world.database.transaction() as tx:
        await held.put(tx, TENANT, bill_id)
        setting_comes = asyncio.create_task(held.world.choose(**ON))

        async def waits() -> bool:
            return setting_comes.done() or await tx.db.fetchval("select count(*) > 0 from pg_locks where not granted")

        await wait_until(waits, bool, within=5)
        assert not setting_comes.done()
    await setting_comes
    await held.sweep()

    assert await held.sent() == [bill_id]


async def test_dismissed_ones_go_too(held: Held) -> None:
    ids = await held.make(TENANT, 3)
    [cause] = {problem.cause for problem in await held.world.problems()}
    dismiss = Sweep(TENANT, SweepScope.CAUSE, cause, Cause.request(), SweepAction.DISMISS, "ada")
    await held.world.database.run(lambda tx: sweeps.add(tx, [dismiss]))
    await held.sweep()
    assert await held.waiting() == 0
    assert {p.record.id for p in await held.world.problems(ProblemState.DISMISSED)} == set(ids)
    assert await held.sent() == []

    await held.world.choose(**ON)
    await held.sweep()

    assert await held.sent() == ids


async def test_a_record_that_cannot_be_judged_stays_and_the_others_go(held: Held) -> None:
    ids = await held.make(TENANT, 5)
    await held.world.choose(**ON)

    held.bug = ids[2]
    await held.sweep()

    assert await held.sent() == [*ids[:2], *ids[3:]]
    assert await held.waiting() == 1


async def test_two_processes_share_the_sweeps_and_nothing_leaves_twice(held: Held) -> None:
    ids = {tenant_id: await held.make(tenant_id, 2 * PAGE) for tenant_id in (TENANT, OTHER)}
    await held.relay()
    for tenant_id in ids:
        await held.world.choose(tenant_id, **ON)

    async with running(held.sweeper().run(), held.sweeper().run(), _relaying(held)):
        await wait_until(held.waiting, lambda left: left == 0)
        for tenant_id in ids:
            # The relay follows the sweeps.
            await wait_until(partial(held.sent, tenant_id), lambda sent: len(sent) >= 2 * PAGE)

    for tenant_id, made in ids.items():
        assert sorted(await held.sent(tenant_id)) == sorted(made)


async def _relaying(held: Held) -> None:
    while True:
        await held.relay()
        await asyncio.sleep(0.01)


def over_setting() -> Sweep:
    return Sweep.over(TENANT, setting("outbound_payments"), Cause.request())
