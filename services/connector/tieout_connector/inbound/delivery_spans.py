"""The spans of a webhook that Xero delivers: its own, and one for each event. An event alone is in the trace of its
delivery. Several events have a trace each, linked to the delivery, so that the way of each record stays readable."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import Span, SpanKind

from tieout_kit.kafka.publishing_spans import of_topic
from tieout_kit.telemetry import attributes as at
from tieout_kit.telemetry import fail, is_on, passed_on, start_span, traceparent_of
from tieout_schemas.signals import Webhook
from tieout_schemas.topics import WEBHOOK


class DeliverySpans:
    """The spans of one delivery."""

    def __init__(self, own: Span | None, traceparent: str | None, events: int) -> None:
        self._own = own
        self._traceparent = traceparent
        self._alone = events == 1
        self.open: list[Span] = [own] if own else []

    def of_event(self, event: Webhook, event_id: str, partition: int) -> str | None:
        """Start the span of an event; returns what the event carries on."""
        if self._own is None:
            return self._traceparent
        shown = of_topic(at.SEND, WEBHOOK.name, partition) | {
            at.MESSAGE_ID: event_id,
            at.RECORD: str(event.resource_id),
        }
        parent, links = (self._traceparent, ()) if self._alone else (None, [self._traceparent])
        sent = start_span(f"{at.SEND} {WEBHOOK.name}", parent, SpanKind.PRODUCER, shown, links)
        if not self._alone:
            self._own.add_link(sent.get_span_context())
        self.open.append(sent)
        return traceparent_of(sent)


@contextmanager
def delivery(path: str, parent: str | None, events: int, scheme: str = "http") -> Iterator[DeliverySpans]:
    """The spans of a verified delivery, until Kafka has its events. There are none while spans are sent nowhere."""
    if not is_on():
        yield DeliverySpans(None, passed_on(parent), events)
        return
    shown = {at.METHOD: "POST", at.ROUTE: path, at.PATH: path, at.SCHEME: scheme}
    own = start_span(f"POST {path}", parent, SpanKind.SERVER, shown)
    spans = DeliverySpans(own, traceparent_of(own), events)
    status = 200
    try:
        yield spans
    except BaseException as error:
        status = 503
        for each in spans.open:
            fail(each, type(error).__name__)
        raise
    finally:
        own.set_attribute(at.STATUS_CODE, status)
        for each in reversed(spans.open):
            each.end()
