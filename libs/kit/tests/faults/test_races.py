"""Two changes of one record, and two transactions in a ring: neither change is lost, whichever comes first
(docs/design.md, In)."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tieout_kit.events import ReceivedEvent
from tieout_kit.postgres.database import Tx
from tieout_testing.kafka import running

from .books import in_xero
from .kind import InXero
from .ledger import account
from .parts import Gate, loop, opened, relay, request, request_in, somebody_waits, sweeper
from .service import handled_by
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


@pytest.mark.parametrize("known", [True, False])
async def test_a_request_and_an_event_at_one_record_at_once_are_both_kept(small: World, *, known: bool) -> None:
    """Seen to fail when records were read without `for update` and saved without comparing the sequence: the event
    wrote over the request. With the record not there yet, it was the comparison alone that kept both."""
    gate = Gate()

    async def slow(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        await in_xero(tx, events)
        await gate.passes()

    small.tenants = small.tenants[:1]
    small.vendors = {tenant: small.vendors[tenant][:1] for tenant in small.tenants}
    async with opened(small.database) as database:
        if known:
            await request(small, database, "asked-1")
        part = loop(small, database, handled_by(InXero, slow))
        async with running(part.run(), relay(small, database).run(), sweeper(database).run()):
            await small.feed(1)
            await gate.reached()
            asking = asyncio.create_task(request(small, database, "asked-2"))
            await somebody_waits(small)
            gate.open()
            await asking
            await small.all_done()
    await account(small)


async def test_a_deadlock_is_tried_again_and_both_changes_are_kept(small: World) -> None:
    """Seen to fail with a deadlock taken for an error: one of the two changes was refused."""
    tenant = small.tenants[0]
    one, other = small.vendors[tenant]
    met, tries = asyncio.Barrier(2), 0

    async def both(tx: Tx, order: Sequence[UUID], change_id: str) -> None:
        nonlocal tries
        tries += 1
        first = tries <= 2
        await request_in(tx, tenant, order[0], f"{change_id}-1")
        if first:
            await met.wait()
        await request_in(tx, tenant, order[1], f"{change_id}-2")

    async with opened(small.database) as database:
        for change_id in ("asked-1", "asked-2"):
            await database.run(partial(_make, world=small, change_id=change_id))
        await asyncio.gather(
            database.run(lambda tx: both(tx, (one, other), "asked-a")),
            database.run(lambda tx: both(tx, (other, one), "asked-b")),
        )
        assert tries == 3
        small.requests |= dict.fromkeys(["asked-a-1", "asked-a-2", "asked-b-1", "asked-b-2"], "done")
        async with running(loop(small, database).run(), relay(small, database).run(), sweeper(database).run()):
            await small.all_done()
    await account(small)


async def _make(tx: Tx, world: World, change_id: str) -> None:
    tenant = world.tenants[0]
    world.requests |= {f"{change_id}-{n}": "done" for n in range(2)}
    for n, person in enumerate(sorted(world.vendors[tenant])):
        await request_in(tx, tenant, person, f"{change_id}-{n}")


async def test_a_handler_in_a_deadlock_is_nobodys_poison(small: World) -> None:
    """Seen to fail with a deadlock taken for an error: the events went to the dead letters."""
    met, rounds, deadlocks = asyncio.Barrier(2), 0, 0

    async def crosses(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        nonlocal rounds, deadlocks
        rounds += 1
        if rounds <= 2:
            await tx.db.execute("select pg_advisory_xact_lock(1)")
            await met.wait()
            # Whoever waits longer is the victim: this one, soon.
            deadlocks += 1
            await tx.db.execute("set local deadlock_timeout = '50ms'; select pg_advisory_xact_lock(2)")
            deadlocks -= 1
        await in_xero(tx, events)

    async def rival(tx: Tx) -> None:
        await tx.db.execute("set local deadlock_timeout = '60s'; select pg_advisory_xact_lock(2)")
        await met.wait()
        await tx.db.execute("select pg_advisory_xact_lock(1)")

    async with opened(small.database) as database:
        part = loop(small, database, handled_by(InXero, crosses))
        async with running(part.run(), relay(small, database).run(), sweeper(database).run()):
            await small.feed(5)
            # Twice: what fails in a batch is handled alone once more.
            await database.run(rival)
            await database.run(rival)
            await small.all_done()
    assert deadlocks == 2
    await account(small)
