"""Records the spans of this process, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from tieout_kit import telemetry


@contextmanager
def recording() -> Iterator[InMemorySpanExporter]:
    """Traces are on inside the block; returns the spans that end."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry.use(provider, on=True)
    try:
        yield exporter
    finally:
        telemetry.use(TracerProvider(ALWAYS_OFF), on=False)
