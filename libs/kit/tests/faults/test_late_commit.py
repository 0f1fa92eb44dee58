"""A row of the outbox that becomes visible after younger ones: published late, never skipped (docs/design.md, Out)."""

import asyncio

import pytest

from tieout_kit.postgres.database import Tx
from tieout_schemas.topics import CONTACTS_TOPIC
from tieout_testing.kafka import running

from .ledger import account, published_on
from .parts import Gate, loop, opened, relay, request, request_in, somebody_waits, sweeper
from .world import World

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def test_a_late_commit_is_not_skipped_and_no_record_goes_back(small: World) -> None:
    """Seen to fail with a relay that reads on after the highest id it has sent: the late row was never published."""
    tenant = small.tenants[0]
    late, early = small.vendors[tenant]
    gate = Gate()

    async def slow(tx: Tx) -> None:
        await request_in(tx, tenant, late, "asked-late")
        await gate.passes()

    async with opened(small.database) as database:
        async with running(relay(small, database).run()):
            writing = asyncio.create_task(database.run(slow))
            await gate.reached()
            # A younger row, of another record; and one more change of the late record, which has to wait.
            small.requests["asked-early"] = "done"
            await database.run(lambda tx: request_in(tx, tenant, early, "asked-early"))
            await small.outbox_is_empty()
            assert [subject for _, subject in await published_on(small, CONTACTS_TOPIC)] == [str(early)]
            waiting = asyncio.create_task(request(small, database, "asked-waits"))
            await somebody_waits(small)
            gate.open()
            await asyncio.gather(writing, waiting)
            small.requests["asked-late"] = "done"
            await small.outbox_is_empty()
        async with running(loop(small, database).run(), relay(small, database).run(), sweeper(database).run()):
            await small.all_done()
    found = await account(small)
    assert found.requests == 3
