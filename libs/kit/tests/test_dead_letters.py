"""An event that cannot be handled becomes a dead letter with its bytes, and the others are handled (docs/design.md,
Trouble)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
import structlog
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.structs import ConsumerRecord

from tieout_kit.clock import utc_now
from tieout_kit.events import ReceivedEvent
from tieout_kit.kafka import batch, consumer
from tieout_kit.kafka.batch import Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.kafka.dead_letters import ORIGIN, REASON
from tieout_kit.kafka.relay import Relay
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import SETTINGS, WRITE_RESULT, Topic, dead_letter_topic, partition_of
from tieout_testing.kafka import (
    EventPublisher,
    envelope_of,
    event_publisher,
    make_topics,
    read_topic,
    running,
    wait_until,
)

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]

PARTITIONS = 2
SERVICE = "bills"
LETTERS = dead_letter_topic(SERVICE)
UNLUCKY = 13


@dataclass
class World:
    """A service whose handler fails on version 13. A tenant's good events come before and after the tested one."""

    database: Database
    bootstrap: str
    publisher: EventPublisher
    tenant_id: UUID

    async def good(self, version: int, **more: Any) -> None:
        await self.publisher.publish(SETTINGS, self.tenant_id, settings(self.tenant_id, version), version, **more)

    async def handled(self) -> list[int]:
        async with self.database.transaction() as tx:
            return [row["sequence"] for row in await tx.db.fetch("select sequence from applied order by id")]

    async def letters(self) -> list[ConsumerRecord]:
        return await read_topic(self.bootstrap, self.publisher.prefix + LETTERS.name)

    async def live(self, *expected: int) -> list[ConsumerRecord]:
        """Run the service until these versions are handled and there are dead letters."""
        prefix = self.publisher.prefix
        handlers = Handlers.by_topic({SETTINGS: handle, WRITE_RESULT: handle})
        loop = Consumer(self.database, KafkaConnection(self.bootstrap), prefix, SERVICE, handlers)
        relay = Relay(self.database, KafkaConnection(self.bootstrap), prefix, SERVICE, PARTITIONS)
        async with running(loop.run(), relay.run()):
            await wait_until(self.handled, lambda seen: seen == list(expected), 15)
            return await wait_until(self.letters, bool, 15)


def settings(tenant_id: UUID, version: int) -> TenantSettings:
    return TenantSettings(tenant_id=tenant_id, version=version)


async def handle(tx: Tx, events: Sequence[ReceivedEvent[TenantSettings]]) -> None:
    for event in events:
        await tx.db.execute("insert into applied (sequence) values ($1)", event.sequence)
        if event.data.version == UNLUCKY:
            # No Unicode text and longer than any header ought to be, as the messages of errors can be.
            raise LookupError("thirteen \ud800\x00 " + "x" * 10_000)


@pytest_asyncio.fixture
async def world(kafka: Any, database: str, topic_prefix: str) -> AsyncIterator[World]:
    await make_topics(kafka.bootstrap, topic_prefix, [SETTINGS, WRITE_RESULT, LETTERS], PARTITIONS)
    db = Database(database, SERVICE, utc_now)
    await db.open()
    await migrate(db, ["tieout_kit"])
    async with db.transaction() as tx:
        await tx.db.execute("create table applied (id bigint generated always as identity, sequence bigint)")
    async with event_publisher(kafka.bootstrap, topic_prefix, PARTITIONS) as publisher:
        yield World(db, kafka.bootstrap, publisher, uuid4())
    await db.close()


Headers = list[tuple[str, bytes | None]]


def poisons(tenant_id: UUID) -> dict[str, tuple[bytes | None, Headers]]:
    """Value and headers of records that cannot be handled, by what their reason must say."""
    payload = settings(tenant_id, 2)
    value = payload.model_dump_json().encode()
    good: Headers = list(envelope_of(tenant_id, payload, 2).to_headers())

    def but(name: str, header: bytes | None) -> Headers:
        return [(key, header if key == name else kept) for key, kept in good]

    return {
        "headers missing: ce_id": (value, []),
        "header ce_source is b'\\xff\\xfe'": (value, but("ce_source", b"\xff\xfe")),
        "header ce_id is None": (value, but("ce_id", None)),
        "header ce_tenantid": (value, but("ce_tenantid", b"\x00")),
        "ce_type is 'tieout.bill.v1'": (value, but("ce_type", b"tieout.bill.v1")),
        "value: Invalid JSON": (b"\xff{", good),
        "has no value": (None, good),
        "version: Input should be a valid integer": (
            b'{"tenant_id": "%s", "version": "x"}' % str(tenant_id).encode(),
            [*good, ("zero", b"a\x00b"), ("none", None), ("bytes", bytes(range(256))), ("käse\x00", b"")],
        ),
    }


