"""What a kernel learns reaches whoever writes its notebook before the kernel goes on: over a connection, and answered.

The channel that carries the output will not do: a kernel that dies takes with it what is queued there, and its reader may be
behind.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 5.0
"""Seconds that the writer waits for a secret from a process that was stopped half-way."""
RETRY_SECONDS = 0.1


class Listener:
    """The writer's side.

    Args:
        folder: Of this user's own, for a Unix socket; without one it listens on 127.0.0.1.
        learned: Told of each secret, and what it is called.
    """

    def __init__(self, folder: str | None, learned: Callable[[str, str], None]) -> None:
        self._learned, self._key = learned, secrets.token_hex(16)
        self._socket = socket.socket(socket.AF_UNIX if folder else socket.AF_INET)
        self._socket.bind(f"{folder}/secrets" if folder else ("127.0.0.1", 0))
        self._socket.listen()
        self._open = True
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def contact(self) -> tuple[str | tuple[str, int], str]:
        """Where it listens, and the word that it listens to: any account of this machine can reach a port."""
        return self._socket.getsockname(), self._key

    def close(self) -> None:
        """Nobody will tell anything any more."""
        self._open = False
        with suppress(OSError):
            _connected(self._socket.getsockname()).close()  # or it would wait for ever

    def _listen(self) -> None:
        with self._socket:
            while self._open:
                try:
                    told, _ = self._socket.accept()
                except OSError:  # no descriptor is left for now; whoever tells waits
                    time.sleep(RETRY_SECONDS)
                    continue
                threading.Thread(target=self._hear, args=[told], daemon=True).start()

    def _hear(self, told: socket.socket) -> None:
        with told, suppress(OSError, ValueError):  # it was killed half-way
            told.settimeout(PATIENCE)
            with told.makefile("rb") as said:
                heard = json.load(said)
            match heard:
                case [str(key), str(secret), str(name)] if hmac.compare_digest(key.encode(), self._key.encode()):
                    self._learned(secret, name)
                    told.sendall(b"1")


def tell(contact: tuple[str | tuple[str, int], str], secret: str, name: str) -> bool:
    """Have the writer know; return when it does, however long that takes, or when it is gone.

    Args:
        contact: The listener's.
        secret: What is never to be shown.
        name: What it is called.

    Returns:
        Whether it knows: if it is gone, nobody writes what this process says.

    Raises:
        OSError: It may be there, and cannot be told; no descriptor is left, say.
    """
    address, key = contact
    try:
        with _connected(address) as writer:
            writer.sendall(json.dumps([key, secret, name]).encode())
            writer.shutdown(socket.SHUT_WR)
            return writer.recv(1) == b"1"
    except (FileNotFoundError, ConnectionError):
        return False


def _connected(address: str | tuple[str, int]) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
    try:
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection
