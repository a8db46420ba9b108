"""Records on disk: written whole or not at all, and never overwritten.

Who writes a record has redacted it (``redaction``); here the bytes are looked at once more, and no secret passes.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from runbook_lib.errors import RecordError
from runbook_lib.redaction import swept
from runbook_lib.redaction.sweep import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


def write_atomic(path: Path, content: bytes, *, exact: bool = False) -> None:
    """Replace ``path`` by ``content`` so that a reader, or a crash, sees the old bytes or the new ones.

    Args:
        path: Where.
        content: All of it.
        exact: Something will read it as input: if it may not be written as it is, nothing is.

    Raises:
        RecordError: The disk is full, or the folder is not writable; or a known secret was left in ``content``: that part is
            withheld, the rest is written.
    """
    kept, secrets = swept(content)
    if not (secrets and exact):
        with _told(path):
            temporary = _write_beside(path, kept)
            try:
                temporary.replace(path)
            except OSError:
                temporary.unlink(missing_ok=True)
                raise
    refuse(path.name, secrets)


def write_once(path: Path, content: bytes) -> None:
    """Write a record that must not exist yet.

    Raises:
        RecordError: ``path`` exists, the disk is full, or the folder is not writable; or a known secret was left in
            ``content``: that part is withheld, the rest is written.
    """
    kept, secrets = swept(content)
    with _told(path):
        temporary = _write_beside(path, kept)
        try:
            # A hard link fails where the name is taken, which a rename would silently replace.
            os.link(temporary, path)
        except FileExistsError as error:
            raise RecordError(f"{path} exists; records are never overwritten.", remedy="Start a new run.") from error
        finally:
            temporary.unlink()
    refuse(path.name, secrets)


def read(path: Path) -> bytes:
    """All that is in a file; of what is none (a pipe, a device), reading would not come to an end.

    Raises:
        OSError: It cannot be read, or is no regular file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return file.read()


def load_record(path: Path, parse: Callable[[bytes], T]) -> T:
    """Read and parse a record.

    Raises:
        RecordError: ``path`` is missing, or ``parse`` raised ``ValueError`` or ``KeyError``.
    """
    try:
        return parse(read(path))
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError) as error:
        raise RecordError(f"{path} is not a valid record: {error}") from error


def _write_beside(path: Path, content: bytes) -> Path:
    """Write a temporary file in the same folder, flushed to the disk."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell an error of the disk as one of the record that could not be written."""
    try:
        yield
    except OSError as error:
        raise RecordError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Make room, or make the folder writable, and run the step again.",
        ) from error
