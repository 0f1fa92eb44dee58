"""An older database is restored: Xero has what was sent after the dump, and services publish their intents again."""

from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from tieout_connector.outbound.intents import LANES
from tieout_connector.xero.errors import OutcomeUnknown
from tieout_schemas.writes import Lane

from .gateway_process import GatewayProcess
from .kinds import KINDS
from .world import FORGOTTEN, LEASE, World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1"), pytest.mark.timeout(60)]


async def test_calls_that_left_before_the_dump_was_taken_are_not_made_twice(
    world: World, place: GatewayProcess
) -> None:
    """Seen to fail with a look-up that finds nothing: the payment was doubled."""
    await world.dose(list(KINDS))
    await all_leave(world)
    dump = await copy(world)
    await world.passes(LEASE)
    await world.begin(place)
    await world.all_done(place)
    await place.kill()

    await world.restored(dump)
    await soon(world)
    await world.finish(place)

    print(await world.account())


async def test_what_waited_when_the_dump_was_taken_is_not_sent_twice(world: World, place: GatewayProcess) -> None:
    """Seen to fail when a gateway took a restored database for the one it knew."""
    await at_home(world, place)
    await world.dose(list(KINDS))
    dump = await copy(world)
    await world.begin(place)
    await world.all_done(place)
    await place.kill()

    await world.restored(dump)
    await soon(world)
    await world.finish(place)

    print(await world.account())


@pytest.mark.parametrize("noticed", [False, True])
async def test_what_came_after_the_dump_and_is_published_again_is_not_sent_twice(
    world: World, place: GatewayProcess, noticed: bool
) -> None:
    """Seen to fail when only what was published before the restore was looked up; and when what is published again
    was looked for only from that moment on: the note was doubled."""
    await at_home(world, place)
    dump = await copy(world)
    await world.dose(list(KINDS))
    await world.begin(place)
    await world.all_done(place)
    await place.kill()

    await world.restored(dump)
    await soon(world)
    if noticed:
        await world.begin(place)
        await world.harness.until("select count(restored_at) from home", 1)
        await place.kill()
    await world.publish_again()
    await world.finish(place)

    print(await world.account())


async def all_leave(world: World) -> None:
    """Every intent is in a call that left and was not answered: some of them Xero has done, some it has not."""
    process, at = await world.harness.owner()
    for lane in (Lane.WRITE, Lane.NOTE):
        while await world.harness.sql("select 1 from intent where state = 'queued' and lane = $1", LANES.index(lane)):
            trouble = world.chance.choice(("lost", "503"))
            for method in ("PUT", "POST", "DELETE"):
                await world.harness.control.add_fault(trouble, method=method)
            with pytest.raises(OutcomeUnknown):
                await world.harness.send(process, at, lane)
            await world.harness.control.clear_faults()


async def at_home(world: World, place: GatewayProcess) -> None:
    """A gateway was here before: it knows its database, and held leases."""
    await world.begin(place)
    await world.harness.until("select count(*) > 0 from lease", True)
    await place.kill()


async def soon(world: World) -> None:
    """The lease in the dump has run out; not so late that a person must consent again, for its token was used since."""
    await world.passes(world.chance.choice((LEASE, FORGOTTEN)))


async def copy(world: World) -> str:
    """A copy of the database, as a dump of this moment would restore it; its dsn."""
    url = urlsplit(world.harness.database.url)
    name, made = url.path[1:], f"copy_{uuid4().hex[:12]}"
    db = await asyncpg.connect(url._replace(path="/postgres").geturl())
    try:
        await db.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        await db.execute(f'create database "{made}" template "{name}"')
    finally:
        await db.close()
    return url._replace(path=f"/{made}").geturl()
