"""Writes the figures of a long test to bench/results, in the format of every benchmark."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Figure:
    """A figure and its bound; None: reported only."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    holds: bool = True


def exactly(name: str, value: float, bound: float, unit: str) -> Figure:
    """A figure that must equal `bound`."""
    return Figure(name, value, unit, bound, value == bound)


def at_least(name: str, value: float, bound: float, unit: str) -> Figure:
    """A figure that must be at least `bound`."""
    return Figure(name, value, unit, bound, value >= bound)


def write(name: str, test: str, figures: Sequence[Figure]) -> None:
    """Write bench/results/<name>.json. `test`: the path of the test file from the root."""
    commit = _git("rev-parse", "--short", "HEAD")
    # Results that other runs have just written do not make the measured code dirty.
    dirty = _git("status", "--porcelain", "--", ".", ":!bench/results", ":!docs/performance.md")
    result = {
        "name": name,
        "commit": commit + ("-dirty" if dirty else ""),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "command": f"python -m pytest -m long {test}",
        "figures": [asdict(figure) for figure in figures],
    }
    folder = ROOT / "bench" / "results"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
