"""An older database is restored: Xero has what was sent after the dump, and the domains say their intents again."""

from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from .kinds import KINDS
from .place import Place, Shot
from .world import FORGOTTEN, LEASE, World

pytestmark = [pytest.mark.real, pytest.mark.rule("SYS-1"), pytest.mark.timeout(60)]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_call_that_left_when_the_dump_was_taken_is_not_made_twice(
    world: World, place: Place, kind: str
) -> None:
    """Seen to fail with a look-up that finds nothing: the payment was doubled."""
    await world.dose([kind])
    (_, wanted) = world.wanted[0]
    await world.begin(place, Shot(f"before {'POST' if wanted.intent.xero_id else 'PUT'} {wanted.resource}"))
    await place.falls()
    dump = await copy(world)
    await world.begin(place)
    await world.all_done(place)
    await place.killed()

    await world.restored(dump)
    await soon(world)
    await world.finish(place)

    print(await world.account())


@pytest.mark.parametrize("kind", ["bill create", "payment"])
async def test_what_waited_when_the_dump_was_taken_is_not_sent_twice(world: World, place: Place, kind: str) -> None:
    """Seen to fail when a gateway took a restored database for the one it knew."""
    await at_home(world, place)
    await world.dose([kind])
    dump = await copy(world)
    await world.begin(place)
    await world.all_done(place)
    await place.killed()

    await world.restored(dump)
    await soon(world)
    await world.finish(place)

    print(await world.account())


@pytest.mark.parametrize("kind", ["bill create", "payment"])
async def test_what_came_after_the_dump_and_is_said_again_is_not_sent_twice(
    world: World, place: Place, kind: str
) -> None:
    """Seen to fail when only what was said before the restore was looked up."""
    await at_home(world, place)
    dump = await copy(world)
    await world.dose([kind])
    await world.begin(place)
    await world.all_done(place)
    await place.killed()

    await world.restored(dump)
    await world.said_again()
    await soon(world)
    await world.finish(place)

    print(await world.account())


async def at_home(world: World, place: Place) -> None:
    """A gateway was here before: it knows its database."""
    await world.begin(place)
    await world.stage.until("select count(*) from home", 1)
    await place.killed()


async def soon(world: World) -> None:
    """The lease in the dump has run out; not so late that a person must consent again, for its token was used since."""
    await world.passes(world.chance.choice((LEASE, FORGOTTEN)))


async def copy(world: World) -> str:
    """A copy of the database, as a dump of this moment would restore it; its dsn."""
    url = urlsplit(world.stage.database.url)
    name, made = url.path[1:], f"copy_{uuid4().hex[:12]}"
    db = await asyncpg.connect(url._replace(path="/postgres").geturl())
    try:
        await db.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        await db.execute(f'create database "{made}" template "{name}"')
    finally:
        await db.close()
    return url._replace(path=f"/{made}").geturl()
