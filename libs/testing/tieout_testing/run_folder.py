"""The folder with the data of one run's servers."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
_ROOM = 8 << 30
"""Free bytes below which the folder is made on disk. A run of all tests was seen to use a fraction of this."""
_PREFIX = "tieout-tests-"
_YOUNG = 60.0
"""Seconds after which a folder that nobody holds was left behind by a run that was killed."""


@contextmanager
def run_folder(memory: Path = MEMORY) -> Iterator[Path]:
    """Make the folder, in memory if there is room, because databases are copied faster there; remove it afterwards."""
    parent = folder_for_speed(memory)
    if parent == memory:
        _remove_abandoned(memory)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    # Postgres may run as another user, who must be able to enter the folder.
    folder.chmod(0o711)
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def folder_for_speed(memory: Path = MEMORY) -> Path:
    """Where files are written fastest: in memory if there is room. On a disk, a rename waits for the file's data."""
    has_room = memory.is_dir() and shutil.disk_usage(memory).free >= _ROOM
    return memory if has_room else Path(tempfile.gettempdir())


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders of runs that were killed: they would fill the memory."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            held = os.open(folder, os.O_RDONLY)
        except OSError:
            continue  # its run, or another one, has just removed it
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - folder.stat().st_mtime > _YOUNG:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass  # its run is under way
        finally:
            os.close(held)
