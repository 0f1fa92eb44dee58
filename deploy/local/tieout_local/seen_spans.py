"""Spans as tests look at them, whether an OTLP receiver or a real Jaeger has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

Attribute = str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True)
class SpanRef:
    """Which span of which trace; ids in hex."""

    trace_id: str
    span_id: str


@dataclass(frozen=True)
class SeenSpan:
    """A span; ids in hex, `parent_id` is empty for a root. `kind`: as OpenTelemetry names it, `server`."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Attribute]
    links: tuple[SpanRef, ...]
    failed: bool
    began: int
    """Microseconds since 1970."""

    @property
    def ref(self) -> SpanRef:
        """What a link to it says."""
        return SpanRef(self.trace_id, self.span_id)


class Traces(Protocol):
    """Where tests look for traces."""

    endpoint: str
    """Where services send them: OTLP over HTTP."""

    def trace(self, trace_id: str) -> list[SeenSpan]:
        """The spans of one trace that have arrived so far."""

    def text(self, trace_ids: Iterable[str]) -> str:
        """All that was received of these traces, to search for what must not be there."""


def way(spans: Sequence[SeenSpan], *steps: str) -> list[SeenSpan] | None:
    """The spans with these names (`bills: decide bill`), each a child of the one before, the first one a root; None:
    there is no such way."""
    ids = {span.span_id for span in spans}

    def follow(parent: str | None, left: Sequence[str]) -> list[SeenSpan] | None:
        if not left:
            return []
        for span in spans:
            below = span.parent_id not in ids if parent is None else span.parent_id == parent
            if below and f"{span.service}: {span.name}" == left[0]:
                found = follow(span.span_id, left[1:])
                if found is not None:
                    return [span, *found]
        return None

    return follow(None, steps)


def tree(spans: Sequence[SeenSpan]) -> str:
    """A trace as an indented text, one line for each span."""
    ids = {span.span_id for span in spans}
    lines: list[str] = []

    def show(parent: str | None, depth: int) -> None:
        for span in sorted(spans, key=lambda each: each.began):
            if (span.parent_id not in ids) if parent is None else span.parent_id == parent:
                ours = {k.removeprefix("tieout."): v for k, v in span.attributes.items() if k.startswith("tieout.")}
                shown = {name: ours[name] for name in ("kind", "rule", "decision", "reasons") if name in ours}
                said = ", ".join(f"{name}={value}" for name, value in shown.items())
                links = f" -> {len(span.links)} linked" if span.links else ""
                failed = f" FAILED {span.attributes.get('error.type', '')}" if span.failed else ""
                lines.append(f"{'  ' * depth}{span.service}: {span.name}  {said}{links}{failed}".rstrip())
                show(span.span_id, depth + 1)

    show(None, 0)
    return "\n".join(lines)
