"""Sends spans, with the attributes that are declared and nothing else (attributes.py).

A library or a careless line may add the text of an error or a query to a span. It does not leave the process.
"""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from tieout_kit.telemetry.attributes import ALLOWED, PATH, ROUTE
from tieout_kit.telemetry.sampling import copy_of


class OnlyDeclared(SpanExporter):
    """Passes spans on to an exporter, without undeclared attributes, events and texts of errors."""

    def __init__(self, then: SpanExporter) -> None:
        self._then = then

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send these spans."""
        return self._then.export([_cleaned(span) for span in spans])

    def shutdown(self) -> None:
        """End the exporter."""
        self._then.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self._then.force_flush(timeout_millis)


def _cleaned(span: ReadableSpan) -> ReadableSpan:
    attributes = span.attributes or {}
    # The path of no route is anything that a caller has typed.
    hidden = {name for name in attributes if name not in ALLOWED or (name == PATH and ROUTE not in attributes)}
    if not hidden and not span.events and not span.status.description:
        return span
    return copy_of(span, attributes={name: value for name, value in attributes.items() if name not in hidden})
