"""Logs (structlog) that carry the trace id."""

import io
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry import trace


def set_up(service: str, log_format: str) -> None:
    """Set up logs, once per process. `log_format`: `json`, or `text` for people."""
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


def _trace_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
    return event
