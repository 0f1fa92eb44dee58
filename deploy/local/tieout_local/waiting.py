"""Wait for a condition, with a deadline."""

import time
from collections.abc import Callable

from tieout_local.errors import NotReady

POLL_SECONDS = 0.05


def wait_until(ready: Callable[[], bool], within: float, what: str) -> None:
    """Poll until the condition holds. Raises NotReady after `within` seconds."""
    deadline = time.monotonic() + within
    while not ready():
        if time.monotonic() > deadline:
            raise NotReady(f"{what} was not ready within {within:.0f} s", "")
        time.sleep(POLL_SECONDS)
