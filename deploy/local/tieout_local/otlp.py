"""An OTLP receiver over HTTP, so that tests can look at the traces of services."""

import gzip
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tieout_local.seen_spans import Attribute, SeenSpan, SpanRef


class OtlpReceiver:
    """Listens on a free port inside `with`; `spans` holds all spans received so far."""

    def __init__(self) -> None:
        self.spans: list[SeenSpan] = []
        self._raw: list[Any] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                request = ExportTraceServiceRequest.FromString(body)
                receiver.spans += _spans(request)
                receiver._raw += [span for b in request.resource_spans for s in b.scope_spans for span in s.spans]
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def trace(self, trace_id: str) -> list[SeenSpan]:
        """The received spans of one trace."""
        return [span for span in self.spans if span.trace_id == trace_id]

    def text(self, trace_ids: Iterable[str]) -> str:
        """All that was received of these traces."""
        wanted = set(trace_ids)
        return "".join(str(span) for span in self._raw if span.trace_id.hex() in wanted)


def _spans(request: ExportTraceServiceRequest) -> list[SeenSpan]:
    return [
        SeenSpan(
            service=next(a.value.string_value for a in block.resource.attributes if a.key == "service.name"),
            name=span.name,
            kind=span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
            trace_id=span.trace_id.hex(),
            span_id=span.span_id.hex(),
            parent_id=span.parent_span_id.hex(),
            attributes={a.key: _value(a.value) for a in span.attributes},
            links=tuple(SpanRef(link.trace_id.hex(), link.span_id.hex()) for link in span.links),
            failed=span.status.code == span.status.STATUS_CODE_ERROR,
            began=span.start_time_unix_nano // 1000,
        )
        for block in request.resource_spans
        for scope in block.scope_spans
        for span in scope.spans
    ]


def _value(value: Any) -> Attribute:
    if value.WhichOneof("value") == "array_value":
        return tuple(each.string_value for each in value.array_value.values)
    found: Attribute = getattr(value, value.WhichOneof("value"))
    return found
