"""Makes docs/performance.md from the recorded results: `python -m bench.report [--check]`."""

import importlib
import inspect
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import results
from bench.figures import BOUNDS, bounds_of
from bench.machine import ROOT
from bench.results import Result

PAGE = ROOT / "docs" / "performance.md"
_HEAD = """# Performance

Measured beside a baseline in the same run: a rate says little of another machine, the ratio to what the bare clients
reach there says more. `make bench NAME=…` measures again and fails if a bound does not hold; bounds are in
`bench/bounds.toml`. Made by `python -m bench.report`.
"""


def page(recorded: Sequence[Result]) -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(_section(result) for result in recorded)])


def _section(result: Result) -> str:
    rows = [
        f"| {one.figure.name} | {results.rounded(one.figure.value):,g} | {one.figure.unit} | {one.bound or ''} "
        f"| {_HOLDS[one.holds]} |"
        for one in result.figures
    ]
    how = inspect.getdoc(importlib.import_module(f"bench.{result.name}")) or ""
    return "\n".join(
        [
            f"## {result.name}",
            "",
            how,
            "",
            "| figure | value | unit | bound | holds |",
            "| --- | ---: | --- | --- | --- |",
            *rows,
            "",
            f"`{result.command}` at {result.commit}, on {result.machine}.",
            "",
        ]
    )


_HOLDS = {None: "", True: "yes", False: "no"}


def stale(recorded: Sequence[Result], written: Path = PAGE, bounds: Path = BOUNDS) -> list[str]:
    """What is not as it should be, and what to run."""
    found = [
        f"bench/results/{result.name}.json has other bounds than bounds.toml: run `{result.command}`"
        for result in recorded
        if {one.figure.name: one.bound for one in result.figures if one.bound} != bounds_of(result.name, bounds)
    ]
    if not written.exists() or written.read_text() != page(recorded):
        found.append(f"{written.name} is stale: run `python -m bench.report`")
    return found


def main(argv: Sequence[str]) -> int:
    """Write the page, or with --check say what is stale."""
    recorded = results.read()
    if "--check" in argv:
        found = stale(recorded)
        for line in found:
            print(line, file=sys.stderr)
        return 1 if found else 0
    PAGE.write_text(page(recorded))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
