"""A span for each event that the relay sends. The event carries it on: the spans of its readers are children of it."""

from typing import Any

from opentelemetry.trace import Span, SpanKind

from tieout_kit.kafka.dead_letters import REASON
from tieout_kit.kafka.outbox import LINK, TRACEPARENT, Headers
from tieout_kit.telemetry import attributes as at
from tieout_kit.telemetry import fail, start_span, traceparent_of
from tieout_schemas.envelope import PREFIX

_ATTRIBUTES = (
    (f"{PREFIX}id", at.MESSAGE_ID),
    (f"{PREFIX}correlationid", at.CONVERSATION_ID),
    (f"{PREFIX}tenantid", at.TENANT),
    (f"{PREFIX}subject", at.RECORD),
    (f"{PREFIX}replayid", at.REPLAY),
)
"""Header, and the attribute that shows it."""


class PublishingSpans:
    """The spans of the events of one Kafka transaction."""

    def __init__(self) -> None:
        self._open: list[Span] = []

    def start(self, topic: str, partition: int, headers: Headers) -> Headers:
        """Start the span of an event; returns the headers to send. The headers may hold anything."""
        texts = {name: value.decode(errors="replace") for name, value in headers if value is not None}
        shown = {attribute: texts[name] for name, attribute in _ATTRIBUTES if name in texts}
        parent, links = texts.get(TRACEPARENT), linked_in(texts.get(LINK))
        sent = start_span(
            f"{at.SEND} {topic}", parent, SpanKind.PRODUCER, {**of_topic(at.SEND, topic, partition), **shown}, links
        )
        self._open.append(sent)
        if REASON in texts:
            # A dead letter stays as it came.
            return headers
        own = (traceparent_of(sent) or "").encode()
        # Readers of a replay link to the former trace, too. For others, this span has the link.
        replaced = (TRACEPARENT,) if f"{PREFIX}replayid" in texts else (TRACEPARENT, LINK)
        return [*(each for each in headers if each[0] not in replaced), (TRACEPARENT, own)]

    def end(self, error: Exception | None = None) -> None:
        """End them all: Kafka has the events, or the relay starts over."""
        for each in self._open:
            if error:
                fail(each, type(error).__name__)
            each.end()
        self._open.clear()


def linked_in(header: str | None) -> list[str]:
    """The traceparents in a header `tieout_link`."""
    return header.split(",") if header else []


def of_topic(operation: str, topic: str, partition: int) -> dict[str, Any]:
    """The attributes of any span about an event. `topic`: without the installation's prefix, as docs/events.md says."""
    return {
        at.MESSAGING_SYSTEM: at.KAFKA,
        at.OPERATION_NAME: operation,
        at.OPERATION_TYPE: operation,
        at.DESTINATION: topic,
        at.PARTITION: str(partition),
    }
