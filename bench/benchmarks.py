"""Finds the benchmarks: every folder here whose package has a function `run`."""

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure

_HERE = Path(__file__).parent
_NONE = ("tests", "mutants")


def names() -> list[str]:
    """The names of all benchmarks."""
    return sorted(found.parent.name for found in _HERE.glob("*/__init__.py") if found.parent.name not in _NONE)


def runner(name: str) -> Callable[[], list[Figure]]:
    """The function that measures."""
    run: Callable[[], list[Figure]] = importlib.import_module(f"bench.{name}").run
    return run


def description(name: str) -> str:
    """What a benchmark measures and how: the docstring of its package."""
    return inspect.getdoc(importlib.import_module(f"bench.{name}")) or ""
