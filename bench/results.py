"""Reads and writes recorded results: `bench/results/<name>.json`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import CheckedFigure, Figure

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, slots=True)
class Result:
    """One run of a benchmark."""

    name: str
    commit: str
    machine: str
    command: str
    figures: Sequence[CheckedFigure]

    @property
    def holds(self) -> bool:
        """Whether every bound holds."""
        return not self.broken

    @property
    def broken(self) -> list[str]:
        """The names of the figures whose bound does not hold."""
        return [checked.figure.name for checked in self.figures if not checked.holds]


def write(result: Result) -> None:
    """Record the result; it replaces the result of the run before."""
    figures = [
        {
            "name": checked.figure.name,
            "value": rounded(checked.figure.value),
            "unit": checked.figure.unit,
            "bound": checked.bound,
            "holds": checked.holds,
        }
        for checked in result.figures
    ]
    document = {
        "name": result.name,
        "commit": result.commit,
        "machine": result.machine,
        "command": result.command,
        "figures": figures,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{result.name}.json").write_text(
        json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
    )


def read() -> list[Result]:
    """All recorded results, sorted by name."""
    return [_result(json.loads(file.read_text())) for file in sorted(RESULTS.glob("*.json"))]


def rounded(value: float) -> float:
    """A measured value with four significant digits, since no run repeats more. Whole numbers stay exact."""
    return value if float(value).is_integer() else float(f"{value:.4g}")


def _result(recorded: dict[str, Any]) -> Result:
    figures = [
        CheckedFigure(Figure(one["name"], one["value"], one["unit"]), one["bound"], one["holds"])
        for one in recorded["figures"]
    ]
    return Result(recorded["name"], recorded["commit"], recorded["machine"], recorded["command"], figures)
