"""Only declared attributes leave the process, and no text of an error does."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode

from tieout_kit.telemetry import attributes as at
from tieout_kit.telemetry.export import OnlyDeclared


def exported(attributes: dict[str, str], error: Exception | None = None) -> dict[str, object]:
    """What of a span leaves the process."""
    sent = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(OnlyDeclared(sent)))
    span = provider.get_tracer("test").start_span("one", attributes=attributes)
    if error:
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, str(error)))
    span.end()
    (seen,) = sent.get_finished_spans()
    assert (seen.events, seen.status.description) == ((), None)
    assert seen.status.is_ok is (error is None)
    return dict(seen.attributes or {})


def test_an_undeclared_attribute_does_not_leave_the_process() -> None:
    assert exported({at.TENANT: "t", "url.query": "name=Ana", "exception.message": "Ana"}) == {at.TENANT: "t"}


def test_the_text_of_an_error_does_not_leave_the_process() -> None:
    assert exported({at.TENANT: "t"}, LookupError("Ana")) == {at.TENANT: "t"}


def test_the_path_of_no_route_does_not_leave_the_process() -> None:
    routed = {at.PATH: "/tenants/1", at.ROUTE: "/tenants/{tenant_id}"}

    assert exported(routed) == routed
    assert exported({at.PATH: "/Ana"}) == {}
