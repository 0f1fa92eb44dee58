"""A trace goes on from the received event, through its consumer, to the event that follows from it."""

import json
import logging
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
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
from tieout_schemas.envelope import Envelope
from tieout_schemas.settings import TenantSettings
from tieout_schemas.topics import CONNECTION, SETTINGS
from tieout_testing.kafka import event_publisher, make_topics, read_topic, running, wait_until

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "_tracer", provider.get_tracer("test"))
    return exporter


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
    span, root = spans.get_finished_spans()
    assert span.name == "bills handles tieout.settings.v1"
    assert span.parent
    assert trace.format_span_id(span.parent.span_id) == PARENT
    assert first.traceparent == f"00-{TRACE}-{trace.format_span_id(span.context.span_id)}-01"
    assert (first.causationid, first.correlationid) == (traced.id, traced.id)
    assert root.parent is None
    assert (second.causationid, second.correlationid) == (caused.id, "first")


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
