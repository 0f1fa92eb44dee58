"""The typed subscriber: in order, again after an error, and never past an event that was not handled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from faststream.kafka import KafkaBroker

from tieout_schemas import subscriber
from tieout_schemas.events import Erased, Event
from tieout_schemas.examples import example_of
from tieout_schemas.platform import Bill, Customer, Vendor
from tieout_schemas.subscriber import subscribe
from tieout_schemas.topics import BILLS_TOPIC, CONTACTS_TOPIC
from tieout_testing.kafka import EventPublisher, event_publisher, make_topics, wait_until

BILL, VENDOR = example_of(Bill), example_of(Vendor)
TENANT = uuid4()


@asynccontextmanager
async def running(broker: KafkaBroker) -> AsyncIterator[None]:
    await broker.start()
    try:
        yield
    finally:
        await broker.stop()


@pytest.fixture
async def publisher(kafka: Any, topic_prefix: str) -> AsyncIterator[EventPublisher]:
    await make_topics(kafka.bootstrap, topic_prefix, [BILLS_TOPIC, CONTACTS_TOPIC], 2)
    async with event_publisher(kafka.bootstrap, topic_prefix, 2) as made:
        yield made


async def seen(events: list[Any]) -> list[Any]:
    return events


class Reader:
    """A process of another team."""

    def __init__(self, kafka: Any, prefix: str) -> None:
        self.broker = KafkaBroker(kafka.bootstrap, logger=None)
        self.sequences: list[int] = []
        self.erased: list[Erased] = []
        self.fails_at: int | None = None
        subscribe(self.broker, Bill, group=f"{prefix}ledger", prefix=prefix, on_erased=self.forget)(self.handle)

    async def handle(self, event: Event[Bill]) -> None:
        self.sequences.append(event.envelope.sequence)
        if event.envelope.sequence == self.fails_at:
            raise RuntimeError("the database of the other team is away")

    async def forget(self, record: Erased) -> None:
        self.erased.append(record)


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_an_event_that_fails_comes_again_before_those_after_it(
    kafka: Any, topic_prefix: str, publisher: EventPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "RETRY_AFTER_S", 0.01)
    for sequence in (1, 2, 3):
        await publisher.publish(BILLS_TOPIC, TENANT, BILL, sequence)
    reader = Reader(kafka, topic_prefix)
    reader.fails_at = 2

    async with running(reader.broker):
        await wait_until(lambda: seen(reader.sequences), lambda sequences: sequences.count(2) >= 3)
        assert 3 not in reader.sequences
        reader.fails_at = None
        await wait_until(lambda: seen(reader.sequences), lambda sequences: 3 in sequences)

    assert reader.sequences == [1, *[2] * (len(reader.sequences) - 2), 3]


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_the_next_process_begins_with_the_first_event_that_was_not_handled(
    kafka: Any, topic_prefix: str, publisher: EventPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriber, "RETRY_AFTER_S", 0.01)
    for sequence in (1, 2):
        await publisher.publish(BILLS_TOPIC, TENANT, BILL, sequence)
    first, second = Reader(kafka, topic_prefix), Reader(kafka, topic_prefix)
    first.fails_at = 2
    async with running(first.broker):
        await wait_until(lambda: seen(first.sequences), lambda sequences: 2 in sequences)

    async with running(second.broker):
        await wait_until(lambda: seen(second.sequences), lambda sequences: len(sequences) == 1)
        await publisher.publish(BILLS_TOPIC, TENANT, BILL, 3)
        await wait_until(lambda: seen(second.sequences), lambda sequences: 3 in sequences)

    assert second.sequences == [2, 3]


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_odd_headers_and_new_types_stop_nothing_and_erasures_are_told(
    kafka: Any, topic_prefix: str, publisher: EventPublisher
) -> None:
    record = await publisher.publish(BILLS_TOPIC, TENANT, BILL, 1)
    odd = [*record.to_headers(), ("x-odd", b"\xff\xfe")]
    await publisher.publish_raw(BILLS_TOPIC, TENANT, BILL.model_dump_json().encode(), odd, b"odd")
    new = [(name, b"tieout.bill.v2" if name == "ce_type" else value) for name, value in record.to_headers()]
    await publisher.publish_raw(BILLS_TOPIC, TENANT, b"[]", new, b"new")
    await publisher.publish_raw(BILLS_TOPIC, TENANT, None, [], BILLS_TOPIC.key_of(TENANT, BILL))
    await publisher.publish(BILLS_TOPIC, TENANT, BILL, 2)
    reader = Reader(kafka, topic_prefix)

    async with running(reader.broker):
        await wait_until(lambda: seen(reader.sequences), lambda sequences: 2 in sequences)

    assert reader.sequences == [1, 1, 2]
    assert reader.erased == [Erased(TENANT, "bill", str(BILL.id))]


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_only_the_types_asked_for_come(kafka: Any, topic_prefix: str, publisher: EventPublisher) -> None:
    broker, vendors, both = KafkaBroker(kafka.bootstrap, logger=None), list[UUID](), list[UUID]()

    @subscribe(broker, Vendor, group=f"{topic_prefix}vendors", prefix=topic_prefix)
    async def on_vendor(event: Event[Vendor]) -> None:
        vendors.append(event.data.id)

    @subscribe(broker, Vendor, Customer, group=f"{topic_prefix}both", prefix=topic_prefix)
    async def on_contact(event: Event[Any]) -> None:
        both.append(event.data.id)

    customer = example_of(Customer)
    await publisher.publish(CONTACTS_TOPIC, TENANT, customer, 1)
    await publisher.publish(CONTACTS_TOPIC, TENANT, VENDOR, 1)
    async with running(broker):
        await wait_until(lambda: seen(both), lambda ids: len(ids) == 2)
        await wait_until(lambda: seen(vendors), lambda ids: len(ids) == 1)

    assert vendors == [VENDOR.id]


async def nothing(event: Event[Any]) -> None:
    await asyncio.sleep(0)


def test_types_of_several_topics_are_refused() -> None:
    with pytest.raises(ValueError, match=r"not on one topic: tieout\.bill\.v1, tieout\.vendor\.v1"):
        subscribe(KafkaBroker(), Bill, Vendor, group="ledger")


def test_a_group_that_would_share_its_tenants_in_one_process_is_refused() -> None:
    broker = KafkaBroker()
    subscribe(broker, Vendor, group="crm")(nothing)

    with pytest.raises(ValueError, match="group crm already reads"):
        subscribe(broker, Customer, group="crm")
