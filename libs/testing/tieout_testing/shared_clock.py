"""A clock that a test can move forward by hours, in all processes that share its file."""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class SharedClock:
    """The machine's clock plus an offset in a shared file. Setting the offset moves the clocks of all processes."""

    def __init__(self, path: Path) -> None:
        path.touch()
        with path.open("r+b") as file:
            file.truncate(8)
            self._shared = mmap.mmap(file.fileno(), 8)

    def set(self, by: timedelta) -> None:
        """Set how far the clocks are ahead."""
        self._shared[:] = struct.pack("d", by.total_seconds())

    @property
    def seconds(self) -> float:
        """How far the clocks are ahead of the machine's."""
        return float(struct.unpack("d", self._shared[:])[0])

    def now(self) -> datetime:
        """The present moment by this clock, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.seconds)

    def move_monotonic(self) -> None:
        """Move this process's monotonic clock too, which asyncio's event loop uses."""
        real = time.monotonic
        time.monotonic = lambda: real() + self.seconds
