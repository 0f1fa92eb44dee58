"""Only declared attributes leave the process, and no text of an error does."""

import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Status, StatusCode

from tieout_kit import telemetry
from tieout_kit.telemetry import attributes as at
from tieout_kit.telemetry.export import OnlyDeclared
from tieout_local.otlp import OtlpReceiver


def exported(attributes: dict[str, str], text: str = "", event: Exception | None = None) -> dict[str, object]:
    """What of a span leaves the process. `text`: of its status; `event`: an error that it recorded."""
    sent = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(OnlyDeclared(sent)))
    span = provider.get_tracer("test").start_span("one", attributes=attributes)
    if event:
        span.record_exception(event)
    if text:
        span.set_status(Status(StatusCode.ERROR, text))
    span.end()
    (seen,) = sent.get_finished_spans()
    assert (seen.events, seen.status.description) == ((), None)
    assert seen.status.is_ok is (not text)
    return dict(seen.attributes or {})


def test_an_undeclared_attribute_does_not_leave_the_process() -> None:
    assert exported({at.TENANT: "t", "url.query": "name=Ana", "exception.message": "Ana"}) == {at.TENANT: "t"}


def test_the_text_of_an_error_does_not_leave_the_process() -> None:
    assert exported({at.TENANT: "t"}, event=LookupError("Ana")) == {at.TENANT: "t"}
    assert exported({at.TENANT: "t"}, text="Ana") == {at.TENANT: "t"}


def test_the_path_of_no_route_does_not_leave_the_process() -> None:
    routed = {at.PATH: "/tenants/1", at.ROUTE: "/tenants/{tenant_id}"}

    assert exported(routed) == routed
    assert exported({at.PATH: "/Ana"}) == {}


@pytest.fixture
def _logs_as_before() -> Iterator[None]:
    shown = structlog.get_config()
    yield
    structlog.configure(**shown)
    structlog.contextvars.clear_contextvars()
    logging.root.handlers = []
    telemetry.use(TracerProvider(ALWAYS_OFF), on=False)


@pytest.mark.usefixtures("_logs_as_before")
@pytest.mark.parametrize(("sample", "sent"), [(1.0, ["fine", "fails"]), (0.0, ["fails"])])
def test_a_service_sends_its_share_and_what_fails(sample: float, sent: list[str]) -> None:
    with OtlpReceiver() as receiver:
        provider = telemetry.set_up("bills", receiver.endpoint, "json", sample)
        with telemetry.span("fine", None):
            pass
        with suppress(LookupError), telemetry.span("fails", None, attributes={"name": "Ana"}):
            raise LookupError("Ana")
        provider.shutdown()

    assert [(span.service, span.name) for span in receiver.spans] == [("tieout-bills", name) for name in sent]
    assert receiver.spans[-1].attributes == {at.ERROR_TYPE: "LookupError"}
    assert "Ana" not in receiver.text(span.trace_id for span in receiver.spans)
