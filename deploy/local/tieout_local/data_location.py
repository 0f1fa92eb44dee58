"""Where a server that runs under another user may live.

Postgres refuses to run as root, so root starts it as another user. That user must be able to enter the
folder of the data and that of the binaries; in a checkout under /root it cannot, and the modes of folders
that are not ours are not ours to change. Then both go to a shelter: a folder of our own under /var/tmp, noted
in the data folder so that the next start finds it.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from tieout_local.errors import NoPostgres
from tieout_local.spawn import User

NOTE = "shelter"


def unprivileged_user() -> User:
    """A user that every Unix has and that owns nothing."""
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        message = "as root, Postgres runs as the user `nobody`, which this machine lacks: start as yourself"
        raise NoPostgres(message) from None
    return User(nobody.pw_uid, nobody.pw_gid)


def can_enter(folder: Path, user: User) -> bool:
    """Asked by trying: not only modes have a say, but also access lists and mounts."""
    return _as_user(user, "/bin/sh", "-c", 'cd -- "$0"', str(folder))


def can_run(program: Path, user: User) -> bool:
    """Does it print its version when that user runs it?"""
    return _as_user(user, str(program), "--version")


def shelter(noted_in: Path) -> Path:
    """The folder under /var/tmp that belongs to this data folder, made at first need."""
    note = noted_in / NOTE
    if note.exists() and _is_ours(known := Path(note.read_text())):
        return known
    made = Path(tempfile.mkdtemp(prefix="tieout-", dir="/var/tmp"))
    made.chmod(0o711)
    note.write_text(str(made))
    return made


def remove_shelter(noted_in: Path) -> None:
    """Remove what `shelter` made, if it made anything."""
    note = noted_in / NOTE
    if note.exists() and _is_ours(known := Path(note.read_text())):
        shutil.rmtree(known)
        note.unlink()


def _is_ours(folder: Path) -> bool:
    # In a folder that everyone may write to, another user could have put a link in its place.
    return folder.is_dir() and not folder.is_symlink() and folder.lstat().st_uid == os.geteuid()


def _as_user(user: User, *argv: str) -> bool:
    try:
        asked = subprocess.run(
            argv, cwd="/", user=user.uid, group=user.gid, extra_groups=[], capture_output=True, check=False, timeout=30
        )
    except PermissionError:
        return False
    return asked.returncode == 0
