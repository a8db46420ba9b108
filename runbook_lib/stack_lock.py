"""One at a time: whoever works on a stack holds its lock, with a name, a host, a process and a heartbeat beside it.

The operating system holds the lock itself, so it ends with its process, by whatever death. What stays behind then is the
owner's file: on this machine the next one takes the stack over and puts that on record; of another machine nobody here can
tell, so a person says it (``runbook unlock``). The lock is known to all who share the outputs folder; Pulumi's own lock guards
the state.
"""

from __future__ import annotations

import contextlib
import os
import platform
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil
from filelock import FileLock, Timeout
from pydantic import AwareDatetime, BaseModel, ConfigDict

from runbook_lib import files
from runbook_lib.errors import LockedError, RecordError, UsageError
from runbook_lib.facts import operator
from runbook_lib.flag import Flag
from runbook_lib.results import now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from runbook_lib.run import Run

HEARTBEAT_SECONDS = 15.0
SILENT = timedelta(minutes=2)
"""After so long without a heartbeat the owner may be dead."""
WAIT_SECONDS = 0.5


class Holder(BaseModel):
    """Who holds a stack."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stack: str
    environment: str
    operator: str
    host: str
    pid: int
    started: AwareDatetime
    """When the process began: process ids are used again."""
    since: AwareDatetime
    heartbeat: AwareDatetime
    run: str = ""

    @classmethod
    def this(cls, stack: str, environment: str) -> Holder:
        """This process."""
        began = datetime.fromtimestamp(psutil.Process().create_time(), UTC)
        return cls(
            stack=stack, environment=environment, operator=operator(), host=platform.node(), pid=os.getpid(),
            started=began, since=now(), heartbeat=now(),
        )  # fmt: skip

    def told(self) -> str:
        """Who it is, for people."""
        run = f", run {self.run}" if self.run else ""
        silent = round((now() - self.heartbeat).total_seconds())
        return f"{self.operator}, process {self.pid}, since {self.since:%Y-%m-%d %H:%M:%S} UTC{run}; last heard of {silent} s ago"


class StackLock:
    """The lock of one stack.

    Args:
        folder: Where the lock is.
        stack: The stack's name, e.g. ``staging-123456789012-us-east-1-demo``.
    """

    def __init__(self, folder: Path, stack: str) -> None:
        self.stack = stack
        self.path = folder / f"{stack}.json"
        self.previous: Holder | None = None
        self._mutex = FileLock(folder / f"{stack}.lock")
        self._owner: Holder | None = None
        self._over = Flag()
        self._writing = threading.Lock()

    def owner(self) -> Holder | None:
        """Whoever holds it, or held it and died.

        Raises:
            RecordError: The file does not say.
        """
        try:
            return files.load_record(self.path, Holder.model_validate_json)
        except RecordError as error:
            if not os.path.lexists(self.path):
                return None
            raise RecordError(
                f"Who holds {self.stack} cannot be told: {self.path} is damaged.",
                remedy="If nobody works on it, on any machine: runbook unlock.",
            ) from error

    def take(self, environment: str, *, wait: Callable[[str], None] | None = None) -> None:
        """Take it; ``previous`` is then the owner that died with it, if one did.

        Args:
            environment: The environment that the stack is of.
            wait: Where given, it is told whom this waits for; otherwise a stack in use is an error.

        Raises:
            LockedError: Another process holds it, or died with it on another machine.
            RecordError: Who holds it cannot be read, or that this does cannot be written; it is not held then.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._mutex.acquire(timeout=0)
        except Timeout:
            if wait is None:
                raise self._in_use(
                    "Wait for its end, or end that process, then start again; runbook run --wait does the waiting."
                ) from None
            wait(f"{self._in_use('').message} Waiting.")
            self._mutex.acquire(poll_interval=WAIT_SECONDS)
        try:
            self.previous = self._left_here()
            self._owner = Holder.this(self.stack, environment)
            self._write()
        except BaseException:
            self._owner = None
            self._mutex.release()
            raise
        threading.Thread(target=self._beat, daemon=True).start()

    def _left_here(self) -> Holder | None:
        """The owner that died with it on this machine; does the lock reach across machines? Not on every file system."""
        previous = self.owner()
        if previous and previous.host != platform.node():
            raise self._in_use("If that machine no longer works on it: runbook unlock.")
        return previous

    def names(self, run: Run) -> None:
        """Say which run it is held for, here and in that run's ledger."""
        if self._owner is None:
            raise UsageError(f"{self.stack} is not held.")
        self._owner = self._owner.model_copy(update={"run": run.facts.run})
        self._write()
        facts = self._owner.model_dump(mode="json", exclude={"run", "heartbeat", "environment"})
        left = self.previous.model_dump(mode="json", exclude={"stack", "environment"}) if self.previous else None
        run.ledger.append("stack.locked", **facts, **({"taken_over_from": left} if left else {}))

    def release(self) -> None:
        """Give it back."""
        self._over.set()
        try:
            with self._writing:
                self._owner = None
                self.path.unlink(missing_ok=True)
        finally:
            self._mutex.release()

    def clear(self, record: Callable[[Holder | None], None]) -> None:
        """Remove what a dead owner left.

        Args:
            record: Puts on record whose it was, before it goes; ``None`` where its file does not say.

        Raises:
            LockedError: The owner works still, or may: it was heard of a moment ago.
            RecordError: It could not be removed; or what ``record`` raises, and then it stays.
        """
        try:
            self._mutex.acquire(timeout=0)
        except Timeout:
            raise self._in_use("It is at work: end that process (kill -INT), and it saves its state and unlocks.") from None
        try:
            left = self._readable()
            if left and left.host != platform.node() and now() - left.heartbeat < SILENT:
                raise self._in_use(
                    f"Its heartbeat is fresh; {round(SILENT.total_seconds())} s after the last one it may be unlocked."
                )
            record(left)
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise RecordError(f"{self.path} cannot be removed: {error.strerror}.", remedy="Make its folder writable.") from error
        finally:
            self._mutex.release()

    def _readable(self) -> Holder | None:
        """Whoever holds it, as far as its file says."""
        try:
            return self.owner()
        except RecordError:
            return None

    def _in_use(self, remedy: str) -> LockedError:
        owner = self._readable()
        return LockedError(f"{self.stack} is in use by {owner.told() if owner else 'another process'}.", remedy=remedy)

    def _write(self) -> None:
        with self._writing:
            if self._owner:
                self._owner = self._owner.model_copy(update={"heartbeat": now()})
                files.write_atomic(self.path, self._owner.model_dump_json(indent=2).encode())

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT_SECONDS):
            with contextlib.suppress(
                OSError, RecordError
            ):  # one missed on a full disk: the lock itself is the system's, and holds
                self._write()


@contextlib.contextmanager
def held(lock: StackLock, environment: str, *, wait: Callable[[str], None] | None = None) -> Iterator[StackLock]:
    """Hold a stack's lock meanwhile; see ``StackLock.take``."""
    lock.take(environment, wait=wait)
    try:
        yield lock
    finally:
        lock.release()