async def test_poison_becomes_a_dead_letter_as_it_came_with_its_reason(world: World) -> None:
    await world.good(1)
    sent = poisons(world.tenant_id)
    for value, headers in sent.values():
        await world.publisher.publish_raw(SETTINGS, world.tenant_id, value, headers, b"\x00key")
    await world.good(3)

    await world.live(1, 3)

    letters = sorted(await world.letters(), key=_origin)
    assert len(letters) == len(sent)
    for letter, (reason, (value, headers)) in zip(letters, sent.items(), strict=True):
        assert reason in _reason(letter)
        assert (letter.key, letter.value, list(letter.headers[:-2])) == (b"\x00key", value, headers)
    partition = partition_of(world.tenant_id, PARTITIONS)
    assert _header(letters[0], ORIGIN) == f"{SETTINGS.name}:{partition}:1"


async def test_one_record_that_fails_its_handler_becomes_a_dead_letter_alone(world: World) -> None:
    for version in (1, UNLUCKY, 14):
        await world.good(version)

    letters = await world.live(1, 14)

    assert len(letters) == 1
    assert _reason(letters[0]).startswith("LookupError: thirteen")
    assert settings(world.tenant_id, UNLUCKY).model_dump_json().encode() == letters[0].value
    assert letters[0].partition == partition_of(world.tenant_id, PARTITIONS)


async def test_what_the_log_says_of_a_record_that_fails_names_its_trace(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = structlog.testing.LogCapture()
    for module in (consumer, batch):
        monkeypatch.setattr(module, "log", structlog.wrap_logger(None, [structlog.contextvars.merge_contextvars, seen]))
    trace = "0af7651916cd43dd8448eb211c80319c"
    await world.good(UNLUCKY, traceparent=f"00-{trace}-b7ad6b7169203331-01")
    await world.good(14)

    await world.live(14)

    said = [line["event"] for line in seen.entries if line.get("trace_id") == trace]
    assert said == ["a record cannot be handled", "dead letter"]


async def test_a_record_with_neither_key_nor_value_becomes_a_dead_letter(world: World) -> None:
    empty = _batch()
    empty.append(0, key=None, value=None, timestamp=1, headers=[])
    await _send(world, WRITE_RESULT, empty)
    await world.good(2)

    letters = await world.live(2)

    assert "headers missing" in _reason(letters[0])


async def test_the_largest_record_that_kafka_takes_fits_the_dead_letters(world: World) -> None:
    await world.publisher.publish_raw(SETTINGS, world.tenant_id, b"x" * 1_048_400, [], b"key")
    await world.good(2)

    letters = await world.live(2)

    assert len(letters[0].value) == 1_048_400


async def test_a_header_key_that_is_not_utf_8_is_stepped_over(world: World) -> None:
    await world.good(1)
    await world.good(2)
    await _say_unreadable(world)
    await world.good(4)

    letters = await world.live(1, 2, 4)

    assert "is not UTF-8" in _reason(letters[0])
    assert _header(letters[0], ORIGIN) == f"{SETTINGS.name}:{partition_of(world.tenant_id, PARTITIONS)}:2"


class _NotUtf8(str):
    def encode(self, *_: Any) -> bytes:
        return b"\xff\xfe"


async def _say_unreadable(world: World) -> None:
    batch = _batch()
    batch.append(0, key=b"key", value=b"value", timestamp=1, headers=[(_NotUtf8("x"), b"")])
    await _send(world, SETTINGS, batch)


def _batch() -> Any:
    return _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, -1, 1 << 16)


async def _send(world: World, topic: Topic, records: Any) -> None:
    """Publish a record that aiokafka's producer would refuse, on the partition of this tenant's events."""
    batch = world.publisher.producer.create_batch()
    batch.append(key=b"", value=b"", timestamp=1)
    batch._builder = records
    batch.close()
    partition = partition_of(world.tenant_id, PARTITIONS)
    await (await world.publisher.producer.send_batch(batch, world.publisher.prefix + topic.name, partition=partition))


def _header(letter: ConsumerRecord, name: str) -> str:
    return str(dict(letter.headers)[name].decode())


def _reason(letter: ConsumerRecord) -> str:
    return _header(letter, REASON)


def _origin(letter: ConsumerRecord) -> int:
    return int(_header(letter, ORIGIN).rsplit(":", 1)[1])
