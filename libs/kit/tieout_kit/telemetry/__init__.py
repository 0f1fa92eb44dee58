"""Traces (OpenTelemetry), and logs (structlog) that carry the trace id. docs/tracing.md shows how to read them."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from tieout_kit.telemetry import attributes, logs
from tieout_kit.telemetry.export import OnlyDeclared
from tieout_kit.telemetry.sampling import ByTraceId, FailedTraces, KeepFailed
from tieout_kit.telemetry.spans import (
    add_to,
    add_to_current,
    close_span,
    current_traceparent,
    fail,
    is_on,
    open_span,
    passed_on,
    shared_span,
    span,
    start_span,
    trace_id_in,
    trace_url,
    traceparent_of,
    use,
)

__all__ = [
    "add_to",
    "add_to_current",
    "attributes",
    "close_span",
    "current_traceparent",
    "fail",
    "is_on",
    "open_span",
    "passed_on",
    "set_up",
    "shared_span",
    "span",
    "start_span",
    "trace_id_in",
    "trace_url",
    "traceparent_of",
    "use",
]

_MOST_LINKS = 1_000
"""A call to Xero carries up to a hundred records, and a webhook may name more. OpenTelemetry's default is 128."""
_QUEUE = 20_000
"""Spans that wait to be sent. Beyond that they are dropped: events never wait for a collector."""


def set_up(service: str, otlp_endpoint: str | None, log_format: str, sample: float = 1.0) -> TracerProvider:
    """Set up traces and logs, once per process. Shut the provider down at the end, or the last spans are lost.

    `sample`: the share of the traces that is sent; those in which something fails are sent in any case.
    """
    resource, limits = Resource.create({"service.name": f"tieout-{service}"}), SpanLimits(max_links=_MOST_LINKS)
    if otlp_endpoint:
        failed = FailedTraces()
        provider = TracerProvider(ByTraceId(sample, failed), resource, span_limits=limits)
        # Seconds, retries included: a process that ends waits twice for an unavailable collector.
        exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces", timeout=2)
        sending = BatchSpanProcessor(OnlyDeclared(exporter), max_queue_size=_QUEUE, schedule_delay_millis=500)
        provider.add_span_processor(KeepFailed(sending, failed))
    else:
        # Spans that are sent nowhere have ids for logs and events, but record nothing: that takes a third of the time.
        provider = TracerProvider(ALWAYS_OFF, resource)
    trace.set_tracer_provider(provider)
    use(provider, on=otlp_endpoint is not None)
    logs.set_up(service, log_format)
    return provider
