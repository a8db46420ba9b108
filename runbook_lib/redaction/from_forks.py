"""What a forked child of a kernel learns reaches the kernel, before the child goes on.

A child has the kernel's memory, but none of its threads, and may not use its sockets. So it inherits one of its own: over it
goes one end of a connection, over that the secret; its end says that the kernel knows.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 5.0
"""Seconds that a child waits for the kernel, which may have been stopped, and the kernel for the child."""


class Back:
    """The way back, made in the kernel.

    Args:
        learned: Told of each secret, and what it is called, in a thread of the kernel's.
    """

    def __init__(self, learned: Callable[[str, str], None]) -> None:
        self._kernel = os.getpid()
        self._heard, self._told = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        os.register_at_fork(after_in_child=self._heard.close)  # or a dead kernel would seem to listen
        threading.Thread(target=self._listen, args=[learned], daemon=True).start()

    def forked(self) -> bool:
        """Whether this process is a child of the kernel."""
        return os.getpid() != self._kernel

    def tell(self, secret: str, name: str) -> None:
        """In a child: have the kernel know; if it is gone, nobody writes what the child says."""
        ours, theirs = socket.socketpair()
        with ours, suppress(OSError):
            ours.settimeout(PATIENCE)
            with theirs:
                socket.send_fds(self._told, [b"1"], [theirs.fileno()])
            ours.sendall(json.dumps([secret, name]).encode())
            ours.shutdown(socket.SHUT_WR)
            ours.recv(1)

    def _listen(self, learned: Callable[[str, str], None]) -> None:
        while True:
            _, descriptors, _, _ = socket.recv_fds(self._heard, 1, 1)
            for descriptor in descriptors:
                with socket.socket(fileno=descriptor) as child, suppress(OSError, ValueError):  # it was killed half-way
                    child.settimeout(PATIENCE)
                    with child.makefile("rb") as said:
                        secret, name = json.load(said)
                    learned(secret, name)
