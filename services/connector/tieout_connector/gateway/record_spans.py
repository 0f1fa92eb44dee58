"""A span for each record that is written to Xero or read from it, in the record's own trace, even where fifty records
share a call. The span of a call is under the record's, or linked to those of all its records (caller.py)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from opentelemetry.trace import Span

from tieout_connector.inbound import DueRead
from tieout_connector.outbound import QueuedIntent
from tieout_connector.xero.errors import RetryAfter
from tieout_kit.telemetry import attributes as at
from tieout_kit.telemetry import close_span, fail, is_on, open_span, span, start_span

PUT_OFF = "put off"


@contextmanager
def writing(tenant_id: UUID, queued: Sequence[QueuedIntent]) -> Iterator[Sequence[QueuedIntent]]:
    """Spans of intents. What follows from their answers is under these spans."""
    if not is_on():
        yield queued
        return
    with _open([_write(tenant_id, q) for q in queued]) as parents:
        yield [replace(q, cause=q.cause.under(parent)) for q, parent in zip(queued, parents, strict=True)]


@contextmanager
def reading(tenant_id: UUID, due: Sequence[DueRead]) -> Iterator[Sequence[DueRead]]:
    """Spans of records to be read. What follows from the answer is under these spans."""
    if not is_on():
        yield due
        return
    with _open([_read(tenant_id, one) for one in due]) as parents:
        yield [replace(one, cause=one.cause.under(parent)) for one, parent in zip(due, parents, strict=True)]


@contextmanager
def reading_many(name: str, tenant_id: UUID) -> Iterator[Span]:
    """The span of a read that is about no single record, such as a page of a list. It is current while inside."""
    put_off: RetryAfter | None = None
    with span(name, None, attributes={at.TENANT: str(tenant_id)}) as own:
        try:
            yield own
        except RetryAfter as error:
            own.set_attribute(at.DECISION, PUT_OFF)
            put_off = error
    if put_off:
        # Raised outside of the span, which it would mark as failed.
        raise put_off


@contextmanager
def _open(started: Sequence[Span]) -> Iterator[Sequence[str | None]]:
    parents = [open_span(own) for own in started]
    try:
        yield parents
    except RetryAfter:
        # No call was left, or Xero asks to wait: nothing has failed, and a failed trace would be kept.
        for own in started:
            own.set_attribute(at.DECISION, PUT_OFF)
        raise
    except Exception as error:
        for own in started:
            fail(own, type(error).__name__)
        raise
    finally:
        for own in started:
            close_span(own)


def _write(tenant_id: UUID, queued: QueuedIntent) -> Span:
    intent = queued.intent
    kind, effect = intent.record.kind, intent.effect.partition(":")[0]
    shown = {at.TENANT: str(tenant_id), at.KIND: kind, at.RECORD: str(intent.record.id)}
    if effect != kind:
        # Only what it is: the rest of its name may be the name of a file.
        shown[at.EFFECT] = effect
    return start_span(f"write {kind}", queued.cause.traceparent, attributes=shown)


def _read(tenant_id: UUID, due: DueRead) -> Span:
    shown = {at.TENANT: str(tenant_id), at.KIND: str(due.kind), at.RECORD: str(due.xero_id)}
    return start_span(f"read {due.kind}", due.cause.traceparent, attributes=shown)
