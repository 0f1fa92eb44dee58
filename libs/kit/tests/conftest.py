"""Logs of the kit's tests, as plain as a service's own."""

import structlog

# The default shows the locals of every frame: on a busy machine that takes longer than the deadlines of the tests.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)
