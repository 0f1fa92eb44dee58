"""Which spans are sent: a share of the traces, and every trace in which something failed."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode, TraceFlags, TraceState
from opentelemetry.util.types import Attributes

KEPT_SPANS = 5_000
"""Spans of unsampled traces that are kept in memory in case their trace fails: some seconds of a busy service."""
FAILED_TRACES = 10_000
"""Traces of which the failure is remembered, so that what follows it is sent, too."""


class FailedTraces:
    """The traces in which something failed in this process lately."""

    def __init__(self, most: int = FAILED_TRACES) -> None:
        self._most = most
        self._ids: OrderedDict[int, None] = OrderedDict()

    def add(self, trace_id: int) -> None:
        """Remember a trace; the one that failed longest ago is forgotten."""
        self._ids[trace_id] = None
        self._ids.move_to_end(trace_id)
        if len(self._ids) > self._most:
            self._ids.popitem(last=False)

    def __contains__(self, trace_id: int) -> bool:
        return trace_id in self._ids


class ByTraceId(Sampler):
    """Samples a share of the traces. All services decide alike: the trace id decides, or a parent that was sampled.

    The spans of other traces are recorded too, since nobody knows yet whether they will fail.
    """

    def __init__(self, share: float, failed: FailedTraces) -> None:
        self._bound = TraceIdRatioBased.get_bound_for_rate(share)
        self._failed = failed

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        """A span of a failed trace is sampled, so that the services that handle what follows send theirs, too."""
        parent = trace.get_current_span(parent_context).get_span_context()
        in_share = trace_id & TraceIdRatioBased.TRACE_ID_LIMIT < self._bound
        sampled = in_share or (parent.is_valid and parent.trace_flags.sampled) or trace_id in self._failed
        return SamplingResult(Decision.RECORD_AND_SAMPLE if sampled else Decision.RECORD_ONLY, attributes)

    def get_description(self) -> str:
        """As OpenTelemetry asks."""
        return "a share of the traces by their id, and all that fail"


class KeepFailed(SpanProcessor):
    """Passes on sampled spans. Keeps the others for a while, and passes on those of a trace once a span of it fails."""

    def __init__(self, then: SpanProcessor, failed: FailedTraces, most: int = KEPT_SPANS) -> None:
        self._then = then
        self._failed = failed
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[int, list[ReadableSpan]] = OrderedDict()
        """By trace id, the one that began first in front."""
        self._count = 0

    def on_end(self, span: ReadableSpan) -> None:
        """Pass the span on, or keep it."""
        own = span.context
        if own is None:
            return
        has_failed = span.status.status_code is StatusCode.ERROR
        if has_failed:
            self._failed.add(own.trace_id)
        if own.trace_flags.sampled:
            self._then.on_end(span)
            # Spans of the trace that ended before it failed here.
            ready = self._taken(own.trace_id) if has_failed else []
        elif has_failed or own.trace_id in self._failed:
            ready = [*self._taken(own.trace_id), span]
        else:
            self._keep(own.trace_id, span)
            return
        for each in ready:
            self._then.on_end(_sampled(each))

    def _keep(self, trace_id: int, span: ReadableSpan) -> None:
        with self._lock:
            self._kept.setdefault(trace_id, []).append(span)
            self._count += 1
            while self._count > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._count -= len(dropped)

    def _taken(self, trace_id: int) -> list[ReadableSpan]:
        with self._lock:
            taken = self._kept.pop(trace_id, [])
            self._count -= len(taken)
            return taken

    def shutdown(self) -> None:
        """Send what was passed on."""
        self._then.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what was passed on."""
        return self._then.force_flush(timeout_millis)


def _sampled(span: ReadableSpan) -> ReadableSpan:
    """The same span, marked as sampled: exporters drop all others."""
    own = span.context
    assert own
    context = SpanContext(own.trace_id, own.span_id, own.is_remote, TraceFlags(own.trace_flags | 1), own.trace_state)
    return copy_of(span, context=context)


def copy_of(span: ReadableSpan, context: SpanContext | None = None, attributes: Attributes = None) -> ReadableSpan:
    """A copy without events and without the description of its status, whose texts may quote a record."""
    return ReadableSpan(
        name=span.name,
        context=context or span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes if attributes is None else attributes,
        links=span.links,
        kind=span.kind,
        status=trace.Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
