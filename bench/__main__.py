"""Run benchmarks: `python -m bench NAME`, or all of them without a name. Exits 1 if a bound does not hold."""

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench import results
from bench.benchmarks import names, runner
from bench.figures import bounds_of, check_bounds
from bench.machine import commit, machine


def main(argv: Sequence[str], console: Console) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names(), help="the benchmark; all of them without it")
    name = parser.parse_args(argv).name
    # Before the first result is written.
    measured, where = commit(), machine()
    ran = [_measure(one, measured, where, console) for one in ([name] if name else names())]
    return 0 if all(result.holds for result in ran) else 1


def _measure(name: str, measured: str, where: str, console: Console) -> results.Result:
    with console.status(f"Measuring {name} …"):
        figures = check_bounds(runner(name)(), bounds_of(name))
    result = results.Result(name, measured, where, f"python -m bench {name}", figures)
    results.write(result)
    console.print(_table(result))
    for broken in result.broken:
        console.print(f"{broken}: the bound does not hold", style="red", markup=False)
    return result


def _table(result: results.Result) -> Table:
    table = Table("figure", "value", "unit", "bound", "holds", title=f"{result.name}, {result.commit}")
    table.columns[1].justify = "right"
    for one in result.figures:
        holds = ("yes" if one.holds else "NO") if one.bound else ""
        table.add_row(
            one.figure.name, f"{results.rounded(one.figure.value):,g}", one.figure.unit, one.bound or "", holds
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Console(highlight=False)))
