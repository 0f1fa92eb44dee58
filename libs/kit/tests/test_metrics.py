"""Every metric is declared once, with its sentence, and set by some code. What stands still shows in its age."""

import ast
import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from aiokafka.structs import ConsumerRecord
from prometheus_client import REGISTRY

import tieout_kit
from tieout_kit import metrics
from tieout_kit.clock import utc_now
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.generate import declared
from tieout_kit.kafka import outbox, parking
from tieout_kit.kafka.batch import BatchHandler, Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.kafka.relay import Relay, RelayTiming
from tieout_kit.kafka.unparking import drain
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import CONNECTION, SETTINGS
from tieout_testing.kafka import EventPublisher, event_publisher, make_topics, running, wait_until
from tieout_testing.outages import down, frozen


def _set_somewhere() -> set[str]:
    """Names under which `metrics.NAME` is set in the kit, by its source."""
    found = set()
    for file in Path(tieout_kit.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "metrics":
                found.add(node.attr)
    return found


def test_every_metric_is_set_by_something_and_nothing_else_is() -> None:
    assert _set_somewhere() == declared(metrics).keys()


@pytest.mark.parametrize("name", sorted(declared(metrics)))
def test_every_metric_has_a_name_of_ours_and_a_sentence(name: str) -> None:
    (family,) = declared(metrics)[name].describe()

    assert family.name.startswith("tieout_")
    assert family.documentation[0].isupper() or family.documentation[0].isdigit()
    assert family.documentation.endswith(".")


@dataclass
class World:
    """A service that can be made to hang, and its metrics."""

    database: Database
    bootstrap: str
    publisher: EventPublisher
    goes_on: asyncio.Event

    def loop(self) -> Consumer:
        return Consumer(
            self.database,
            KafkaConnection(self.bootstrap),
            self.publisher.prefix,
            "bills",
            Handlers.by_topic({SETTINGS: self.handle}),
        )

    def relay(self) -> Relay:
        return Relay(
            self.database,
            KafkaConnection(self.bootstrap),
            self.publisher.prefix,
            "bills",
            1,
            RelayTiming(transaction_s=2),
        )

    async def handle(self, tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
        await self.goes_on.wait()

    async def tell(self, version: int) -> None:
        tenant = uuid4()
        await self.publisher.publish(SETTINGS, tenant, TenantSettings(tenant_id=tenant, version=version), version)

    async def write(self) -> None:
        tenant = uuid4()
        async with self.database.transaction() as tx:
            said = outbox.event(tx, SETTINGS, tenant, TenantSettings(tenant_id=tenant), 1, Cause.request())
            await outbox.add(tx, [said])

    async def lag(self) -> float:
        return value("tieout_consumer_lag_seconds", topic=self.publisher.prefix + SETTINGS.name)


def value(name: str, **labels: str) -> float:
    found = REGISTRY.get_sample_value(name, labels)
    return 0.0 if found is None else found


async def relayed() -> float:
    return value("tieout_outbox_records_published_total")


async def outbox_age() -> float:
    return value("tieout_outbox_age_seconds")


@pytest_asyncio.fixture
async def world(kafka: Any, database: str, topic_prefix: str) -> AsyncIterator[World]:
    await make_topics(kafka.bootstrap, topic_prefix, [SETTINGS, CONNECTION], 1)
    db = Database(database, "bills", utc_now)
    await db.open()
    await migrate(db, ["tieout_kit"])
    goes_on = asyncio.Event()
    goes_on.set()
    async with event_publisher(kafka.bootstrap, topic_prefix, 1) as publisher:
        yield World(db, kafka.bootstrap, publisher, goes_on)
    await db.close()


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_lag_is_next_to_nothing_while_all_is_handled_and_grows_while_a_handler_is_stuck(world: World) -> None:
    """Seen to fail when it was set after each batch: a stuck handler showed the last value for ever."""
    async with running(world.loop().run()):
        await world.tell(1)
        await wait_until(lambda: handled(world), lambda count: count == 1)
        # Nothing comes any more, and nothing is late.
        told = time.monotonic()
        await wait_until(lambda: since(told), lambda seconds: seconds > 2.5)
        assert await world.lag() < 1.5

        world.goes_on.clear()
        await world.tell(2)
        await wait_until(world.lag, lambda seconds: seconds > 2.5)
        world.goes_on.set()
        await wait_until(world.lag, lambda seconds: seconds < 1.5)


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_lag_grows_while_kafka_is_away_and_while_postgres_is(world: World, kafka: Any, postgres: Any) -> None:
    async with running(world.loop().run()):
        await world.tell(1)
        await wait_until(lambda: handled(world), lambda count: count == 1)
        async with frozen(kafka):
            await wait_until(world.lag, lambda seconds: seconds > 2.5)
        await wait_until(world.lag, lambda seconds: seconds < 1.5)
        async with down(postgres):
            await world.tell(2)
            await wait_until(world.lag, lambda seconds: seconds > 2.5)
        await wait_until(world.lag, lambda seconds: seconds < 1.5)


async def since(moment: float) -> float:
    return time.monotonic() - moment


async def handled(world: World) -> float:
    return value("tieout_kafka_records_consumed_total", topic=world.publisher.prefix + SETTINGS.name)


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_the_outbox_grows_old_while_kafka_is_away(world: World, kafka: Any) -> None:
    """Seen to fail when only what was sent told its age; and when a relay that starts over did not look at it."""
    await world.write()
    before = {"relayed": await relayed()}
    before |= {name: value(f"tieout_relay_{name}_total") for name in ("elected", "failed")}
    async with running(world.relay().run()):
        await wait_until(relayed, lambda count: count == before["relayed"] + 1)
        assert value("tieout_relay_leads", database="bills") == 1
        async with frozen(kafka):
            await world.write()
            # Longer than a transaction: it has started over, and still knows.
            await wait_until(outbox_age, lambda seconds: seconds > 4)
        await wait_until(outbox_age, lambda seconds: seconds == 0)
    assert value("tieout_relay_elected_total") >= before["elected"] + 2
    assert value("tieout_relay_leads", database="bills") == 0, "it was stopped"
    assert value("tieout_relay_restarts_total") >= before["failed"] + 1


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_parked_tenants_are_counted_by_every_member(world: World) -> None:
    async with world.database.transaction() as tx:
        await tx.db.execute(
            "insert into parked_tenant (tenant_id, at, reason) values ($1, now(), 'broken')", UUID(int=1)
        )

    await drain(BatchHandler(world.database, "bills", Handlers.by_topic({}), {}))
    assert value("tieout_parked_tenants") == 1

    async with world.database.transaction() as tx:
        await parking.release(tx, UUID(int=1))
    await drain(BatchHandler(world.database, "bills", Handlers.by_topic({}), {}))
    await drain(BatchHandler(world.database, "bills", Handlers.by_topic({}), {}))
    assert value("tieout_parked_tenants") == 0


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_dead_letters_of_a_transaction_that_was_given_up_are_not_counted(world: World) -> None:
    """Seen to fail when they were counted where they are written: each try counted them once more."""
    batches = BatchHandler(world.database, "bills", Handlers.by_topic({}), {})
    record = ConsumerRecord("t", 0, 0, 0, 0, b"key", b"no event", None, 3, 8, ())
    before = value("tieout_dead_letters_total")

    async def given_up(tx: Tx) -> None:
        await batches.handle(tx, [(SETTINGS, record)], hold_back=False)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await world.database.run(given_up)
    assert value("tieout_dead_letters_total") == before

    async with world.database.transaction() as tx:
        await batches.handle(tx, [(SETTINGS, record)], hold_back=False)
    assert value("tieout_dead_letters_total") == before + 1
