"""An agent that derives the keys of passphrases, each once a rehearsal.

A stack's key takes a million rounds of PBKDF2, 0.2 s, and each of a rehearsal's commands that meets a secret would wait for it.
As an SSH agent does, this one keeps what it derived in its memory alone, and answers on a Unix socket that only its owner can
open. It runs in the world's supervisor. Where there is none, or none any more, whoever needs a key derives it.

with Agent(folder) as agent:
    os.environ.update(agent.env)
    key = derive(salt, passphrase)
"""

from __future__ import annotations

import base64
import json
import os
import socket
import socketserver
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

VARIABLE = "RUNBOOK_REHEARSAL_KEYS"
"""The environment variable that names an agent's socket."""
ROUNDS = 1_000_000
KEY_BYTES = 32
PATIENCE_SECONDS = 10.0
"""How long an agent is waited for: several derivations on a machine that is busy."""


def derive(salt: bytes, passphrase: str) -> bytes:
    """The key of a passphrase, as Pulumi derives it: PBKDF2-HMAC-SHA256 with a million rounds, 32 bytes."""
    agent = os.environ.get(VARIABLE)
    return (_asked(agent, salt, passphrase) if agent else None) or _derived(salt, passphrase)


def _derived(salt: bytes, passphrase: str) -> bytes:
    # Not `hashlib`'s, which takes twice as long.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    return PBKDF2HMAC(SHA256(), KEY_BYTES, salt, ROUNDS).derive(passphrase.encode())


def _asked(agent: str, salt: bytes, passphrase: str) -> bytes | None:
    """What the agent answers; None if it does not, or not with a key."""
    try:
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(PATIENCE_SECONDS)
            asking.connect(agent)
            asking.sendall(json.dumps([base64.b64encode(salt).decode(), passphrase]).encode() + b"\n")
            with asking.makefile("rb") as answer:
                key = answer.read()
    except OSError:
        return None
    return key if len(key) == KEY_BYTES else None


class Agent:
    """A running agent, in a thread of this process.

    Args:
        folder: A private folder, whose maker removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "keys"
        self._server = _Server(self._socket)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    @property
    def env(self) -> dict[str, str]:
        """What whoever asks it needs in the environment."""
        return {VARIABLE: str(self._socket)}

    def stop(self) -> None:
        """End it, and forget the keys."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._socket.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.key = lru_cache(maxsize=16)(_derived)
        self.deriving = threading.Lock()  # two who ask at once wait for one derivation
        unready = path.with_suffix(".unready")
        super().__init__(str(unready), _Handler)
        unready.chmod(0o600)
        unready.rename(path)  # who sees the socket can connect to it, and only its owner ever could


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        salt, passphrase = json.loads(self.rfile.readline())
        with self.server.deriving:
            self.wfile.write(self.server.key(base64.b64decode(salt), passphrase))
