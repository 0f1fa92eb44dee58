"""The machine and the commit that a benchmark ran on. Without host name or path, since results are published."""

import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def machine() -> str:
    """CPU, cores, memory, operating system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_cpu()}, {os.cpu_count()} cores, {memory:.0f} GiB, {_system()}"


def commit() -> str:
    """The checked-out commit, with `-dirty` if the measured code differs from it."""
    # Results are not measured code, and an earlier run may just have written them.
    measured = [".", ":!bench/results", ":!docs/performance.md"]
    dirty = _git("status", "--porcelain", "--", *measured)
    return _git("rev-parse", "--short", "HEAD") + ("-dirty" if dirty else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return done.stdout.strip()


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    # Not every processor has a model name.
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return f"{platform.system()} {platform.release()}"
