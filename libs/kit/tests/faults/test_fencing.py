"""A relay that was stopped, superseded and wakes up must not publish an old state last (docs/design.md, Out)."""

import random
import signal
from typing import Any

import pytest

from tieout_schemas.envelope import Envelope
from tieout_schemas.topics import CONTACTS_TOPIC
from tieout_testing.faults import KillPoint
from tieout_testing.kafka import make_topics, wait_until

from . import compacted
from .ledger import in_order, last_published_is_stored, published_on
from .service_process import ServiceProcess, service_processes
from .world import TOPICS, World, opened

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]

ASLEEP_AT = f"relay: before producer.send {CONTACTS_TOPIC.name}"


async def test_a_relay_that_slept_through_its_supersession_never_has_the_last_word_on_a_compacted_topic(
    kafka: Any, database: str, topic_prefix: str
) -> None:
    """Seen to fail with a transactional id for each relay of its own: the old state came last, and was what compaction
    left; and with a relay that keeps the rows it holds when it starts over."""
    await make_topics(kafka.bootstrap, topic_prefix, [t for t in TOPICS if t is not CONTACTS_TOPIC], 1)
    await compacted.make(kafka.bootstrap, topic_prefix + CONTACTS_TOPIC.name, 1)
    chance = random.Random(1)
    async with (
        opened(kafka.bootstrap, database, topic_prefix, chance, tenants=1, vendors=2, partitions=1) as world,
        service_processes(2) as (sleeper, rival),
    ):
        tenant = world.tenants[0]
        vendor, other = world.vendors[tenant]
        world.vendors[tenant] = [vendor]
        await world.connect(world.tenants)
        await sleeper.start(world.env(), KillPoint(ASLEEP_AT, 3, signal.SIGSTOP))
        await _fed_until_stopped(world, sleeper)
        await _cut_off(world)
        await rival.start(world.env())
        await world.feed(1)
        await world.all_done()

        sleeper.thaw()
        await _starts_over(sleeper)
        await _last_word_is_stored(world)
        left = await compacted.left(world.bootstrap, world.publisher.prefix + CONTACTS_TOPIC.name, 0)
        rows = await world.rows("select sequence from record")
        assert [Envelope.from_headers(r.headers).sequence for r in left.values()] == [row["sequence"] for row in rows]

        # It reigns once more, when its rival is gone: with rows read afresh, never with those it held.
        await rival.stop(signal.SIGKILL)
        assert await sleeper.request(tenant, other, "asked-other") == "done"
        await world.all_done()
        await sleeper.leave()
        await _last_word_is_stored(world)


async def _fed_until_stopped(world: World, sleeper: ServiceProcess) -> None:
    """Change the vendor until the relay has read rows and sleeps."""

    async def asleep() -> bool:
        if not sleeper.stopped():
            await world.feed(1)
        return sleeper.stopped()

    await wait_until(asleep, bool)


async def _cut_off(world: World) -> None:
    """Postgres ends the sleeper's connection, as after a broken line, so that its lock is free."""
    await world.rows("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
                     " and pid <> pg_backend_pid()")  # fmt: skip


async def _starts_over(sleeper: ServiceProcess) -> None:
    async def log() -> str:
        return sleeper.log()

    await wait_until(log, lambda text: "relay starts over" in text)


async def _last_word_is_stored(world: World) -> None:
    rows = await world.rows("select tenant_id, id, sequence, doc from record")
    published = await published_on(world, CONTACTS_TOPIC)
    in_order(published)
    last_published_is_stored(published, {(r["tenant_id"], str(r["id"])): (r["sequence"], r["doc"]) for r in rows})
