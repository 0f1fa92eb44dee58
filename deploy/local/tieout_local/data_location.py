"""Where the data of a server lives that runs under another user.

Postgres refuses to run as root, so root starts it as another user. That user must be able to enter the folder of
the data and the folder of the binaries. In a checkout under /root it cannot, and the modes of those folders are not
ours to change. Then both go to a folder of our own under /var/tmp, the shelter. Its path is noted in the data folder,
so that the next start finds it.
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
    """The user `nobody`, which owns nothing. Raises NoPostgres on a machine without it."""
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        message = "as root, Postgres runs as the user `nobody`, which this machine lacks: start as yourself"
        raise NoPostgres(message) from None
    return User(nobody.pw_uid, nobody.pw_gid)


def can_enter(folder: Path, user: User) -> bool:
    """Found out by trying, since access lists and mounts matter as well as modes."""
    return _as_user(user, "/bin/sh", "-c", 'cd -- "$0"', str(folder))


def can_run(program: Path, user: User) -> bool:
    """Whether the program prints its version when that user runs it."""
    return _as_user(user, str(program), "--version")


def shelter(noted_in: Path) -> Path:
    """The folder under /var/tmp that belongs to this data folder; made when first needed."""
    note = noted_in / NOTE
    if note.exists() and _is_ours(known := Path(note.read_text())):
        return known
    made = Path(tempfile.mkdtemp(prefix="tieout-", dir="/var/tmp"))
    made.chmod(0o711)
    note.write_text(str(made))
    return made


def remove_shelter(noted_in: Path) -> None:
    """Remove the folder that `shelter` made, if there is one."""
    note = noted_in / NOTE
    if note.exists() and _is_ours(known := Path(note.read_text())):
        shutil.rmtree(known)
        note.unlink()


def _is_ours(folder: Path) -> bool:
    # Everybody may write to /var/tmp, so another user could have replaced the folder by a link.
    return folder.is_dir() and not folder.is_symlink() and folder.lstat().st_uid == os.geteuid()


def _as_user(user: User, *argv: str) -> bool:
    try:
        asked = subprocess.run(
            argv, cwd="/", user=user.uid, group=user.gid, extra_groups=[], capture_output=True, check=False, timeout=30
        )
    except PermissionError:
        return False
    return asked.returncode == 0
