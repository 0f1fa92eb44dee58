"""A trace goes on from the received event, through its consumer, to the event that follows from it."""

import json
import logging
import weakref
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from tieout_kit import telemetry
from tieout_kit.clock import utc_now
from tieout_kit.events import Cause, ReceivedEvent
from tieout_kit.kafka import outbox
from tieout_kit.kafka.batch import Handlers
from tieout_kit.kafka.connection import KafkaConnection
from tieout_kit.kafka.consumer import Consumer
from tieout_kit.kafka.relay import Relay
from tieout_kit.postgres.database import Database, Tx
from tieout_kit.postgres.migrate import migrate
from tieout_kit.telemetry import attributes as at
from tieout_schemas.envelope import Envelope
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import CONNECTION, SETTINGS, partition_of
from tieout_testing.kafka import event_publisher, make_topics, read_topic, running, wait_until
from tieout_testing.spans import recording

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    with recording() as exporter:
        yield exporter


def ref(context: SpanContext | None) -> tuple[int, int]:
    """Which span it is, whether it is in this process or not."""
    assert context
    return context.trace_id, context.span_id


def test_an_open_span_whose_owner_is_gone_is_not_kept(spans: InMemorySpanExporter) -> None:
    """As when a connection is lost between the commit and its return to the pool: nobody ends the spans then."""
    span = telemetry.start_span("process tieout.bills.v1", None)
    telemetry.open_span(span)
    kept = weakref.ref(span)

    del span

    assert kept() is None


async def again(tx: Tx, events: Sequence[ReceivedEvent[Any]]) -> None:
    await outbox.add(tx, [outbox.event(tx, CONNECTION, e.tenant_id, e.data, e.sequence, e.cause) for e in events])


@pytest.mark.real
@pytest.mark.timeout(60)
async def test_what_follows_from_an_event_is_in_its_trace_under_its_consumer(
    kafka: Any, database: str, topic_prefix: str, spans: InMemorySpanExporter
) -> None:
    await make_topics(kafka.bootstrap, topic_prefix, [SETTINGS, CONNECTION], 2)
    db = Database(database, "bills", utc_now)
    await db.open()
    await migrate(db, ["tieout_kit"])
    loop = Consumer(db, KafkaConnection(kafka.bootstrap), topic_prefix, "bills", Handlers.by_topic({SETTINGS: again}))
    relay = Relay(db, KafkaConnection(kafka.bootstrap), topic_prefix, "bills", 2)
    tenant_id = uuid4()
    settings = TenantSettings(tenant_id=tenant_id)
    async with event_publisher(kafka.bootstrap, topic_prefix, 2) as publisher:
        traced = await publisher.publish(SETTINGS, tenant_id, settings, 1, traceparent=f"00-{TRACE}-{PARENT}-01")
        caused = await publisher.publish(
            SETTINGS, tenant_id, settings, 2, correlationid="first", traceparent="no traceparent"
        )
    async with running(loop.run(), relay.run()):
        records = await wait_until(
            lambda: read_topic(kafka.bootstrap, topic_prefix + CONNECTION.name), lambda records: len(records) == 2
        )
    await db.close()

    first, second = (Envelope.from_headers(record.headers) for record in records)
    ended = spans.get_finished_spans()
    span, root = (one for one in ended if one.name == f"process {SETTINGS.name}")
    sent, sent_next = (one for one in ended if one.name == f"send {CONNECTION.name}")
    assert span.parent
    assert trace.format_span_id(span.parent.span_id) == PARENT
    assert ref(sent.parent) == ref(span.context)
    assert first.traceparent == f"00-{TRACE}-{trace.format_span_id(sent.context.span_id)}-01"
    assert (first.causationid, first.correlationid) == (traced.id, traced.id)
    assert root.parent is None
    assert ref(sent_next.parent) == ref(root.context)
    assert (second.causationid, second.correlationid) == (caused.id, "first")
    partition = str(partition_of(tenant_id, 2))
    assert dict(span.attributes or {}) == {
        at.MESSAGING_SYSTEM: "kafka",
        at.OPERATION_NAME: "process",
        at.OPERATION_TYPE: "process",
        at.DESTINATION: SETTINGS.name,
        at.PARTITION: partition,
        at.GROUP: f"{topic_prefix}tieout-bills",
        at.OFFSET: 0,
        at.MESSAGE_ID: traced.id,
        at.CONVERSATION_ID: traced.id,
        at.TENANT: str(tenant_id),
        at.KIND: "settings",
        at.RECORD: traced.subject,
        at.SEQUENCE: 1,
    }
    assert dict(sent.attributes or {}) == {
        at.MESSAGING_SYSTEM: "kafka",
        at.OPERATION_NAME: "send",
        at.OPERATION_TYPE: "send",
        at.DESTINATION: CONNECTION.name,
        at.PARTITION: partition,
        at.MESSAGE_ID: first.id,
        at.CONVERSATION_ID: traced.id,
        at.TENANT: str(tenant_id),
        at.RECORD: first.subject,
    }


