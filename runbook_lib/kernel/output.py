"""Where an executed notebook goes: wherever papermill can write, and through papermill's own handlers."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from errno import EACCES, EBUSY, EPERM, EXDEV
from pathlib import Path
from typing import Any

from papermill.iorw import LocalHandler, StreamHandler, papermill_io

NOT_REPLACEABLE = frozenset({EACCES, EBUSY, EPERM, EXDEV})
"""Errors that say: this name may not be given to another file, e.g. a file that is mounted into a container."""


def write(text: str, path: str) -> None:
    """Write a notebook as papermill would; a plain local file is replaced, so that a crash leaves the old or the new."""
    file = local(path)
    if file is None or not _replaceable(file) or not _replace(file, text.encode()):
        papermill_io.write(text, path)


def only_once(path: str) -> bool:
    """Whether what is written cannot be taken back, so that only the end is to be written: standard output, pipes, terminals."""
    file = local(path)
    if file is None:
        return isinstance(papermill_io.get_handler(path), StreamHandler)
    with suppress(OSError):
        mode = file.stat().st_mode
        return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)
    return False


def local(path: str) -> Path | None:
    """The file that papermill's local handler would open; ``None`` where another handler is in charge.

    papermill changes into ``--cwd`` to execute, while its handler stays where papermill was started.
    """
    handler: Any = papermill_io.get_handler(path)
    if type(handler) is not LocalHandler:
        return None
    started = handler.cwd(None)
    handler.cwd(started)
    return Path(started or ".", path)


def _replaceable(file: Path) -> bool:
    """Whether a new file may take the name without anything being lost: a link, a device, another owner, a second name."""
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return False
    try:
        found = file.lstat()
    except FileNotFoundError:
        return True
    alone = stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and found.st_uid == os.geteuid()
    return alone and os.access(file, os.W_OK) and not _attributes(file)


def _attributes(file: Path) -> list[str]:
    """Access lists and its owner's extended attributes, which a new file would not have."""
    with suppress(OSError, AttributeError):  # the file system, or macOS's Python, knows none
        return [name for name in os.listxattr(file) if name.startswith(("user.", "system.posix_acl"))]
    return []


def _replace(file: Path, content: bytes) -> bool:
    """Put a new file in the place of the old one, with its mode, or the one that the umask says."""
    temporary = file.with_name(f".papermill-{secrets.token_hex(8)}")  # short, whatever the file is called
    try:
        mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else None
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as new:  # noqa: PTH123 - umask applies
            if mode is not None:
                os.fchmod(new.fileno(), mode)
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        temporary.replace(file)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if error.errno in NOT_REPLACEABLE:
            return False
        raise
    return True
