"""Where a run puts what not every folder can hold.

A Unix socket's path has 107 characters, some file systems know no sockets, and a temporary folder may be closed to other
accounts or to programs. What a folder can do is tried, not read off its mode: modes of parents, mount options and access
lists all have a say.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from runbook_lib.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOM = 32
"""Bytes that names below a folder may take: ``/1/.s.PGSQL.5432`` and the like."""


def private(prefix: str, *, preferred: Callable[[Path], bool] = lambda _folder: True) -> Path:
    """Make a folder of this user's own in which sockets can be made: in the temporary folder if that will do.

    Args:
        prefix: What its name begins with.
        preferred: Whether a folder is as good as it gets; if none is, the first that takes sockets does.

    Raises:
        EngineError: There is no such place.
    """
    second: Path | None = None
    for parent in _parents():
        folder = _made(parent, prefix)
        if folder is None:
            continue
        if preferred(folder):
            if second:
                shutil.rmtree(second)
            return folder
        if second is None:
            second = folder
        else:
            shutil.rmtree(folder)
    if second is None:
        raise EngineError(
            "there is no folder that takes a socket: each is missing, not writable, or its path is too long",
            remedy="Set TMPDIR to a folder with a short path on a local disk.",
        )
    return second


@contextmanager
def temporary(prefix: str) -> Iterator[Path]:
    """A folder as ``private`` makes it, removed afterwards."""
    folder = private(prefix)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def home(directory: Path) -> dict[str, str]:
    """``HOME`` for who has none that can be used: Jupyter, IPython and Pulumi do not work without one.

    Args:
        directory: What it is to be.

    Returns:
        The variable; nothing where the user's own home, and what these have there already, take a folder.
    """
    try:
        own = Path.home()
        for known in (own, own / ".ipython", own / ".pulumi"):
            if known == own or known.exists():
                Path(tempfile.mkdtemp(prefix=".runbook-", dir=known)).rmdir()
    except (RuntimeError, OSError):  # neither a variable nor a name in the user database; or it is missing, read-only, closed
        return {"HOME": str(directory)}
    return {}


def _parents() -> Iterator[Path]:
    named = (tempfile.gettempdir(), "/tmp", os.environ.get("XDG_RUNTIME_DIR"), "/var/tmp", "/dev/shm")  # noqa: S108 - mkdtemp is safe in any
    yield from dict.fromkeys(Path(each) for each in named if each)


def _made(parent: Path, prefix: str) -> Path | None:
    """A new folder, or None where it cannot be made or takes no socket."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    except OSError:
        return None
    trial = folder / ("s" * (ROOM - 1))
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(trial))
        trial.unlink()
    except OSError:  # also a path that is too long
        shutil.rmtree(folder)
        return None
    return folder
