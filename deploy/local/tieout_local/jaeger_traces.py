"""Traces in a real Jaeger, by its query API."""

import json
from collections.abc import Iterable
from typing import Any

import httpx

from tieout_local.seen_spans import Attribute, SeenSpan, SpanRef


class JaegerTraces:
    """A Jaeger: `url` of its query API, `endpoint` of its OTLP receiver."""

    def __init__(self, url: str, endpoint: str) -> None:
        self.endpoint = endpoint
        self._url = url.rstrip("/")

    def trace(self, trace_id: str) -> list[SeenSpan]:
        """The spans of one trace that Jaeger has so far."""
        answer = httpx.get(f"{self._url}/api/traces/{trace_id}", timeout=10, trust_env=False)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return []
        answer.raise_for_status()
        return [
            _span(span, found["processes"][span["processID"]]["serviceName"])
            for found in answer.json()["data"]
            for span in found["spans"]
        ]

    def text(self, trace_ids: Iterable[str]) -> str:
        """All that Jaeger has of these traces."""
        urls = [f"{self._url}/api/traces/{trace_id}" for trace_id in trace_ids]
        return "".join(httpx.get(url, timeout=10, trust_env=False).text for url in urls)


def _span(span: dict[str, Any], service: str) -> SeenSpan:
    tags = {tag["key"]: _value(tag) for tag in span["tags"]}
    references = span.get("references") or []
    parents = [one["spanID"] for one in references if one["refType"] == "CHILD_OF"]
    return SeenSpan(
        service=service,
        name=span["operationName"],
        kind=str(tags.pop("span.kind", "internal")),
        trace_id=span["traceID"],
        span_id=span["spanID"],
        parent_id=parents[0] if parents else "",
        attributes=tags,
        links=tuple(SpanRef(one["traceID"], one["spanID"]) for one in references if one["refType"] == "FOLLOWS_FROM"),
        failed=tags.get("error") is True,
        began=span["startTime"],
    )


def _value(tag: dict[str, Any]) -> Attribute:
    value: Attribute = tag["value"]
    # Jaeger keeps a list as its JSON.
    return tuple(json.loads(value)) if isinstance(value, str) and value.startswith("[") else value
