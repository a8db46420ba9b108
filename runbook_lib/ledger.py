"""A run's ledger: one line per event, each holding the hash of the line before.

The chain detects an edited, removed or reordered line; it does not by itself resist somebody who rewrites the whole file.
Several processes write to it (the runner, the kernel), so every append holds the lock beside it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from runbook_lib import files
from runbook_lib.chain import GENESIS, Account, Event, account, head_of, lines_for
from runbook_lib.errors import RecordError
from runbook_lib.results import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["GENESIS", "Account", "Event", "Ledger"]

LOCK_SECONDS = 60.0
"""How long an append waits for another one; each takes milliseconds."""


class Ledger:
    """The events of one run, in ``ledger.jsonl``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FileLock(path.with_name(f".{path.name}.lock"))

    def append(self, event: str, **facts: Any) -> None:
        """Add an event, flushed to the disk before this returns; it is there whole, or not at all.

        Args:
            event: What happened, e.g. ``step.started``.
            **facts: JSON values; secrets are redacted, and what is no JSON is named in the event.

        Raises:
            RecordError: It could not be written, or another process holds the lock.
        """
        with self.locked():
            content = self._content()
            self._write(lines_for(content, event, facts, now()))

    def begin(self, event: str, step: str, *, floor: int = 0, **facts: Any) -> int:
        """Add the event with which an attempt begins: counting and recording are one, however many processes begin at once.

        Args:
            event: ``notebook.started`` or ``step.started``.
            step: The step's full name.
            floor: The highest number known from elsewhere: of files on the disk.
            **facts: As for ``append``.

        Returns:
            The attempt's number, one past every one that ever began.

        Raises:
            RecordError: As ``append``; or the chain is broken, so that nobody knows what has been.
        """
        with self.locked():
            known = [int(each.get("attempt", 0)) for each in self.events() if each.get("step") == step]
            attempt = max([floor, *known]) + 1
            self.append(event, step=step, attempt=attempt, **facts)
        return attempt

    def head(self) -> str:
        """The SHA-256 of the last line (without its newline), or ``GENESIS``."""
        return head_of(self._content())

    def events(self) -> Iterator[Event]:
        """Every event, oldest first, once the whole chain has been checked.

        Raises:
            RecordError: A line is not JSON, or does not follow from the one before.
        """
        told = self.account()
        if told.broken:
            raise RecordError(told.broken, remedy="The record was changed, or its disk is failing: compare it with a copy.")
        yield from told.events

    def account(self) -> Account:
        """What the ledger tells, whatever state it is in.

        Raises:
            RecordError: It cannot be read at all.
        """
        content = self._content()
        if content and not content.endswith(b"\n"):
            with suppress(RecordError), self.locked():  # somebody may be writing just now; in a read-only copy nobody is
                content = self._content()
        return account(content, str(self.path))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While nobody else may append; who holds it may append and ask again.

        Raises:
            RecordError: Another process holds the lock for too long, or the lock cannot be made.
        """
        try:
            self._lock.acquire(timeout=LOCK_SECONDS)
        except Timeout as error:
            raise RecordError(
                f"{self.path} is locked by another process for more than {LOCK_SECONDS:.0f} s.", remedy="End what hangs there."
            ) from error
        except (OSError, NotImplementedError) as error:
            raise RecordError(f"{self.path} cannot be locked: {getattr(error, 'strerror', None) or error}.") from error
        try:
            yield
        finally:
            self._lock.release()

    def _content(self) -> bytes:
        try:
            return files.read(self.path)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise RecordError(f"{self.path} cannot be read: {error.strerror}.") from error

    def _write(self, text: bytes) -> None:
        """Append ``text``; where that fails, what got through is taken back."""
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
            try:
                before = os.fstat(descriptor).st_size
                try:
                    rest = memoryview(text)
                    while rest:
                        rest = rest[os.write(descriptor, rest) :]
                    os.fsync(descriptor)
                except BaseException:
                    with suppress(OSError):  # else it stays torn, which the next append puts on record
                        os.ftruncate(descriptor, before)
                    raise
            finally:
                os.close(descriptor)
        except OSError as error:
            raise RecordError(
                f"{self.path} cannot be written: {error.strerror}. What happened last is not on record.",
                remedy="Make room, or make the folder writable; what was recorded before is whole.",
            ) from error
