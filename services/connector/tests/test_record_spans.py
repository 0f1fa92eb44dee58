"""Each record that is written or read has a span of its own, in its own trace, whoever shares its call."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tieout_connector.gateway.record_spans import PUT_OFF, reading, reading_many, writing
from tieout_connector.inbound import DueRead
from tieout_connector.outbound import QueuedIntent
from tieout_connector.xero.errors import OutcomeUnknown, RetryAfter, XeroError
from tieout_kit.events import Cause
from tieout_kit.telemetry import add_to
from tieout_kit.telemetry import attributes as at
from tieout_schemas.signals import XeroKind
from tieout_testing.connector.intents import contact_intent
from tieout_testing.spans import recording

TENANT = UUID(int=1)
CAUSES = [Cause(str(n), "first", f"00-{n:032x}-{n:016x}-01") for n in (1, 2)]


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    with recording() as exporter:
        yield exporter


def queued(cause: Cause, effect: str = "vendor") -> QueuedIntent:
    return QueuedIntent(contact_intent("Marked Ltd").replace(effect=effect), 50, None, False, False, cause)


def test_what_follows_from_a_write_is_under_the_span_of_its_record(spans: InMemorySpanExporter) -> None:
    with writing(TENANT, [queued(cause) for cause in CAUSES]) as traced:
        add_to(traced[1].cause.traceparent, {at.DECISION: "done"})

    first, second = spans.get_finished_spans()
    assert [span.context.trace_id for span in (first, second)] == [1, 2]
    assert [span.parent.span_id for span in (first, second) if span.parent] == [1, 2]
    for one, span in zip(traced, (first, second), strict=True):
        assert (one.cause.traceparent or "").split("-")[2] == f"{span.context.span_id:016x}"
        assert (one.cause.correlation_id, span.name) == ("first", "write vendor")
    assert second.attributes == {
        at.TENANT: str(TENANT),
        at.KIND: "vendor",
        at.RECORD: str(traced[1].intent.record.id),
        at.DECISION: "done",
    }


def test_the_name_of_a_file_is_not_in_the_span_of_an_attachment(spans: InMemorySpanExporter) -> None:
    with writing(TENANT, [queued(CAUSES[0], "attachment:Marked.pdf")]):
        pass

    (span,) = spans.get_finished_spans()
    assert (span.attributes or {})[at.EFFECT] == "attachment"
    assert "Marked" not in span.to_json()


@pytest.mark.parametrize(
    ("error", "failed", "decision"),
    [
        (RetryAfter("too many calls", timedelta(seconds=1)), None, PUT_OFF),
        (OutcomeUnknown("Xero answered 500", answered=True), "OutcomeUnknown", None),
    ],
)
def test_a_record_that_is_put_off_has_not_failed(
    spans: InMemorySpanExporter, error: XeroError, failed: str | None, decision: str | None
) -> None:
    with pytest.raises(type(error)), reading(TENANT, [DueRead(XeroKind.INVOICE, uuid4(), 1, CAUSES[0])]):
        raise error

    (span,) = spans.get_finished_spans()
    assert span.name == f"read {XeroKind.INVOICE}"
    assert ((span.attributes or {}).get(at.ERROR_TYPE), (span.attributes or {}).get(at.DECISION)) == (failed, decision)
    assert span.status.is_ok is (failed is None)


@pytest.mark.parametrize(
    ("error", "failed", "decision"),
    [
        (RetryAfter("no call is left today", timedelta(hours=1)), None, PUT_OFF),
        (OutcomeUnknown("Xero answered 500", answered=True), "OutcomeUnknown", None),
    ],
)
def test_a_list_that_is_put_off_has_not_failed(
    spans: InMemorySpanExporter, error: XeroError, failed: str | None, decision: str | None
) -> None:
    with pytest.raises(type(error)), reading_many("read list contacts", TENANT):
        raise error

    (span,) = spans.get_finished_spans()
    said = span.attributes or {}
    assert (span.name, said[at.TENANT]) == ("read list contacts", str(TENANT))
    assert (said.get(at.ERROR_TYPE), said.get(at.DECISION)) == (failed, decision)
    assert span.status.is_ok is (failed is None)


def test_where_traces_are_off_nothing_is_changed() -> None:
    asked = [queued(cause) for cause in CAUSES]
    with writing(TENANT, asked) as traced:
        assert traced is asked
