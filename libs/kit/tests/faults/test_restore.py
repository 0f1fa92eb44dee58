"""An older database is restored: its positions, sequences and outbox are older than what Kafka has."""

import random
import signal
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from tieout_schemas.topics import CONTACTS_TOPIC
from tieout_testing.faults import KillPoint
from tieout_testing.kafka import wait_until

from .kind import changed_field
from .ledger import applied_once, in_order, last_published_is_stored, published_on
from .service_process import service_processes
from .world import World, world

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]


async def test_a_restored_older_database_catches_up_and_never_numbers_back(
    kafka: Any, postgres: Any, database: str, topic_prefix: str
) -> None:
    """Seen to fail with sequences of last + 1 without the clock: readers dropped what was handled again; and with
    Kafka's own offsets for positions: what came after the dump was lost."""
    chance = random.Random(11)
    sizes = {"tenants": 4, "vendors": 3, "partitions": 2}
    async with (
        world(kafka.bootstrap, database, topic_prefix, chance, **sizes) as small,
        service_processes(1) as (member,),
    ):
        await small.connect(small.tenants)
        # The dump is taken while rows that Kafka has are still in the outbox.
        await member.start(small.env(), KillPoint("relay: before outbox.delete", 4))
        await wait_until(lambda: _fed_until_dead(small, member), bool)
        dump = await _copy(postgres.dsn(), database)
        assert await small.rows("select id from outbox")
        await member.start(small.env())
        await _each_vendor_once_more(small)
        # Two people are made after the dump. One reaches Xero, of the other no log tells.
        tenant = small.tenants[0]
        by_hand, in_xero = (tenant, uuid4()), (tenant, uuid4())
        assert await member.request(*in_xero, "asked-sent") == "done"
        await small.all_done()
        await small.connect([tenant], lost=True)
        await wait_until(lambda: _is_lost(small), bool)
        assert await member.request(*by_hand, "asked-lost") == "done"
        await small.outbox_is_empty()
        await member.stop(signal.SIGKILL)
        before = await published_on(small, CONTACTS_TOPIC)

        small.database = postgres.dsn(dump)
        await member.start(small.env())
        await small.all_done()
        assert await small.rows(f"select id from record where id = '{by_hand[1]}'") == []
        [back] = await small.rows(f"select doc->>'{changed_field('asked-sent')}' from record where id = '{in_xero[1]}'")
        assert back[0].lower() == "asked-sent", "made again under its own id, since Xero has it"
        # Its readers keep it, until it is entered once more: then that is what they know.
        assert await member.request(*by_hand, "asked-again") == "done"
        small.requests["asked-again"] = "done"
        await small.all_done()
        await member.leave()

        await applied_once(small)
        after = await published_on(small, CONTACTS_TOPIC)
        in_order(after)
        stored = {
            (row["tenant_id"], str(row["id"])): (row["sequence"], row["doc"])
            for row in await small.rows("select * from record")
        }
        last_published_is_stored(after, stored)
        newest = {key: max(envelope.sequence for envelope, _ in found) for key, found in before.items()}
        assert all(sequence > newest[key] for key, (sequence, _) in stored.items()), "numbered back"


async def _is_lost(small: World) -> bool:
    return bool(await small.rows("select from tenant where connection->>'state' = 'connection_lost'"))


async def _fed_until_dead(small: World, member: Any) -> bool:
    await small.feed(5)
    return not member.alive


async def _each_vendor_once_more(small: World) -> None:
    """Until every vendor has changed since the dump."""
    known: dict[Any, int] = defaultdict(int)
    for row in await small.rows("select id, sequence from record"):
        known[row["id"]] = row["sequence"]

    async def changed() -> bool:
        await small.feed(20)
        rows = await small.rows("select id, sequence from record")
        return len(rows) == 12 and all(row["sequence"] > known[row["id"]] for row in rows)

    await wait_until(changed, bool)


async def _copy(server: str, database: str) -> str:
    """A copy of the database, as a dump of this moment would restore it."""
    name, copy = urlsplit(database).path[1:], f"copy_{uuid4().hex[:12]}"
    db = await asyncpg.connect(server)
    try:
        await db.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        await db.execute(f'create database "{copy}" template "{name}"')
    finally:
        await db.close()
    return copy
