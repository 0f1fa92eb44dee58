"""The benchmarks there are: every folder here whose package has a `run`."""

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figure

_HERE = Path(__file__).parent
_NONE = ("tests",)


def names() -> list[str]:
    """All of them."""
    return sorted(found.parent.name for found in _HERE.glob("*/__init__.py") if found.parent.name not in _NONE)


def runner(name: str) -> Callable[[], list[Figure]]:
    """What measures."""
    run: Callable[[], list[Figure]] = importlib.import_module(f"bench.{name}").run
    return run


def says(name: str) -> str:
    """What is measured and how, in its own words."""
    return inspect.getdoc(importlib.import_module(f"bench.{name}")) or ""
