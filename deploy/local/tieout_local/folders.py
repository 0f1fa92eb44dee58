"""The folders of local data; only one run may use a folder at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tieout_local.errors import AlreadyRunning


def data_folder(name: str) -> Path:
    """`.tieout/NAME` in the present checkout, or else in the present folder."""
    here = Path.cwd()
    checkout = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    return checkout / ".tieout" / name


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Lock the folder inside the block. Raises AlreadyRunning. The lock ends with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            raise AlreadyRunning(
                f"process {holder} already uses {folder}: stop it with Ctrl-C in its terminal, or with `kill {holder}`"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
