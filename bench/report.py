"""Makes docs/performance.md from the recorded results: `python -m bench.report [--check]`."""

import sys
from collections.abc import Sequence

from bench import results
from bench.benchmarks import names, says
from bench.figures import Judged, bounds_of
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
    # Tests that take long record their figures here too; what they do, they say themselves.
    how = [says(result.name), ""] if result.name in names() else []
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


def _bound(one: Judged) -> str:
    if one.bound is None:
        return ""
    return f"{one.bound}, holds" if one.holds else f"{one.bound}, **does not hold**"


def stale(recorded: Sequence[Result]) -> list[str]:
    """What is not as it should be, and what to run."""
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
