"""Asks a rehearsal's nursery for a process, which has its libraries imported already; as a command stands for that process.

Usage: ``python -I -S forking.py PROGRAM ARGUMENT…``: stands for the process that was forked (descriptors, signals, exit code), or
becomes the program where there is no nursery or it refuses. A rehearsal starts it dozens of times, and somebody waits each time:
so it imports nothing of the project, and of the standard library only what starts fast (no json, typing, subprocess).
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import IO, Any, NoReturn

SOCKET_VARIABLE = "RUNBOOK_REHEARSAL_NURSERY"
RESTORED = (signal.SIGPIPE, signal.SIGXFSZ)
"""What an interpreter ignores of itself, and does not hand down."""
PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


def ask(
    command: Sequence[str], *, folder: str, environment: Mapping[str, str], streams: Sequence[int]
) -> tuple[int, socket.socket, IO[bytes]] | None:
    """Have the nursery run a command; None if it does not.

    Args:
        command: The program and its arguments.
        folder: Its working directory.
        environment: Its environment.
        streams: Descriptors for its standard input, output and errors; they stay open here.

    Returns:
        The process id, which is its process group's too; the connection, whose end kills it and which takes numbers of signals;
        and the same for reading: its exit code, a line, or nothing where the nursery died, and its children with it.
    """
    path = os.environ.get(SOCKET_VARIABLE)
    if not path:
        return None
    request = {"command": list(command), "folder": folder, "environment": dict(environment)} | handed_down()
    connection = socket.socket(socket.AF_UNIX)
    replies = connection.makefile("rb")
    try:
        connection.connect(path)
        socket.send_fds(connection, [ascii(request).encode() + b"\n"], list(streams))
        if accepted := replies.readline():
            return int(accepted), connection, replies
    except OSError:  # it is gone
        pass
    replies.close()
    connection.close()
    return None


def tell(connection: socket.socket, number: int) -> None:
    """Have the process signalled."""
    try:  # noqa: SIM105 - contextlib loads slowly
        connection.sendall(f"{int(number)}\n".encode())
    except OSError:  # it has ended meanwhile
        pass


def exit_code(replies: IO[bytes]) -> int:
    """Wait for its end: its exit code, negative for a signal."""
    line = replies.readline()
    return int(line) if line else -signal.SIGKILL


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


def main(command: list[str]) -> NoReturn:
    """Stand for a forked process, or become the one that was asked for."""
    child = ask(command, folder=os.getcwd(), environment=os.environ, streams=(0, 1, 2))  # noqa: PTH109 - pathlib loads slowly
    if child is None:
        os.execvp(command[0], command)  # noqa: S606 - what the caller started, as it started it
    _, connection, replies = child
    for number in PASSED_ON:  # also what is ignored: the child may listen to it all the same
        signal.signal(number, lambda received, _: tell(connection, received))
    code = exit_code(replies)
    if code < 0:
        if -code != signal.SIGKILL:  # which has no other
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
