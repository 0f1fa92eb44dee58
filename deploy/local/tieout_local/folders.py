"""Where local data lies, and that only one run uses it at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tieout_local.errors import AlreadyRunning


def data_folder(name: str) -> Path:
    """`.tieout/NAME` in the checkout we are in, or else right here."""
    here = Path.cwd()
    checkout = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
    return checkout / ".tieout" / name


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder while inside. Raises AlreadyRunning. The lock ends with the process, however it ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            raise AlreadyRunning(
                f"process {holder} already runs in {folder}: stop it with Ctrl-C where it runs, or `kill {holder}`"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
