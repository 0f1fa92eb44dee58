"""Tries all mutants of one package, in a process that has imported nothing of it yet."""

import importlib.util
import os
import pickle
import sys
import tempfile
import tomllib
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.mutants import afresh
from bench.mutants.living import Trial
from bench.mutants.tests import Tests, run
from bench.mutants.tried import Tried

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Package:
    """The modules that are changed, and the tests that must notice."""

    name: str
    root: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    slow: tuple[str, ...]
    """Parts of the ids of tests that are left out."""


class Broken(Exception):
    """The tests do not pass on the unchanged code."""


def packages() -> list[Package]:
    """Those of packages.toml."""
    declared = tomllib.loads((_HERE / "packages.toml").read_text())
    return [
        Package(name, each["root"], tuple(each["modules"]), tuple(each["tests"]), tuple(each.get("slow", ())))
        for name, each in declared.items()
    ]


def tried(package: Package) -> list[Tried]:
    """Every mutant. Raises Broken if a test fails without any change."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "found"
        _apart(lambda: _by_function(package, file))
        if not file.exists():
            raise Broken(f"the tests of {package.name} cannot be run, or fail without any change: see above")
        found, imported, paths, quickest = pickle.loads(file.read_bytes())  # noqa: S301  written just now, by our own child
        _apart(lambda: _at_import(package, file, found, imported, (paths, quickest)))
        result: list[Tried] = pickle.loads(file.read_bytes())  # noqa: S301  written just now, by our own child
    return sorted(result, key=lambda one: (one.module, one.line))


def _by_function(package: Package, file: Path) -> None:
    def use(tests: Tests) -> None:
        tests.observe()
        trial = Trial(tests, package.modules)
        trial.run()
        # An import afresh collects only what has pure tests.
        paths = sorted({str(item.path) for item in tests.items})
        quickest = [item.nodeid for item in sorted(tests.items, key=tests.seconds.__getitem__)]
        file.write_bytes(pickle.dumps((trial.tried, list(sys.modules), paths, quickest)))

    run(package.tests, Tests(list(_files(package)), use, package.slow))


def _at_import(
    package: Package,
    file: Path,
    found: Sequence[Tried],
    imported: Sequence[str],
    tests: tuple[Sequence[str], Sequence[str]],
) -> None:
    afresh.preload(imported, package.root)
    done = [mutant for mutant in found if mutant.noticed is not None]
    done += afresh.found([mutant for mutant in found if mutant.noticed is None], *tests)
    file.write_bytes(pickle.dumps(done))


def _files(package: Package) -> Iterator[str]:
    # Without importing them: that is left to the child.
    for name in package.modules:
        root, *rest = name.split(".")
        spec = importlib.util.find_spec(root)
        assert spec
        assert spec.submodule_search_locations
        path = Path(spec.submodule_search_locations[0], *rest)
        yield str(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))


def _apart(do: Callable[[], None]) -> None:
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    try:
        do()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
