"""Records on disk: written whole or not at all, and never overwritten."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from runbook_lib.errors import RecordError
from runbook_lib.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


def write_atomic(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` so that a reader, or a crash, sees the old bytes or the new ones."""
    with _told(path):
        temporary = _write_beside(path, content)
        try:
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def write_once(path: Path, content: bytes) -> None:
    """Write a record that must not exist yet.

    Raises:
        RecordError: ``path`` exists, the disk is full, or the folder is not writable.
    """
    with _told(path):
        temporary = _write_beside(path, content)
        try:
            # A hard link fails where the name is taken, which a rename would silently replace.
            os.link(temporary, path)
        except FileExistsError as error:
            raise RecordError(f"{path} exists; records are never overwritten.", remedy="Start a new run.") from error
        finally:
            temporary.unlink()


def load_record(path: Path, parse: Callable[[bytes], T]) -> T:
    """Read and parse a record.

    Raises:
        RecordError: ``path`` is missing, or ``parse`` raised ``ValueError`` or ``KeyError``.
    """
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError) as error:
        raise RecordError(f"{path} is not a valid record: {error}") from error


def _write_beside(path: Path, content: bytes) -> Path:
    """Write a temporary file in the same folder, secrets taken out, flushed to the disk."""
    content = _without_secrets(content)
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


def _without_secrets(content: bytes) -> bytes:
    """Text with every known secret masked; other bytes as they are, for masking would break what reads them."""
    try:
        return redact(content.decode()).encode()
    except UnicodeDecodeError:
        return content
