"""What a benchmark ran on, and what of us it ran. No host name, no path: results are published."""

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
    """The commit that is checked out, `-dirty` if what is measured differs from it."""
    # Results and what is made from them are no part of what is measured, and the run before has just written them.
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
    # Not every processor has a name there.
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return f"{platform.system()} {platform.release()}"
