"""Try mutants: `python -m bench.mutants NAME`, or of all packages without a name. Exits 1 if a bound does not hold."""

import argparse
import os
import sys
from collections.abc import Sequence

from rich.console import Console

from bench.machine import commit, machine
from bench.mutants import record
from bench.mutants.package import Broken, packages, tried
from bench.mutants.tried import Tried


def main(argv: Sequence[str], console: Console) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser("python -m bench.mutants", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[each.name for each in packages()], help="the package; all without")
    name = parser.parse_args(argv).name
    run = record.Run(commit(), machine())
    held = True
    for package in packages():
        if name in (None, package.name):
            console.print(f"Trying the mutants of {package.name} …")
            try:
                found = {package.name: tried(package)}
            except Broken as broken:
                console.print(str(broken), style="red", markup=False)
                return 1
            # Each package is recorded at once: all of them take long.
            result = record.write(found, run)
            _show(found[package.name], console)
            for line in record.stale_reasons(found):
                console.print(f"survivors.toml explains what is noticed now, or is no more: {line}", markup=False)
            held = result.holds and held
    return 0 if held else 1


def _show(found: Sequence[Tried], console: Console) -> None:
    why, left = record.reasons(), record.survivors(found)
    for each in left:
        reason = why.get((each.module, each.change))
        text = f"{each.module}:{each.line} {each.where}: {each.change}" + (f" ({reason})" if reason else "")
        console.print(text, style=None if reason else "yellow", markup=False)
    console.print(f"{len(found) - len(left)} of {len(found)} noticed")


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets are then in the same order in every run.
        again = [sys.executable, "-m", "bench.mutants", *sys.argv[1:]]
        os.execve(sys.executable, again, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606  itself
    sys.exit(main(sys.argv[1:], Console(highlight=False)))