@pytest.mark.parametrize(
    "traceparent",
    [
        f"00-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-ff",
        f" 00-{TRACE}-{PARENT}-01\t",
        f"00-{TRACE}-{PARENT}-01-more",
        f"01-{TRACE}-{PARENT}-01-more",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-1",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{PARENT}-01" + " " * 500,
        "",
        "no traceparent",
    ],
)
def test_a_traceparent_is_read_as_opentelemetry_reads_it(spans: InMemorySpanExporter, traceparent: str) -> None:
    context = TraceContextTextMapPropagator().extract({"traceparent": traceparent})
    theirs = trace.get_current_span(context).get_span_context()

    telemetry.start_span("", traceparent).end()

    (span,) = spans.get_finished_spans()
    assert span.parent == (theirs if theirs.is_valid else None)


@pytest.mark.parametrize(
    ("traceparent", "passed"),
    [
        (f"00-{TRACE}-{PARENT}-01", True),
        (f"00-{TRACE}-{PARENT}-00", True),
        (f"00-{'0' * 32}-{PARENT}-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        ("no traceparent", False),
        (None, False),
    ],
)
def test_where_traces_are_off_an_event_passes_its_trace_on_without_a_span(
    traceparent: str | None, passed: bool
) -> None:
    """What follows from an event without a trace begins one, since logs and histories show its id."""
    found = telemetry.passed_on(traceparent)

    assert telemetry.is_on() is False
    assert (found == traceparent) is passed
    assert found
    assert telemetry.start_span("", found).get_span_context().is_valid


def test_a_call_for_one_record_is_under_the_records_span(spans: InMemorySpanExporter) -> None:
    record = telemetry.start_span("write bill", None)
    with telemetry.shared_span("PUT /Invoices", [telemetry.open_span(record)], SpanKind.CLIENT):
        pass
    telemetry.close_span(record)

    call, record_seen = spans.get_finished_spans()
    assert ref(call.parent) == ref(record.get_span_context())
    assert (call.links, record_seen.links) == ((), ())
    assert at.SHARED_WITH not in (call.attributes or {})


def test_a_call_for_several_records_is_linked_with_the_span_of_each(spans: InMemorySpanExporter) -> None:
    records = [telemetry.start_span("write bill", None) for _ in range(3)]
    parents = [telemetry.open_span(record) for record in records]
    with telemetry.shared_span("PUT /Invoices", parents, SpanKind.CLIENT):
        pass
    for record in records:
        telemetry.close_span(record)

    call, *seen = spans.get_finished_spans()
    assert call.parent is None
    assert [ref(link.context) for link in call.links] == [ref(record.get_span_context()) for record in records]
    assert [[link.context for link in record.links] for record in seen] == [[call.context]] * 3
    assert [(span.attributes or {})[at.SHARED_WITH] for span in (call, *seen)] == [2, 2, 2, 2]


def test_an_error_ends_a_span_as_failed_without_its_text(spans: InMemorySpanExporter) -> None:
    with pytest.raises(LookupError), telemetry.span("read", None):
        raise LookupError("Marked Ltd")

    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert dict(span.attributes or {}) == {at.ERROR_TYPE: "LookupError"}
    assert (span.events, span.status.description) == ((), None)


def test_the_address_of_a_trace_is_made_of_the_setting() -> None:
    assert telemetry.trace_url("http://j/trace/{trace_id}?a", f"00-{TRACE}-{PARENT}-01") == f"http://j/trace/{TRACE}?a"
    assert telemetry.trace_url(None, f"00-{TRACE}-{PARENT}-01") is None
    assert telemetry.trace_url("http://j/{trace_id}", None) is None
    assert telemetry.trace_url("http://j/{trace_id}", "odd") is None


def test_a_request_is_a_first_cause_in_its_own_span(spans: InMemorySpanExporter) -> None:
    with telemetry.span("PUT", None) as span:
        cause = Cause.request()

    assert cause.causation_id == cause.correlation_id
    assert cause.traceparent == telemetry.traceparent_of(span)
    assert Cause.request().traceparent is None


def test_a_log_line_says_which_trace_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    """Log lines of ours and of a library, within a span and outside of one."""
    shown = structlog.get_config()
    telemetry.set_up("bills", None, "json")
    try:
        with telemetry.span("PUT", f"00-{TRACE}-{PARENT}-01"):
            structlog.get_logger("ours").info("inside")
            logging.getLogger("theirs").warning("inside, by a library")
        structlog.get_logger("ours").info("outside")
    finally:
        structlog.configure(**shown)
        structlog.contextvars.clear_contextvars()
        logging.root.handlers = []

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("trace_id") for line in lines] == [TRACE, TRACE, None]
    assert [line["event"] for line in lines] == ["inside", "inside, by a library", "outside"]
