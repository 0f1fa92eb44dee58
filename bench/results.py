"""Results as recorded: `bench/results/<name>.json`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import Figure, Judged

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, slots=True)
class Result:
    """One run of a benchmark."""

    name: str
    commit: str
    machine: str
    command: str
    figures: Sequence[Judged]

    @property
    def holds(self) -> bool:
        """Whether no bound is broken."""
        return not self.broken

    @property
    def broken(self) -> list[str]:
        """The figures whose bound does not hold."""
        return [judged.figure.name for judged in self.figures if not judged.holds]


def write(result: Result) -> None:
    """Record it in place of the run before."""
    figures = [
        {
            "name": judged.figure.name,
            "value": rounded(judged.figure.value),
            "unit": judged.figure.unit,
            "bound": judged.bound,
            "holds": judged.holds,
        }
        for judged in result.figures
    ]
    said = {
        "name": result.name,
        "commit": result.commit,
        "machine": result.machine,
        "command": result.command,
        "figures": figures,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{result.name}.json").write_text(json.dumps(said, indent=2, allow_nan=False, ensure_ascii=False) + "\n")


def read() -> list[Result]:
    """Every recorded result, by name."""
    return [_result(json.loads(file.read_text())) for file in sorted(RESULTS.glob("*.json"))]


def rounded(value: float) -> float:
    """Four digits of a measurement, since more would claim what no run repeats; a count is what it is."""
    return value if float(value).is_integer() else float(f"{value:.4g}")


def _result(said: dict[str, Any]) -> Result:
    figures = [
        Judged(Figure(one["name"], one["value"], one["unit"]), one["bound"], one["holds"]) for one in said["figures"]
    ]
    return Result(said["name"], said["commit"], said["machine"], said["command"], figures)
