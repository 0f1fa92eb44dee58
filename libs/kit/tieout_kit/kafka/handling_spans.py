"""A span for each event that a service handles; it ends with the transaction."""

import time
from collections.abc import Sequence
from functools import partial

from aiokafka.structs import ConsumerRecord
from opentelemetry.trace import Span, SpanKind

from tieout_kit.errors import RetryLater
from tieout_kit.events import Cause
from tieout_kit.kafka.outbox import LINK
from tieout_kit.kafka.publishing_spans import linked_in, of_topic
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import attributes as at
from tieout_kit.telemetry import close_span, fail, is_on, open_span, passed_on, start_span
from tieout_schemas.events import Event
from tieout_schemas.payload import Payload
from tieout_schemas.topics import Topic

ROLLED_BACK = "rolled back"
"""What became of work whose transaction failed. An event is handled again, alone if it was not."""


def end_with(tx: Tx, done: Span) -> None:
    """End the span of work that is done by now. It is sent once the transaction has ended, and says if that was rolled
    back."""
    at_ns = time.time_ns()

    def rolled_back() -> None:
        done.set_attribute(at.DECISION, ROLLED_BACK)
        done.end(at_ns)

    tx.on_commit.append(partial(done.end, at_ns))
    tx.on_rollback.append(rolled_back)


class HandlingSpans:
    """The spans of the events that one transaction handles."""

    def __init__(self, tx: Tx, group: str) -> None:
        self._group = group
        self._open: list[Span] = []
        if is_on():
            tx.on_commit.append(self._end)
            tx.on_rollback.append(self._rolled_back)

    def start(self, topic: Topic, record: ConsumerRecord, event: Event[Payload]) -> Cause:
        """Start the span of an event; returns the cause of all that follows from it."""
        envelope = event.envelope
        correlation_id = envelope.correlationid or envelope.id
        if not is_on():
            return Cause(envelope.id, correlation_id, passed_on(envelope.traceparent))
        shown = of_topic(at.PROCESS, topic.name, record.partition) | {
            at.GROUP: self._group,
            at.OFFSET: record.offset,
            at.MESSAGE_ID: envelope.id,
            at.CONVERSATION_ID: correlation_id,
            at.TENANT: str(envelope.owner),
            at.KIND: event.data.kind,
            at.RECORD: envelope.subject,
            at.SEQUENCE: envelope.sequence,
        }
        links: Sequence[str] = ()
        if envelope.replayid:
            shown[at.REPLAY] = envelope.replayid
            links = linked_in((dict(record.headers).get(LINK) or b"").decode(errors="replace"))
        handled = start_span(f"{at.PROCESS} {topic.name}", envelope.traceparent, SpanKind.CONSUMER, shown, links)
        self._open.append(handled)
        return Cause(envelope.id, correlation_id, open_span(handled))

    def failed(self, error: Exception) -> None:
        """A handler raised an error. Of several events, nobody knows yet which is at fault: handled alone, it shows.
        A lost race is nobody's."""
        if len(self._open) == 1 and not isinstance(error, RetryLater):
            fail(self._open[0], type(error).__name__)

    def _rolled_back(self) -> None:
        for each in self._open:
            each.set_attribute(at.DECISION, ROLLED_BACK)
        self._end()

    def _end(self) -> None:
        for each in self._open:
            close_span(each)
        self._open.clear()
