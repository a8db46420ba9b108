"""A process that has imported the heavy libraries once, and forks the short-lived processes that need them.

A Pulumi program and the AWS provider each spend seconds importing the SDK and deriving schemas from it, and a migration starts
them several times. In a rehearsal the world runs this nursery beside the emulator: it imports while the first step is at work and
then forks a child per request, in milliseconds. The child is a process of its own, with the caller's environment, folder and
standard streams; it runs what it would have run when started the ordinary way. Who calls holds a connection: its end, by whatever
death, kills the child. What the nursery does not know it refuses, and the caller starts it itself.

One thread only, and no gRPC channel is ever opened here: that is what makes forking safe.
"""

from __future__ import annotations

import argparse
import array
import contextlib
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

SOCKET_VARIABLE = "RUNBOOK_REHEARSAL_NURSERY"
LONGEST_REQUEST = 1 << 20
STREAMS = 3
MODULES = {"pulumi-resource-aws": "runbook_lib.rehearsal.provider.server"}
"""Commands that are not Python themselves, but start a module."""


@dataclass(frozen=True)
class Request:
    """What a caller wants to have started."""

    command: list[str]
    folder: str
    environment: dict[str, str]

    def python(self) -> list[str]:
        """The command as arguments of the interpreter: a file or ``-m module``, and its own; empty if it is no such."""
        program, *arguments = self.command
        if Path(program).name in MODULES:
            return ["-m", MODULES[Path(program).name], *arguments]
        if Path(program).parent.resolve() != Path(sys.executable).parent.resolve():
            return []
        while arguments and arguments[0] in {"-u", "-P"}:
            arguments.pop(0)
        return arguments


class Nursery:
    """Serves requests on a Unix socket, one connection per child.

    Args:
        path: Where the socket is made; only its owner may connect.
    """

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(16)
        self._deaths, writing = os.pipe()
        os.set_blocking(writing, False)
        self._close = [self._listener.fileno(), self._deaths, writing]
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writing)
        self._children: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        for watched in (self._listener, self._deaths):
            self._selector.register(watched, selectors.EVENT_READ)

    def serve(self) -> None:
        """Serve until SIGTERM; then every child ends."""
        signal.signal(signal.SIGTERM, _end)
        try:
            while True:
                for key, _ in self._selector.select():
                    if key.fileobj == self._deaths:
                        os.read(self._deaths, 4096)
                        self._bury()
                    elif key.fileobj is self._listener:
                        self._bear(self._listener.accept()[0])
                    elif key.fileobj in self._children.values():
                        self._obey(key.fileobj)
        finally:
            for pid in self._children:
                _signal(pid, signal.SIGKILL)

    def _bear(self, connection: socket.socket) -> None:
        """Read a request and fork its child; the caller is told the process id, or nothing where it is refused."""
        request, streams = _receive(connection)
        arguments = request.python() if request else []
        if request and arguments:
            pid = os.fork()
            if not pid:
                others = [each.fileno() for each in self._children.values()]
                _live(request, arguments, streams, [*self._close, *others, connection.fileno()])
            self._children[pid] = connection
            self._selector.register(connection, selectors.EVENT_READ)
            connection.sendall(f"{pid}\n".encode())
        else:
            connection.close()
        for stream in streams:
            os.close(stream)

    def _bury(self) -> None:
        """Tell each ended child's caller its exit code."""
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                connection = self._children.pop(pid)
                with contextlib.suppress(KeyError):  # its caller was gone before it
                    self._selector.unregister(connection)
                with contextlib.suppress(OSError):  # the caller may be gone
                    connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
                connection.close()

    def _obey(self, connection: Any) -> None:
        """Send the child the signal that its caller names; a caller that is gone means SIGKILL."""
        pid = next(pid for pid, owner in self._children.items() if owner is connection)
        words: list[bytes] = []
        with contextlib.suppress(OSError):
            words = connection.recv(64).split()
        if not words:
            self._selector.unregister(connection)
        _signal(pid, signal.Signals(int(words[-1])) if words else signal.SIGKILL)


def _receive(connection: socket.socket) -> tuple[Request | None, list[int]]:
    content, descriptors = b"", array.array("i")
    while not content.endswith(b"\n"):
        part, ancillary, _, _ = connection.recvmsg(LONGEST_REQUEST, socket.CMSG_SPACE(STREAMS * descriptors.itemsize))
        for _, kind, given in ancillary:
            if kind == socket.SCM_RIGHTS:
                descriptors.frombytes(given)
        if not part:
            return None, list(descriptors)
        content += part
    return Request(**json.loads(content)), list(descriptors)


def _live(request: Request, arguments: list[str], streams: list[int], close: list[int]) -> NoReturn:
    """Become the process that was asked for."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.setsid()
        for descriptor in close:
            os.close(descriptor)
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
            os.close(stream)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w", buffering=1), open(2, "w", buffering=1)  # noqa: SIM115
        os.chdir(request.folder)
        os.environ.clear()
        os.environ.update(request.environment)
        code = _run(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(arguments: list[str]) -> int:
    try:
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            sys.path.insert(0, str(Path(arguments[0]).parent))  # as the interpreter does; who minds takes it out again
            runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter itself does at its top
        traceback.print_exc()
        return 1
    return 0


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


def _warm_up() -> None:
    """Import what programs and the provider need, and derive every schema the provider can be asked for."""
    for name in ("boto3", "pulumi.runtime", "pydantic", *MODULES.values()):
        importlib.import_module(name)
    from runbook_lib.rehearsal.provider import registry, schema

    for token in registry.resources():
        schema.type_schema(token)
    for name in MODULES.values():
        del sys.modules[name]  # what it imports stays; itself it is run anew in each child


def main() -> None:
    """The nursery's command line: where to listen, once everything has been imported."""
    parser = argparse.ArgumentParser(prog="runbook_lib.rehearsal.nursery")
    parser.add_argument("socket", type=Path)
    path = parser.parse_args().socket
    _warm_up()
    Nursery(path).serve()


if __name__ == "__main__":
    main()
