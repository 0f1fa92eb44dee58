"""Become a command that cannot outlive the process that asked for it.

Run by its path, as a program of its own, right before the command takes its place:
`python -I -S leash.py PARENT DEATH_SIGNAL UID GID COMMAND...` (UID -1: stay who we are).
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Drop to the user, tie to the parent, become the command."""
    parent, death_signal, uid, gid = (int(a) for a in arguments[:4])
    command = arguments[4:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # Only Linux has it; elsewhere atexit does what it can. After setuid, which clears it.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the parent ended before the command began")
    os.execv(command[0], command)  # noqa: S606  no shell is wanted here


if __name__ == "__main__":
    main(sys.argv[1:])
