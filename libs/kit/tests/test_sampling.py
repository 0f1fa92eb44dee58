"""A share of the traces is sent, the same in all services, and every trace in which something fails."""

from collections.abc import Sequence

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, Status, StatusCode, TraceFlags

from tieout_kit.telemetry.export import OnlyDeclared
from tieout_kit.telemetry.sampling import ByTraceId, FailedTraces, KeepFailed

LOW, HIGH = 1 << 60, (1 << 64) - 1
"""Trace ids: a share of a half has the first and not the second."""


class _Ids(IdGenerator):
    def __init__(self, trace_id: int) -> None:
        self._trace_id, self._span_id = trace_id, 0

    def generate_trace_id(self) -> int:
        return self._trace_id

    def generate_span_id(self) -> int:
        self._span_id += 1
        return self._span_id


class Process:
    """A service, with what it has sent."""

    def __init__(self, share: float, trace_id: int = HIGH, most: int = 100) -> None:
        failed = FailedTraces(most=2)
        self.sent = InMemorySpanExporter()
        provider = TracerProvider(ByTraceId(share, failed), id_generator=_Ids(trace_id))
        provider.add_span_processor(KeepFailed(SimpleSpanProcessor(OnlyDeclared(self.sent)), failed, most))
        self._tracer = provider.get_tracer("test")

    def start(self, name: str, parent: SpanContext | None = None) -> Span:
        context = trace.set_span_in_context(NonRecordingSpan(parent)) if parent else None
        return self._tracer.start_span(name, context)

    def do(self, name: str, parent: SpanContext | None = None, *, fails: bool = False) -> SpanContext:
        span = self.start(name, parent)
        if fails:
            span.set_status(Status(StatusCode.ERROR))
        span.end()
        return span.get_span_context()

    @property
    def names(self) -> Sequence[str]:
        return [span.name for span in self.sent.get_finished_spans()]


def parent_of(trace_id: int, *, sampled: bool) -> SpanContext:
    return SpanContext(trace_id, 77, is_remote=True, trace_flags=TraceFlags(sampled))


@pytest.mark.parametrize(("trace_id", "sent"), [(LOW, True), (HIGH, False)])
@pytest.mark.parametrize("remote", [True, False])
def test_the_trace_id_decides_so_that_all_services_agree(trace_id: int, sent: bool, remote: bool) -> None:
    process = Process(0.5, trace_id)

    context = process.do("one", parent_of(trace_id, sampled=False) if remote else None)

    assert (process.names == ["one"]) is sent
    assert context.trace_flags.sampled is sent


def test_what_follows_from_a_sampled_parent_is_sent_whatever_the_share_is_here() -> None:
    process = Process(0.0)

    process.do("one", parent_of(HIGH, sampled=True))

    assert process.names == ["one"]


@pytest.mark.parametrize(("share", "sent"), [(1.0, ["one"]), (0.0, [])])
def test_a_share_of_one_sends_all_and_of_zero_none(share: float, sent: list[str]) -> None:
    process = Process(share)

    process.do("one")

    assert process.names == sent


def test_a_trace_that_fails_is_sent_with_what_came_before_and_after_here() -> None:
    process = Process(0.0)
    before = process.do("before", parent_of(HIGH, sampled=False))
    process.do("another", parent_of(LOW, sampled=False))

    process.do("fails", before, fails=True)
    after = process.do("after", before)

    assert process.names == ["before", "fails", "after"]
    # So that the services that handle what follows send theirs, too.
    assert after.trace_flags.sampled
    assert all(_sampled(span) for span in process.sent.get_finished_spans())


def test_a_span_that_is_open_while_another_of_its_trace_fails_is_sent() -> None:
    process = Process(0.0)
    request = process.start("request")

    process.do("fails", request.get_span_context(), fails=True)
    request.end()

    assert process.names == ["fails", "request"]


def test_only_so_many_spans_are_kept_the_oldest_trace_is_dropped_first() -> None:
    process = Process(0.0, most=2)
    oldest = process.do("oldest", parent_of(1 << 62, sampled=False))
    older = process.do("older", parent_of(1 << 61, sampled=False))
    process.do("newest", parent_of(LOW, sampled=False))

    process.do("fails", oldest, fails=True)
    process.do("fails too", older, fails=True)

    assert process.names == ["fails", "older", "fails too"]


def test_only_so_many_failures_are_remembered() -> None:
    failed = FailedTraces(most=2)
    for trace_id in (1, 2, 1, 3):
        failed.add(trace_id)

    assert [trace_id in failed for trace_id in (1, 2, 3)] == [True, False, True]


def _sampled(span: ReadableSpan) -> bool:
    return span.context is not None and span.context.trace_flags.sampled
