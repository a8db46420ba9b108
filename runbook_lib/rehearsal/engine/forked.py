"""Child processes from the rehearsal's nursery, which has their libraries imported already.

The nursery is optional: without `RUNBOOK_REHEARSAL_NURSERY`, or when it is not ready yet or does not know the command,
`fork` gives None and the process is started the ordinary way.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SOCKET_VARIABLE = "RUNBOOK_REHEARSAL_NURSERY"


class Forked:
    """A child of the nursery, with what of `subprocess.Popen` the engine uses.

    Args:
        command: What it was asked to run.
        connection: To the nursery, which tells the exit code on it; when it closes, the child is killed.
        replies: The same connection, for reading.
        streams: This side of the child's standard streams: input (or None), output, errors.
    """

    def __init__(
        self,
        command: Sequence[str],
        connection: socket.socket,
        replies: IO[bytes],
        streams: tuple[IO[str] | None, IO[str], IO[str]],
    ) -> None:
        self.args = list(command)
        self.stdin, self.stdout, self.stderr = streams
        self._connection = connection
        self._code = -signal.SIGKILL
        self._ended = threading.Event()
        threading.Thread(target=self._watch, args=[replies], daemon=True).start()

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, negative for a signal.

        Raises:
            subprocess.TimeoutExpired: It still runs.
        """
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self._code

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(OSError):  # it has ended meanwhile
            self._connection.sendall(f"{int(number)}\n".encode())

    def _watch(self, replies: IO[bytes]) -> None:
        if line := replies.readline():  # nothing: the nursery died, and its children with it
            self._code = int(line)
        self._ended.set()


def fork(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], talk: bool) -> Forked | None:
    """Have the nursery run a command; None if it does not.

    Args:
        command: The program and its arguments.
        folder: Its working directory.
        environment: Its environment.
        talk: Whether its standard input is a pipe too.
    """
    path = os.environ.get(SOCKET_VARIABLE)
    if not path:
        return None
    connection = socket.socket(socket.AF_UNIX)
    theirs_in, ours_in = os.pipe() if talk else (os.open(os.devnull, os.O_RDONLY), None)
    ours_out, theirs_out = os.pipe()
    ours_err, theirs_err = os.pipe()
    request = {"command": list(command), "folder": str(folder), "environment": dict(environment)}
    replies = connection.makefile("rb")
    accepted = b""
    with contextlib.suppress(OSError):  # not ready yet, or gone
        connection.connect(path)
        socket.send_fds(connection, [json.dumps(request).encode() + b"\n"], [theirs_in, theirs_out, theirs_err])
        accepted = replies.readline()
    for descriptor in (theirs_in, theirs_out, theirs_err):
        os.close(descriptor)
    streams = (
        os.fdopen(ours_in, "w") if ours_in is not None else None,
        os.fdopen(ours_out, errors="replace"),
        os.fdopen(ours_err, errors="replace"),
    )
    if accepted:
        return Forked(command, connection, replies, streams)
    for stream in (replies, connection, *streams):
        if stream is not None:
            stream.close()
    return None
