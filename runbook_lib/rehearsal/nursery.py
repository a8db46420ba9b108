"""A process that has imported the heavy libraries once, and forks the short-lived processes that need them.

Each kernel, each ``pulumi``, each Pulumi program and provider spends a second or more importing what the one before it has
imported, and a migration starts dozens. In a rehearsal the world runs this nursery beside the emulator: it imports while nobody
asks, and forks a child per request, in milliseconds. The child is a process of its own, with the caller's environment, folder
and standard streams; it runs what it would have run when started the ordinary way. Who calls holds a connection: its end, by
whatever death, kills the child. What the nursery does not know it refuses, and everything once the project's code has changed
under it: then the caller starts it itself.

One thread only, which is looked at before each fork, and no gRPC channel is ever opened here: that is what makes forking safe.
It needs Linux; elsewhere there is none, and every process is started the ordinary way.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from runbook_lib import places
from runbook_lib.rehearsal import nursery_child
from runbook_lib.rehearsal.guard import Guarded
from runbook_lib.rehearsal.nursery_imports import SOURCE, Stage, import_all, modified, needed

if TYPE_CHECKING:
    from collections.abc import Iterator


class Nursery:
    """Serves requests on a Unix socket, one connection per child.

    Args:
        path: Where the socket is made; only its owner may connect.
        warming: What to do while nobody asks, in small steps.
    """

    def __init__(self, path: Path, warming: Iterator[Stage]) -> None:
        gc.disable()  # what is imported stays; looking through it again and again is a fifth of importing
        self._warming = warming
        self._reached = Stage.NOTHING
        self._code = modified()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen(16)
        self._deaths, self._dying = os.pipe()
        os.set_blocking(self._dying, False)
        signal.signal(signal.SIGCHLD, _note)
        signal.set_wakeup_fd(self._dying)
        self._children: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        for watched in (self._listener, self._deaths):
            self._selector.register(watched, selectors.EVENT_READ)

    def serve(self) -> list[str]:
        """Serve until SIGTERM; then every child ends.

        Returns:
            In each child, and only there: what it is to run.
        """
        signal.signal(signal.SIGTERM, _end)
        try:
            while True:
                for key, _ in self._selector.select(None if self._reached is Stage.ALL else 0):
                    if key.fileobj == self._deaths:
                        os.read(self._deaths, 4096)
                        self._bury()
                    elif key.fileobj is self._listener:
                        if arguments := self._bear(self._listener.accept()[0]):
                            return arguments
                    elif key.fileobj in self._children.values():
                        self._obey(key.fileobj)
                self._warm()
        finally:
            for pid in self._children:
                _signal(pid, signal.SIGKILL)

    def _warm(self) -> None:
        """Import one thing more."""
        if self._reached is Stage.ALL:
            return
        known = len(sys.modules)
        signal.signal(signal.SIGCHLD, lambda *_: self._bury())  # an import may take a second, and touches nothing of this
        self._reached = next(self._warming)
        signal.signal(signal.SIGCHLD, _note)
        if len(sys.modules) != known:
            self._code |= modified(but=self._code)

    def _bear(self, connection: socket.socket) -> list[str]:
        """Read a request and fork its child; the caller is told the process id, or nothing where it is refused."""
        try:
            request, streams = nursery_child.receive(connection)
        except ConnectionError:  # the caller was killed while it asked
            request, streams = None, []
        while request and self._reached < needed(request.command):
            self._warm()
        able = len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208 - a lock that another thread held would be held for ever
        arguments = request.arguments() if request and able and self._code == modified() else []
        if request and arguments:
            # Until a child has let go of all this, a signal to it would do what it does here: end every other child.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
            gc.freeze()  # what is shared: no collector looks at it, which would copy it
            pid = os.fork()
            if not pid:
                gc.enable()
                self._leave(connection)
                nursery_child.become(request, streams)
                signal.pthread_sigmask(signal.SIG_SETMASK, request.blocked)
                return arguments
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._children[pid] = connection
            self._selector.register(connection, selectors.EVENT_READ)
            with contextlib.suppress(OSError):  # the caller is gone: that is read from the connection, and ends the child
                connection.sendall(f"{pid}\n".encode())
        else:
            connection.close()
        for stream in streams:
            os.close(stream)
        return []

    def _leave(self, connection: socket.socket) -> None:
        """In a child: let go of everything that is the nursery's."""
        signal.set_wakeup_fd(-1)
        self._selector.close()
        for each in (self._listener, connection, *self._children.values()):
            each.close()
        os.close(self._deaths)
        os.close(self._dying)
        self._children.clear()

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


def start(log: Path) -> tuple[Path, Guarded] | None:
    """Start a nursery, on Linux; whoever asks before it is there, or when it is gone, starts processes the ordinary way.

    Returns:
        Its socket, and its process, to be stopped; None where there can be none.
    """
    if sys.platform != "linux":
        return None
    directory = places.private("runbook-nursery-")
    command = [sys.executable, "-P", "-m", __name__, str(directory / "socket")]
    return directory / "socket", Guarded(command, log=log, env=os.environ | {"PYTHONPATH": str(SOURCE)}, remove=directory)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _note(*_: object) -> None:
    """Have the signal written to the wake-up descriptor: without a handler it would be ignored."""


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


def main() -> None:
    """The nursery's command line: where to listen."""
    parser = argparse.ArgumentParser(prog="runbook_lib.rehearsal.nursery")
    parser.add_argument("socket", type=Path)
    try:
        asked = Nursery(parser.parse_args().socket, import_all()).serve()
    except SystemExit:
        os._exit(0)  # taking apart all that was imported takes a second, for which whoever ends the world would wait
    nursery_child.run(asked)


if __name__ == "__main__":
    main()
