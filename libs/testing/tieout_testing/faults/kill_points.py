"""Points of a process at which it can be killed or frozen, and how often it has passed them.

The code under test is not touched: the calls that it makes of asyncpg, aiokafka and httpx are wrapped. So a new
statement is a new point by itself, named by its file and its `-- name:`.
"""

import os
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Self

from tieout_kit.postgres import queries

PATH = "FAULT_PATH"
"""The environment variable with the path whose name, with other endings, a forked process's log and files have."""
_POINT, _PASSAGE, _SIGNAL = "FAULT_POINT", "FAULT_PASSAGE", "FAULT_SIGNAL"


@dataclass(frozen=True)
class KillPoint:
    """Signal the process at its n-th passage of a point."""

    point: str
    passage: int = 1
    sign: signal.Signals = signal.SIGKILL

    def environment(self) -> dict[str, str]:
        """How a forked process is told."""
        return {_POINT: self.point, _PASSAGE: str(self.passage), _SIGNAL: str(int(self.sign))}

    @classmethod
    def of(cls, env: Mapping[str, str]) -> Self | None:
        """What a forked process was told; None: it only counts."""
        if _POINT not in env:
            return None
        return cls(env[_POINT], int(env[_PASSAGE]), signal.Signals(int(env[_SIGNAL])))


class KillPoints:
    """Counts what is passed, and signals this process at the point that is wanted."""

    def __init__(self, wanted: KillPoint | None) -> None:
        self.passed: Counter[str] = Counter()
        self.wanted = wanted

    def passes(self, name: str) -> bool:
        """Count one passage; whether the process is to be signalled now."""
        self.passed[name] += 1
        wanted = self.wanted
        return wanted is not None and name == wanted.point and self.passed[name] == wanted.passage

    def signal(self) -> None:
        """Signal this process, perhaps for the last time."""
        assert self.wanted
        os.kill(os.getpid(), self.wanted.sign)


def named_statements(*packages: str) -> dict[str, str]:
    """The names of all queries of these packages (`outbox.delete`), by their text as asyncpg gets it."""
    return {
        text.strip().rstrip(";"): f"{file.name.removesuffix('.sql')}.{name}"
        for package in packages
        for file in files(package).joinpath("sql").iterdir()
        for name, text in queries.texts(package, file.name).items()
    }
