"""Writes bench/results/mutants.json: how many mutants of each package are noticed, and the survivors."""

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import results
from bench.figures import Figure, bounds_of, check_bounds
from bench.mutants.package import packages
from bench.mutants.tried import Tried

NAME = "mutants"
_FILE = results.RESULTS / f"{NAME}.json"
_REASONS = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True, slots=True)
class Run:
    """Where and of what a package's mutants were tried."""

    commit: str
    machine: str


def write(tried: Mapping[str, Sequence[Tried]], run: Run) -> results.Result:
    """Record these packages; others stay as they were recorded."""
    recorded = json.loads(_FILE.read_text())["packages"] if _FILE.exists() else {}
    recorded |= {name: _package(mutants, run) for name, mutants in tried.items()}
    recorded = {each.name: recorded[each.name] for each in packages() if each.name in recorded}
    figures = [figure for name, package in recorded.items() for figure in _figures(name, package)]
    bounds = {name: bound for name, bound in bounds_of(NAME).items() if name in {figure.name for figure in figures}}
    result = results.Result(NAME, run.commit, run.machine, "make mutants", check_bounds(figures, bounds))
    results.write(result)
    said = json.loads(_FILE.read_text()) | {"packages": recorded}
    _FILE.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n")
    return result


def survivors(tried: Iterable[Tried]) -> list[Tried]:
    """The mutants that no test noticed."""
    return [mutant for mutant in tried if not mutant.noticed]


def reasons() -> dict[tuple[str, str], str]:
    """Why survivors stay, by module and change. They count as explained, and not as noticed."""
    explained = tomllib.loads(_REASONS.read_text()).get("survivor", [])
    return {(each["module"], each["change"]): each["why"] for each in explained}


def stale_reasons(tried: Mapping[str, Sequence[Tried]]) -> list[str]:
    """Reasons for mutants that are noticed now, or are no more."""
    survived = {(each.module, each.change) for mutants in tried.values() for each in survivors(mutants)}
    modules = {each.module for mutants in tried.values() for each in mutants}
    return [
        f"{module}: {change}" for module, change in reasons() if module in modules and (module, change) not in survived
    ]


def _package(tried: Sequence[Tried], run: Run) -> dict[str, Any]:
    why, left = reasons(), survivors(tried)
    return {
        "commit": run.commit,
        "mutants": len(tried),
        "noticed": len(tried) - len(left),
        "explained": sum((each.module, each.change) in why for each in left),
        "survivors": [
            {
                "at": f"{each.module}:{each.line}",
                "in": each.where,
                "change": each.change,
                "why": why.get((each.module, each.change)),
            }
            for each in left
        ],
    }


def _figures(name: str, package: Mapping[str, Any]) -> list[Figure]:
    return [
        Figure(f"{name}, mutants", package["mutants"], "mutants"),
        Figure(f"{name}, noticed", package["noticed"] / package["mutants"], "share"),
        Figure(f"{name}, explained", package["explained"], "survivors"),
    ]
