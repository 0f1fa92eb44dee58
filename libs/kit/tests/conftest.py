"""The kit's tables in each new database, and logs as plain as a service's own."""

from collections.abc import Sequence

import pytest
import structlog

# The default shows the locals of every frame: on a busy machine that takes longer than the deadlines of the tests.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session")
def migrated_packages() -> Sequence[str]:
    """A new database has these migrations."""
    return ("tieout_kit",)
