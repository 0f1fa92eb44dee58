"""One webhook with many events makes many short traces, each linked to the delivery."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from tieout_connector.inbound import read_spans
from tieout_connector.inbound.delivery_spans import delivery
from tieout_kit.events import Cause
from tieout_kit.kafka.handling_spans import ROLLED_BACK
from tieout_kit.postgres import Tx
from tieout_kit.telemetry import attributes as at
from tieout_kit.telemetry import close_span, open_span, start_span
from tieout_schemas.signals import Webhook
from tieout_testing.builders import xero_invoice
from tieout_testing.spans import recording

AT = datetime(2026, 11, 5, tzinfo=UTC)
LIST = f"00-{'a' * 32}-{'b' * 16}-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    with recording() as exporter:
        yield exporter


def event() -> Webhook:
    return Webhook(org_id=UUID(int=1), category="INVOICE", resource_id=uuid4(), event_type="UPDATE", event_at=AT)


def test_forty_events_are_forty_traces_each_linked_to_the_delivery(spans: InMemorySpanExporter) -> None:
    with delivery("/webhooks/xero", None, 40, "https") as started:
        carried = [started.of_event(event(), str(number), 0) for number in range(40)]

    *sent, own = sorted(spans.get_finished_spans(), key=lambda span: span.kind is SpanKind.SERVER)
    assert own.name == "POST /webhooks/xero"
    assert own.attributes == {
        at.METHOD: "POST",
        at.ROUTE: "/webhooks/xero",
        at.PATH: "/webhooks/xero",
        at.SCHEME: "https",
        at.STATUS_CODE: 200,
    }
    assert {span.name for span in sent} == {"send xero.webhook.v1"}
    assert {span.parent for span in sent} == {None}
    traces = {span.context.trace_id for span in sent}
    assert len(traces) == 40
    assert {int((each or "").split("-")[1], 16) for each in carried} == traces
    assert {link.context.span_id for span in sent for link in span.links} == {own.context.span_id}
    assert {link.context.trace_id for link in own.links} == traces


def test_one_event_is_in_the_trace_of_its_delivery(spans: InMemorySpanExporter) -> None:
    with delivery("/webhooks/xero", LIST, 1) as started:
        started.of_event(event(), "1", 0)

    sent, own = spans.get_finished_spans()
    assert {span.context.trace_id for span in (sent, own)} == {int("a" * 32, 16)}
    assert sent.parent
    assert sent.parent.span_id == own.context.span_id
    assert (sent.links, own.links) == ((), ())


def test_a_delivery_that_kafka_does_not_take_is_a_failed_one(spans: InMemorySpanExporter) -> None:
    def deliver() -> None:
        with delivery("/webhooks/xero", None, 1) as started:
            started.of_event(event(), "1", 0)
            raise ConnectionError("no broker")

    with pytest.raises(ConnectionError):
        deliver()

    sent, own = spans.get_finished_spans()
    assert {span.status.status_code for span in (sent, own)} == {StatusCode.ERROR}
    assert (own.attributes or {})[at.STATUS_CODE] == 503


def test_where_traces_are_off_all_events_are_in_one_trace() -> None:
    with delivery("/webhooks/xero", LIST, 3) as started:
        assert len({started.of_event(event(), str(number), 0) for number in range(3)}) == 1


def test_a_changed_record_of_a_list_begins_a_trace_linked_to_the_list(spans: InMemorySpanExporter) -> None:
    seen = xero_invoice(uuid4(), uuid4())
    tx = Tx(None, "connector", AT)

    cause = read_spans.cause_of(tx, Cause("t", "t", LIST, shared=True), UUID(int=1), seen, AT)
    for call in tx.on_commit:
        call()

    (read,) = spans.get_finished_spans()
    assert (read.name, read.parent) == ("read xero_invoice", None)
    assert [f"{link.context.span_id:016x}" for link in read.links] == ["b" * 16]
    assert read.start_time == AT.timestamp() * 1e9
    assert (read.attributes or {})[at.RECORD] == seen.key_id
    assert (cause.traceparent or "").split("-")[2] == f"{read.context.span_id:016x}"
    assert not cause.shared


def test_a_read_that_is_rolled_back_says_so(spans: InMemorySpanExporter) -> None:
    tx = Tx(None, "connector", AT)
    read_spans.cause_of(tx, Cause("t", "t", LIST, shared=True), UUID(int=1), xero_invoice(uuid4(), uuid4()), AT)

    for call in tx.on_rollback:
        call()

    (read,) = spans.get_finished_spans()
    assert (read.attributes or {})[at.DECISION] == ROLLED_BACK


def test_a_record_that_was_read_alone_goes_on_in_its_own_trace(spans: InMemorySpanExporter) -> None:
    own = start_span("read xero_invoice", None)
    cause, tx = Cause("t", "t", open_span(own)), Tx(None, "connector", AT)

    assert read_spans.cause_of(tx, cause, UUID(int=1), xero_invoice(uuid4(), uuid4()), AT) == cause
    close_span(own)

    (read,) = spans.get_finished_spans()
    assert (read.attributes or {})[at.DECISION] == read_spans.CHANGED
