"""What an event carries of its trace: through the outbox, the relay, a batch and a replay."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from tieout_kit import telemetry
from tieout_kit.events import Cause
from tieout_kit.kafka import outbox
from tieout_kit.kafka.dead_letters import REASON
from tieout_kit.kafka.outbox import LINK, TRACEPARENT, Headers
from tieout_kit.kafka.parking import linked
from tieout_kit.kafka.publishing_spans import PublishingSpans
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import attributes as at
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import SETTINGS
from tieout_testing.spans import recording

TENANT = UUID(int=7)
BATCH = f"00-{'a' * 32}-{'b' * 16}-01"
FORMER = f"00-{'c' * 32}-{'d' * 16}-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    with recording() as exporter:
        yield exporter


def headers_of(cause: Cause) -> dict[str, str]:
    """The headers of an event in the outbox."""
    tx = Tx(None, "bills", datetime(2026, 11, 5, tzinfo=UTC))
    message = outbox.event(tx, SETTINGS, TENANT, TenantSettings(tenant_id=TENANT), 1, cause)
    return {name: (value or b"").decode() for name, value in message.headers}


def relayed(spans: InMemorySpanExporter, headers: Headers, error: Exception | None = None) -> ReadableSpan:
    """The span of an event that the relay sends; the event carries that span on."""
    publishing = PublishingSpans()
    sent = dict(publishing.start(SETTINGS.name, 3, headers))
    publishing.end(error)
    (span,) = spans.get_finished_spans()
    if REASON not in dict(headers):
        assert (LINK in sent) is ("ce_replayid" in sent)
        assert (sent[TRACEPARENT] or b"").decode().split("-")[2] == f"{span.context.span_id:016x}"
    return span


def test_an_event_of_one_record_is_under_its_cause(spans: InMemorySpanExporter) -> None:
    headers = headers_of(Cause("c", "first", BATCH))

    span = relayed(spans, [(name, value.encode()) for name, value in headers.items()])

    assert (headers[TRACEPARENT], LINK in headers) == (BATCH, False)
    assert span.parent
    assert (f"{span.parent.span_id:016x}", span.links) == ("b" * 16, ())


def test_an_event_of_one_of_many_records_begins_a_trace_linked_to_the_shared_cause(spans: InMemorySpanExporter) -> None:
    headers = headers_of(Cause("c", "first", BATCH, shared=True))

    span = relayed(spans, [(name, value.encode()) for name, value in headers.items()])

    assert (TRACEPARENT in headers, headers[LINK]) == (False, BATCH)
    assert span.parent is None
    assert [f"{link.context.span_id:016x}" for link in span.links] == ["b" * 16]


def test_where_traces_are_off_the_shared_cause_is_the_trace() -> None:
    headers = headers_of(Cause("c", "first", BATCH, shared=True))

    assert (headers[TRACEPARENT], LINK in headers) == (BATCH, False)


def test_a_dead_letter_stays_as_it_came(spans: InMemorySpanExporter) -> None:
    letter: Headers = [(TRACEPARENT, FORMER.encode()), ("odd", b"\xff"), ("none", None), (REASON, b"because")]

    assert list(PublishingSpans().start("tieout.dead-letter.bills.v1", 0, letter)) == list(letter)
    assert relayed(spans, letter).parent


def test_a_failed_publish_is_a_failed_span(spans: InMemorySpanExporter) -> None:
    span = relayed(spans, [(TRACEPARENT, FORMER.encode())], OSError("of Marked Ltd"))

    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})[at.ERROR_TYPE] == "OSError"
    assert span.status.description is None


def test_a_returned_dead_letter_begins_a_trace_linked_to_its_former_one_and_the_request(
    spans: InMemorySpanExporter,
) -> None:
    older = f"00-{'e' * 32}-{'f' * 16}-01".encode()
    replay_id = str(uuid4()).encode()
    headers = linked([("ce_id", b"1"), (TRACEPARENT, FORMER.encode()), (LINK, older)], BATCH)

    span = relayed(spans, [*headers, ("ce_replayid", replay_id)])

    assert list(headers) == [("ce_id", b"1"), (LINK, f"{FORMER},{BATCH}".encode())]
    assert span.parent is None
    assert [f"{link.context.span_id:016x}" for link in span.links] == ["d" * 16, "b" * 16]
    assert (span.attributes or {})[at.REPLAY] == replay_id.decode()


def test_a_returned_dead_letter_without_a_trace_is_returned_as_it_came() -> None:
    assert list(linked([("ce_id", b"1"), ("none", None)], None)) == [("ce_id", b"1"), ("none", None)]


def test_a_cause_of_many_records_under_the_span_of_one_is_that_ones_alone() -> None:
    cause = Cause("c", "first", BATCH, shared=True).under(FORMER)

    assert cause == Cause("c", "first", FORMER)
    assert telemetry.is_on() is False
