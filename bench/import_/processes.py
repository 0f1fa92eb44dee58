"""The CPU and the memory of processes, each with all its children."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_GONE = (FileNotFoundError, ProcessLookupError)
"""A process has ended between two looks."""


class Watched:
    """Processes by name, watched from now on."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._before = {name: _cpu(pid) for name, pid in self._pids.items()}
        self.memory = dict.fromkeys(self._pids, 0)
        """Bytes at most, of those that `look` has seen."""

    @property
    def cpu(self) -> dict[str, float]:
        """The seconds of CPU that each has used since then, its children included."""
        return {name: _cpu(pid) - self._before[name] for name, pid in self._pids.items()}

    def look(self) -> None:
        """Read how much memory each has."""
        for name, pid in self._pids.items():
            self.memory[name] = max(self.memory[name], sum(_memory(each) for each in (pid, *_descendants(pid))))


def _cpu(pid: int) -> float:
    """Seconds, of a process and all its children. Those of a child that has ended are in its parent's own count."""
    ticks = 0
    for each in (pid, *_descendants(pid)):
        with suppress(*_GONE):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _descendants(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(*_GONE):
        for task in Path(f"/proc/{pid}/task").iterdir():
            children += [int(child) for child in (task / "children").read_text().split()]
    return [*children, *(each for child in children for each in _descendants(child))]


def _memory(pid: int) -> int:
    """Bytes; what processes share counts for each by its share."""
    with suppress(*_GONE):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
