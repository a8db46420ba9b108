"""Processes forked by a rehearsal's nursery, with what of `subprocess.Popen` their callers use.

The nursery is optional: without ``RUNBOOK_REHEARSAL_NURSERY``, as against AWS, or when it refuses, ``fork`` gives None, and the
process is to be started the ordinary way.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from typing import IO, TYPE_CHECKING

from runbook_lib import forking
from runbook_lib.forking import SOCKET_VARIABLE

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence

__all__ = ["SOCKET_VARIABLE", "Forked", "fork", "fork_piped"]

POLL_SECONDS = 0.01


class Forked:
    """A child of the nursery, with what of `subprocess.Popen` its callers use.

    Args:
        command: What it was asked to run.
        pid: Its process id, which is its process group's too.
        connection: To the nursery, which tells the exit code on it; when it closes, the child is killed.
        replies: The same connection, for reading.
    """

    stdin: IO[str] | None = None
    stdout: IO[str] | None = None
    stderr: IO[str] | None = None

    def __init__(self, command: Sequence[str], pid: int, connection: socket.socket, replies: IO[bytes]) -> None:
        self.args = list(command)
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self._ended = threading.Event()
        threading.Thread(target=self._watch, args=[replies], daemon=True).start()

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative for a signal.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        if timeout is None:
            self._ended.wait()
        else:  # looked at, as subprocess does: a lock's own limit is a moment of a clock that may be faked (libfaketime)
            began = time.monotonic()
            while not self._ended.is_set() and time.monotonic() - began < timeout:
                time.sleep(POLL_SECONDS)
        if self.returncode is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode

    def fileno(self) -> int:
        """The descriptor of its connection: whoever holds that open keeps it alive."""
        return self._connection.fileno()

    def send_signal(self, number: int) -> None:
        """Signal it."""
        forking.tell(self._connection, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _watch(self, replies: IO[bytes]) -> None:
        self.returncode = forking.exit_code(replies)
        self._ended.set()


def fork(command: Sequence[str], *, folder: str, environment: Mapping[str, str], streams: Sequence[int]) -> Forked | None:
    """Have the nursery run a command; None if it does not. The arguments are those of `forking.ask`."""
    asked = forking.ask(command, folder=folder, environment=environment, streams=streams)
    return Forked(command, *asked) if asked else None


def fork_piped(command: Sequence[str], *, folder: str, environment: Mapping[str, str], talk: bool) -> Forked | None:
    """`fork` with pipes for its output, and for its input if it is to be talked to; else that is empty."""
    if SOCKET_VARIABLE not in os.environ:
        return None
    theirs_in, ours_in = os.pipe() if talk else (os.open(os.devnull, os.O_RDONLY), None)
    (ours_out, theirs_out), (ours_err, theirs_err) = os.pipe(), os.pipe()
    child = fork(command, folder=folder, environment=environment, streams=(theirs_in, theirs_out, theirs_err))
    for descriptor in (theirs_in, theirs_out, theirs_err):
        os.close(descriptor)
    if child is None:
        for unused in (ours_in, ours_out, ours_err):
            if unused is not None:
                os.close(unused)
        return None
    child.stdin = os.fdopen(ours_in, "w") if ours_in is not None else None
    child.stdout = os.fdopen(ours_out, errors="replace")
    child.stderr = os.fdopen(ours_err, errors="replace")
    return child
