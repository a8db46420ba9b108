"""Processes forked by a rehearsal's nursery, which has their libraries imported already.

The nursery is optional: without ``RUNBOOK_REHEARSAL_NURSERY``, as against AWS, or when it refuses, ``fork`` gives None, and the
process is to be started the ordinary way. Started as a file, this is a command that does both: it stands for the process that it
has forked (descriptors, signals, exit code), or becomes the one it was asked for. So it imports nothing of the project,
and of the standard library what starts fast.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import IO, TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SOCKET_VARIABLE = "RUNBOOK_REHEARSAL_NURSERY"
POLL_SECONDS = 0.01
RESTORED = (signal.SIGPIPE, signal.SIGXFSZ)
"""What an interpreter ignores of itself, and does not hand down."""
PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


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
        with contextlib.suppress(OSError):  # it has ended meanwhile
            self._connection.sendall(f"{int(number)}\n".encode())

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def _watch(self, replies: IO[bytes]) -> None:
        line = replies.readline()  # nothing: the nursery died, and its children with it
        self.returncode = int(line) if line else -signal.SIGKILL
        self._ended.set()


def fork(command: Sequence[str], *, folder: str, environment: Mapping[str, str], streams: Sequence[int]) -> Forked | None:
    """Have the nursery run a command; None if it does not.

    Args:
        command: The program and its arguments.
        folder: Its working directory.
        environment: Its environment.
        streams: Descriptors for its standard input, output and errors; they stay open here.
    """
    path = os.environ.get(SOCKET_VARIABLE)
    if not path:
        return None
    request = {"command": list(command), "folder": folder, "environment": dict(environment)} | handed_down()
    connection = socket.socket(socket.AF_UNIX)
    replies = connection.makefile("rb")
    with contextlib.suppress(OSError):  # it is gone
        connection.connect(path)
        socket.send_fds(connection, [json.dumps(request).encode() + b"\n"], list(streams))
        if accepted := replies.readline():
            return Forked(command, int(accepted), connection, replies)
    replies.close()
    connection.close()
    return None


def handed_down() -> dict[str, Any]:
    """What a process inherits and can be given; by the names that the nursery's request has for it."""
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals() if number not in RESTORED}
    return {
        "ignored": sorted(int(number) for number, handler in handlers.items() if handler is signal.SIG_IGN),
        "blocked": sorted(int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "umask": _umask(),
        "standing": standing(),
    }


def standing() -> dict[str, Any]:
    """What a process inherits and cannot, or not always, be given: who it is, and its share of the machine."""
    limits = sorted({number for name, number in vars(resource).items() if name.startswith("RLIMIT_")})
    return {
        "limits": [list(resource.getrlimit(number)) for number in limits],
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "processors": sorted(os.sched_getaffinity(0)),
        "user": [*os.getresuid(), *os.getresgid(), *os.getgroups()],
    }


def _umask() -> int:
    """The umask; there is no asking for it but in this file, short of setting it for every thread."""
    with open("/proc/self/status") as status:  # noqa: PTH123 - pathlib loads slowly
        return next(int(line.split()[1], 8) for line in status if line.startswith("Umask:"))


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


def main(command: list[str]) -> NoReturn:
    """Stand for a forked process, or become the one that was asked for."""
    child = fork(command, folder=os.getcwd(), environment=os.environ, streams=(0, 1, 2))  # noqa: PTH109 - pathlib loads slowly
    if child is None:
        os.execvp(command[0], command)  # noqa: S606 - what the caller started, as it started it
    for number in PASSED_ON:  # also what is ignored: the child may listen to it all the same
        signal.signal(number, lambda received, _: child.send_signal(received))
    code = child.wait()
    if code < 0:
        with contextlib.suppress(OSError):  # SIGKILL has no other
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
