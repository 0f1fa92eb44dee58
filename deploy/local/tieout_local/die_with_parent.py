"""Runs a command that dies with the process that started it.

This file is a program, run by its path, which replaces itself by the command:
`python -I -S die_with_parent.py PARENT DEATH_SIGNAL UID GID COMMAND...` (UID -1: keep the present user).
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Switch to the user, tie the process to its parent, and become the command."""
    parent, death_signal, uid, gid = (int(a) for a in arguments[:4])
    command = arguments[4:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # Only Linux has this signal; elsewhere atexit handlers end the children. It comes after setuid, which clears it.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the parent ended before the command began")
    os.execv(command[0], command)  # noqa: S606  no shell is wanted here


if __name__ == "__main__":
    main(sys.argv[1:])
