"""Tries the mutants of what runs at import, such as a declaration: the module is imported with the change.

The processes are forked before any module of the package is imported, and after everything else is.
"""

import contextlib
import importlib
import marshal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from bench.mutants import children
from bench.mutants.swap import import_instead
from bench.mutants.tests import Tests, fails, run
from bench.mutants.tried import Tried

_SECONDS = 120.0
_MAY_IMPORT_IT = ("tieout_local", "tieout_testing", "services.", "libs.")


def preload(names: Iterable[str], root: str) -> None:
    """Import modules that do not import the package themselves."""
    for name in names:
        if not name.startswith((root, *_MAY_IMPORT_IT)):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        if root in sys.modules:
            raise RuntimeError(f"{name} imports {root}")


def found(mutants: Sequence[Tried], paths: Sequence[str], quickest: Sequence[str]) -> Iterator[Tried]:
    """Each mutant, with `noticed`. `quickest`: the tests' ids, the quickest first."""
    order = {test: n for n, test in enumerate(quickest)}
    last: dict[str, int] = {}
    for mutant, by in children.answers(_tasks(mutants, paths, order, last)):
        if isinstance(by, str) and by:
            # A test that has noticed one of a module's mutants may notice the next.
            last[by] = max(last.values(), default=0) + 1
        mutant.noticed = by is children.DIED or by is not None
        yield mutant


def _tasks(
    mutants: Sequence[Tried], paths: Sequence[str], order: Mapping[str, int], last: Mapping[str, int]
) -> Iterator[children.Task]:
    for mutant in mutants:
        first = sorted(order, key=lambda test: (-last.get(test, 0), order[test]))
        yield mutant, partial(_notice, mutant, paths, {test: n for n, test in enumerate(first)}), _SECONDS


def _notice(mutant: Tried, paths: Sequence[str], order: Mapping[str, int]) -> str | None:
    """The test that fails; empty: the tests cannot even be collected. None: no test fails."""
    assert mutant.code
    import_instead(mutant.module, marshal.loads(mutant.code))  # noqa: S302  made by our own parent
    by: str | None = None

    def use(tests: Tests) -> None:
        nonlocal by
        items = sorted((item for item in tests.items if item.nodeid in order), key=lambda item: order[item.nodeid])
        by = next((item.nodeid for item in items if fails(item)), None)

    return by if run(paths, Tests((), use)) == 0 or by else ""
