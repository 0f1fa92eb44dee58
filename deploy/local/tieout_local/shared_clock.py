"""Clocks that run ahead of the machine's, for every process that shares the file: hours pass in a test at once."""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Ahead:
    """How far they are ahead, in seconds; whoever sets it moves the clocks of all processes."""

    def __init__(self, path: Path) -> None:
        path.touch()
        with path.open("r+b") as file:
            file.truncate(8)
            self._shared = mmap.mmap(file.fileno(), 8)

    def set(self, by: timedelta) -> None:
        """Move them there."""
        self._shared[:] = struct.pack("d", by.total_seconds())

    @property
    def seconds(self) -> float:
        """How far they are ahead."""
        return float(struct.unpack("d", self._shared[:])[0])

    def now(self) -> datetime:
        """The present moment by these clocks, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.seconds)

    def move_monotonic(self) -> None:
        """Let this process's monotonic clock, which asyncio's own loop goes by, run ahead too."""
        real = time.monotonic
        time.monotonic = lambda: real() + self.seconds
