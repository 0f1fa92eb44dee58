"""Spans: how one begins under a stored `traceparent`, is linked to others, and says how it ended.

Where spans are sent nowhere, only those of requests and first causes are made, since logs and events carry their trace
ids. All others cost nothing then.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakValueDictionary

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TracerProvider,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from tieout_kit.telemetry.attributes import ERROR_TYPE, SHARED_WITH
from tieout_schemas.envelope import PREFIX

Attributes = Mapping[str, AttributeValue]

_w3c = TraceContextTextMapPropagator()
_TRACEPARENT = re.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
"""A traceparent of version 00, the only one."""
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16


class _Tracing:
    """Where this process's spans go."""

    def __init__(self) -> None:
        self.tracer = trace.get_tracer("tieout")
        self.on = False
        self.open: WeakValueDictionary[str, Span] = WeakValueDictionary()
        """The spans of records that are being worked on, by their `traceparent`. Their owners keep them."""


_tracing = _Tracing()


def use(provider: TracerProvider, *, on: bool) -> None:
    """Make spans with this provider. `on`: spans are sent somewhere."""
    _tracing.tracer = provider.get_tracer("tieout")
    _tracing.on = on
    _tracing.open.clear()


def is_on() -> bool:
    """Whether spans are sent anywhere."""
    return _tracing.on


def traceparent_of(span: Span) -> str | None:
    """The W3C `traceparent` for children of this span."""
    own = span.get_span_context()
    return f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}" if own.is_valid else None


def trace_id_in(headers: Iterable[tuple[str, bytes | None]]) -> str | None:
    """The trace id of an event, as in log lines; the headers may hold anything."""
    parts = (dict(headers).get(f"{PREFIX}traceparent") or b"").split(b"-")
    return parts[1].decode(errors="replace") if len(parts) == 4 else None


def trace_url(template: str | None, traceparent: str | None) -> str | None:
    """The address of a trace in the viewer (TIEOUT_TRACE_URL), if both are known."""
    parent = _span_context(traceparent)
    if not template or not parent.is_valid:
        return None
    return template.replace("{trace_id}", trace.format_trace_id(parent.trace_id))


def current_traceparent() -> str | None:
    """The `traceparent` of the current span."""
    return traceparent_of(trace.get_current_span())


def passed_on(traceparent: str | None) -> str | None:
    """Where spans are sent nowhere: the `traceparent` of what follows from an event with this one."""
    matched = _TRACEPARENT.fullmatch(traceparent or "")
    if matched and matched[1] != _NO_TRACE and matched[2] != _NO_SPAN:
        return traceparent
    return traceparent_of(start_span("", traceparent))


def start_span(
    name: str,
    parent: str | None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes | None = None,
    links: Sequence[str | None] = (),
    *,
    start_time: int | None = None,
) -> Span:
    """A span under a stored `traceparent`, linked to others; the caller ends it. `start_time`: in ns since 1970."""
    linked = [Link(other) for each in links if (other := _span_context(each)).is_valid] if links else None
    return _tracing.tracer.start_span(name, _context_of(parent), kind, attributes, linked, start_time)


@contextmanager
def span(
    name: str,
    parent: str | None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Attributes | None = None,
    links: Sequence[str | None] = (),
) -> Iterator[Span]:
    """A span under a stored `traceparent`, current while inside. An error ends it as failed, without its text."""
    started = start_span(name, parent, kind, attributes, links)
    with trace.use_span(started, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield started
        except Exception as error:
            fail(started, type(error).__name__)
            raise


def fail(failed: Span, error_type: str) -> None:
    """Mark a span as failed. The type of the error is all that is said of it: its text may quote a record."""
    failed.set_attribute(ERROR_TYPE, error_type)
    failed.set_status(Status(StatusCode.ERROR))


@contextmanager
def shared_span(
    name: str, parents: Sequence[str | None], kind: SpanKind, attributes: Attributes | None = None
) -> Iterator[Span]:
    """A span of work that is done for several records together.

    For one record it is a child of the record's span. For several it begins a trace of its own, and it and the records'
    spans are linked both ways, since a span has one parent only.
    """
    alone = len(parents) < 2
    more = {**(attributes or {}), **({} if alone else {SHARED_WITH: len(parents) - 1})}
    with span(name, next(iter(parents), None) if alone else None, kind, more, () if alone else parents) as shared:
        for each in () if alone else parents:
            if record := _tracing.open.get(each or ""):
                record.add_link(shared.get_span_context())
                record.set_attribute(SHARED_WITH, len(parents) - 1)
        yield shared


def open_span(opened: Span) -> str | None:
    """Let others add to a span by its `traceparent`, until `close_span`. Returns the `traceparent`."""
    traceparent = traceparent_of(opened)
    _tracing.open[traceparent or ""] = opened
    return traceparent


def close_span(opened: Span) -> None:
    """End a span of `open_span`."""
    _tracing.open.pop(traceparent_of(opened) or "", None)
    opened.end()


def add_to(traceparent: str | None, attributes: Attributes, error_type: str | None = None) -> None:
    """Add to the open span with this `traceparent`, if there is one."""
    if found := _tracing.open.get(traceparent or ""):
        found.set_attributes(dict(attributes))
        if error_type:
            fail(found, error_type)


def add_to_current(attributes: Attributes) -> None:
    """Add to the current span, such as that of a request."""
    if _tracing.on:
        trace.get_current_span().set_attributes(dict(attributes))


def _context_of(traceparent: str | None) -> Context:
    parent = _span_context(traceparent)
    if not parent.is_valid:
        return Context()
    return trace.set_span_in_context(NonRecordingSpan(parent), Context())


def _span_context(traceparent: str | None) -> SpanContext:
    if not traceparent:
        return trace.INVALID_SPAN_CONTEXT
    matched = _TRACEPARENT.fullmatch(traceparent)
    if matched is None:
        context: Any = _w3c.extract({"traceparent": traceparent})
        return trace.get_current_span(context).get_span_context()
    # Every event has one, and the propagator takes four times as long as this.
    trace_id, span_id, flags = (int(part, 16) for part in matched.groups())
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
