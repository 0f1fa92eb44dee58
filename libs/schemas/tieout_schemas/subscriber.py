"""A typed subscriber for other teams, on FastStream: `pip install tieout-schemas[faststream]`.

An event is handled in its turn: those of a tenant in their order, one after the other, for their partition is read by
one process of the group. An offset is committed only after its event was handled. After an error the same event comes
again, until it is handled, so an event may come twice and none is lost. See docs/events.md.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

from aiokafka.structs import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.message import StreamMessage

from tieout_schemas.events import Erased, Event, UnknownType, decode, erased
from tieout_schemas.payload import Payload
from tieout_schemas.topics import SHARED, Topic

P = TypeVar("P", bound=Payload)
Handler = Callable[[Event[P]], Awaitable[None]]
RETRY_AFTER_S = 1.0
"""Seconds before an event comes again that could not be handled."""

log = logging.getLogger(__name__)


def subscribe(
    broker: KafkaBroker,
    *types: type[P],
    group: str,
    prefix: str = "",
    on_erased: Callable[[Erased], Awaitable[None]] | None = None,
) -> Callable[[Handler[P]], Handler[P]]:
    """Have a handler called for each event of these types, which are on one topic.

    `group`: Kafka's consumer group; its members share the tenants among them. `prefix`: of the installation's topics.
    `on_erased`: called when a record was erased with its tenant. Raises ValueError if the types are on several topics,
    or if this broker has such a subscriber: two of them in one process would share the tenants as well.
    """
    topic = _topic_of(types)
    if any(prefix + topic.name in each.topic_names and each.group_id == group for each in broker.subscribers):  # type: ignore[attr-defined]
        raise ValueError(f"group {group} already reads {topic.name} here: subscribe once, with all types")

    async def undecoded(message: StreamMessage[Any]) -> Any:
        return message.raw_message

    subscriber = broker.subscriber(
        prefix + topic.name,
        group_id=group,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        parser=_with_text_headers,
        decoder=undecoded,
    )

    def register(handler: Handler[P]) -> Handler[P]:
        async def handle(record: Any) -> None:
            try:
                event = _event(topic, record)
                if isinstance(event, Erased):
                    if on_erased:
                        await on_erased(event)
                elif event and isinstance(event.data, types):
                    await handler(event)
            except Exception:
                log.exception("%s:%s:%s comes again", record.topic, record.partition, record.offset)
                await asyncio.sleep(RETRY_AFTER_S)
                raise

        subscriber(handle)
        return handler

    return register


def _topic_of(types: tuple[type[Payload], ...]) -> Topic:
    topics = [topic for topic in SHARED if set(types) & set(topic.payloads)]
    if len(topics) != 1 or not set(types) <= set(topics[0].payloads):
        raise ValueError(f"these types are not on one topic: {', '.join(each.ce_type for each in types) or 'none'}")
    return topics[0]


def _event(topic: Topic, record: ConsumerRecord) -> Any:
    """The event or erasure that a record holds; None: of a type that a later version publishes."""
    if record.value is None:
        return erased(record.key)
    try:
        return decode(topic, record.headers, record.value)
    except UnknownType as error:
        log.warning("an event is left out, install a newer tieout-schemas: %s", error)
        return None


async def _with_text_headers(record: ConsumerRecord, parse: Callable[[Any], Awaitable[Any]]) -> Any:
    # FastStream decodes every header before any handler runs, and one that is no text would stop it.
    parsed = await parse(replace(record, headers=()))
    parsed.raw_message = record
    return parsed
