"""A command that becomes another one, as somebody who is not root: PostgreSQL refuses to run as root, and as nobody known.

Usage: ``unprivileged.py user UID GID COMMAND…`` gives up root's rights for those of another account, which reaches only what that
account reaches. ``unprivileged.py namespace UID COMMAND…`` stays who it is, and so reaches what that one reaches, but sees itself
under another number (Linux alone). Started as a file, with nothing of the project: it starts in 20 ms.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

CLONE_NEWUSER = 0x10000000
"""<linux/sched.h>; ``os.unshare`` came with Python 3.12."""


def change_user(uid: int, gid: int) -> None:
    """Give up root's rights for those of an account."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def change_number(uid: int) -> None:
    """Enter a user namespace in which this user has the number ``uid``.

    Raises:
        OSError: The system has no such namespaces, or does not let us make one.
    """
    system = ctypes.CDLL(None, use_errno=True)
    outside = os.geteuid()
    if not hasattr(system, "unshare"):
        msg = "this system has no user namespaces"
        raise OSError(msg)
    if system.unshare(CLONE_NEWUSER):
        number = ctypes.get_errno()
        raise OSError(number, f"a user namespace cannot be made: {os.strerror(number)}")
    # Where the kernel takes no map, who is not in one has the number of `nobody`.
    with suppress(OSError):
        Path("/proc/self/uid_map").write_text(f"{uid} {outside} 1\n", encoding="ascii")


def main(arguments: list[str]) -> None:
    """Become the command."""
    how, *rest = arguments
    count = {"user": 2, "namespace": 1}[how]
    numbers, command = [int(each) for each in rest[:count]], rest[count:]
    try:
        if how == "user":
            change_user(*numbers)
        else:
            change_number(*numbers)
        os.execv(command[0], command)  # noqa: S606 - what the caller started
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror or error}")


if __name__ == "__main__":
    main(sys.argv[1:])
