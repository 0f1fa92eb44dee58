"""Traces (OpenTelemetry), and logs (structlog) that carry the trace id."""

import io
import logging
import re
import sys
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

from tieout_schemas.envelope import PREFIX

_tracer = trace.get_tracer("tieout")
_w3c = TraceContextTextMapPropagator()
_TRACEPARENT = re.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
"""A traceparent of version 00, the only one."""


def traceparent_of(span: Span) -> str | None:
    """The W3C `traceparent` for children of this span."""
    own = span.get_span_context()
    return f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}" if own.is_valid else None


def trace_id_in(headers: Iterable[tuple[str, bytes | None]]) -> str | None:
    """The trace id of an event, as in log lines; the headers may hold anything."""
    parts = (dict(headers).get(f"{PREFIX}traceparent") or b"").split(b"-")
    return parts[1].decode(errors="replace") if len(parts) == 4 else None


def current_traceparent() -> str | None:
    """The `traceparent` of the current span."""
    return traceparent_of(trace.get_current_span())


def _context_of(traceparent: str | None) -> Context:
    matched = _TRACEPARENT.fullmatch(traceparent or "")
    if matched is None:
        return _w3c.extract({"traceparent": traceparent} if traceparent else {})
    # Every event has one, and the propagator takes four times as long as this.
    trace_id, span_id, flags = (int(part, 16) for part in matched.groups())
    parent = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return trace.set_span_in_context(NonRecordingSpan(parent), Context())


def start_span(
    name: str, parent: str | None, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes = None
) -> Span:
    """A span under a stored `traceparent`; the caller ends it."""
    return _tracer.start_span(name, _context_of(parent), kind, attributes)


@contextmanager
def span(
    name: str, parent: str | None, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes = None
) -> Iterator[Span]:
    """A span under a stored `traceparent`, current while inside."""
    with trace.use_span(start_span(name, parent, kind, attributes), end_on_exit=True) as started:
        yield started


def set_up(service: str, otlp_endpoint: str | None, log_format: str) -> TracerProvider:
    """Set up traces and logs, once per process. Shut the provider down at the end, or the last spans are lost."""
    # Spans that are sent nowhere have ids for logs and events, but record nothing: that takes a third of the time.
    sampler = None if otlp_endpoint else ALWAYS_OFF
    provider = TracerProvider(sampler, Resource.create({"service.name": f"tieout-{service}"}))
    if otlp_endpoint:
        # Seconds, retries included: a process that ends waits twice for an unavailable collector.
        exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces", timeout=2)
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=500))
    trace.set_tracer_provider(provider)
    _set_up_logs(service, log_format)
    return provider


def _trace_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
    return event


def _set_up_logs(service: str, log_format: str) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trace_id,
    ]
    last: list[Any] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if log_format == "text":
        last = [
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(),
                # If rich is installed, the default prints the locals of every frame: pages of text, and tenants' data.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    structlog.configure(processors=[*shared, *last], cache_logger_on_first_use=True)
    structlog.contextvars.bind_contextvars(service=service)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    if isinstance(sys.stdout, io.TextIOWrapper):
        # An error may quote bytes that are not text. A log line that cannot be encoded must not raise.
        sys.stdout.reconfigure(errors="backslashreplace")
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
