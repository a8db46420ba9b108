"""Output that outlives its reader: a closed terminal or pipe, or a full disk, ends what is shown, not what is done."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from runbook_lib.errors import RunbookError

if TYPE_CHECKING:
    from collections.abc import Iterator


GONE = frozenset({errno.EPIPE, errno.EIO, errno.EBADF, errno.ENXIO})
"""What writing to a pipe without a reader, or to a terminal that was closed, answers."""
STANDARD_ERROR = 2


class Lasting:
    """A text stream that goes nowhere once it cannot be written; in everything else it is ``stream``.

    ``lost`` is why, once it is so: the record counts and not the screen, but who redirects it wants to know.
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.lost: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, if anything still takes it."""
        try:
            return self._stream.write(text)
        except OSError as error:
            self._gone(error)
            return len(text)

    def flush(self) -> None:
        """Hand on what was written, if anything still takes it."""
        try:
            self._stream.flush()
        except OSError as error:
            self._gone(error)

    def _gone(self, error: OSError) -> None:
        self.lost = self.lost or error
        # What is still buffered goes the same way, now and when the interpreter ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


@contextmanager
def lasting_streams() -> Iterator[None]:
    """Standard output and error are ``Lasting`` meanwhile; what the process was not given goes nowhere from the start."""
    _given()
    before = sys.stdout, sys.stderr
    out, err = (Lasting(stream or os.fdopen(number, "w", closefd=False)) for number, stream in enumerate(before, start=1))
    sys.stdout, sys.stderr = out, err
    try:
        yield
    finally:
        try:
            delivered()
        except RunbookError as error:
            print(f"runbook: {error.diagnostics()}", file=err)
        err.flush()
        sys.stdout, sys.stderr = before


def delivered() -> None:
    """See that what was printed until now got through, for who has nothing to say but that.

    Raises:
        RunbookError: It did not. That a reader has gone is no error: ``head`` has read enough.
    """
    sys.stdout.flush()
    out = sys.stdout
    if isinstance(out, Lasting) and (lost := out.lost) and lost.errno not in GONE:
        out.lost = None  # said once
        raise RunbookError(f"Standard output cannot be written: {lost.strerror}.", remedy="Make room, or print elsewhere.")


def _given() -> None:
    """Open what the process was not given: the next file that it opens would get that number, and be printed into."""
    number = os.open(os.devnull, os.O_RDWR)
    while number <= STANDARD_ERROR:
        os.set_inheritable(number, True)  # noqa: FBT003 - the only way it is called
        number = os.open(os.devnull, os.O_RDWR)
    os.close(number)
