"""A small process that outlives a runner that was killed, and has the kernel it ran ended in order.

The runner starts it before the kernel, and holds one end of a socket whose other end is this process's standard input. Over it
come the process ids of kernels, each written by the very process that becomes one, so that none is missed; for a kernel
that the nursery forked also the connection that keeps it alive. When the runner is done it says ``end``. When the socket closes
without that, the runner was killed: then `orphan` takes over. Nothing here imports the rest of the project: it starts in 20 ms.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

END = b"end"
KEPT_DESCRIPTORS = 8


class Guard:
    """The runner's side.

    Args:
        folder: The kernel's sockets, removed when the runner was killed.
        token: The kernel's (``group.TOKEN_VARIABLE``).
        work: Seconds that work has for saving its state.
        kernel: Seconds that the kernel itself has for ending its cell.
        said: The descriptor that is read of what kernels say: somebody has to, or they would wait for it.
    """

    def __init__(self, folder: str, *, token: str, work: float, kernel: float, said: int) -> None:
        ours, theirs = socket.socketpair()
        source = str(Path(__file__).parent.parent.parent)
        environment = {
            **os.environ,
            "RUNBOOK_WORK": "1",  # to whoever ends this runner's own surroundings: this one has something to save
            "PYTHONPATH": os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")])),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, folder, token, str(work), str(kernel), str(said)],
            stdin=theirs.fileno(), stdout=subprocess.DEVNULL, env=environment, start_new_session=True,
            pass_fds=[said],
        )  # fmt: skip
        theirs.close()
        self._socket = ours

    def announce(self) -> None:
        """Called in the process that is about to become the kernel."""
        with suppress(OSError):
            os.write(self._socket.fileno(), f"{os.getpid()}\n".encode())

    def watch(self, kernel: int, connection: int) -> None:
        """Tell of a kernel that was forked elsewhere, and hand over the connection that keeps it alive."""
        with suppress(OSError):
            socket.send_fds(self._socket, [f"{kernel}\n".encode()], [connection])

    def end(self) -> None:
        """The kernel has ended, and whatever it started was seen to."""
        with suppress(OSError):
            self._socket.sendall(END)
        self._socket.close()
        self._process.wait()


def _guard(arguments: list[str]) -> None:
    for ignored in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    runner, told, held = socket.socket(fileno=0), b"", []
    while True:
        try:
            part, descriptors, _, _ = socket.recv_fds(runner, 4096, KEPT_DESCRIPTORS)
        except OSError:  # reset: it was killed, too
            break
        held += descriptors
        told += part
        if not part:
            break
    if told.endswith(END):
        return
    if kernels := told.split():
        for descriptor in held:
            os.set_inheritable(descriptor, True)  # noqa: FBT003 - takes no keyword
        command = [sys.executable, "-P", "-m", "runbook_lib.kernel.orphan", *arguments, *(kernel.decode() for kernel in kernels)]
        os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted
    shutil.rmtree(arguments[0], ignore_errors=True)


if __name__ == "__main__":
    _guard(sys.argv[1:])
