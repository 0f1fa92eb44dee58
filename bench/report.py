"""Makes docs/performance.md from the recorded results: `python -m bench.report [--check]`."""

import sys
from collections.abc import Sequence

from bench import results
from bench.benchmarks import description, names
from bench.figures import CheckedFigure, bounds_of
from bench.machine import ROOT
from bench.results import Result

PAGE = ROOT / "docs" / "performance.md"
_HEAD = """# Performance

Each benchmark also measures a baseline in the same run. Rates differ from machine to machine; the ratio to the bare
clients on the same machine is comparable. `make bench NAME=…` measures again and fails if a bound does not hold; the
bounds are in `bench/bounds.toml`. Made by `python -m bench.report`.
"""


def page(recorded: Sequence[Result]) -> str:
    """The text of docs/performance.md."""
    return "\n".join([_HEAD, *(_section(result) for result in recorded)])


def _section(result: Result) -> str:
    # Long tests record figures too; they have no description here.
    how = [description(result.name), ""] if result.name in names() else []
    rows = [
        f"| {one.figure.name} | {results.rounded(one.figure.value):,.10g} | {one.figure.unit} | {_bound(one)} |"
        for one in result.figures
    ]
    return "\n".join(
        [
            f"## {result.name}",
            "",
            *how,
            "| figure | value | unit | bound |",
            "| --- | ---: | --- | --- |",
            *rows,
            "",
            f"`{result.command}` at {result.commit}, on {result.machine}.",
            "",
        ]
    )


def _bound(one: CheckedFigure) -> str:
    if one.bound is None:
        return ""
    return f"{one.bound}, holds" if one.holds else f"{one.bound}, **does not hold**"


def stale(recorded: Sequence[Result]) -> list[str]:
    """What is stale, and the command to run."""
    found = [
        f"bench/results/{result.name}.json has other bounds than bounds.toml: run `{result.command}`"
        for result in recorded
        if result.name in names()
        and {one.figure.name: one.bound for one in result.figures if one.bound} != bounds_of(result.name)
    ]
    if not PAGE.exists() or PAGE.read_text() != page(recorded):
        found.append(f"{PAGE.name} is stale: run `python -m bench.report`")
    return found


def main(argv: Sequence[str]) -> int:
    """Write the page; with --check only list what is stale. Returns the exit code."""
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
