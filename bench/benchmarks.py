"""Finds the benchmarks: every folder here whose package has a function `run`."""

import importlib
import inspect
from collections.abc import Callable
from keyword import iskeyword
from pathlib import Path
from types import ModuleType

from bench.figures import Figure

_HERE = Path(__file__).parent
_NONE = ("tests", "mutants")


def names() -> list[str]:
    """The names of all benchmarks."""
    folders = {found.parent.name for found in _HERE.glob("*/__init__.py")} - {*_NONE}
    return sorted(folder.removesuffix("_") for folder in folders)


def runner(name: str) -> Callable[[], list[Figure]]:
    """The function that measures."""
    run: Callable[[], list[Figure]] = _package(name).run
    return run


def description(name: str) -> str:
    """What a benchmark measures and how: the docstring of its package."""
    return inspect.getdoc(_package(name)) or ""


def _package(name: str) -> ModuleType:
    # A word of Python, such as `import`, has an underscore behind it.
    return importlib.import_module(f"bench.{name}_" if iskeyword(name) else f"bench.{name}")
