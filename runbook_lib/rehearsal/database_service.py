"""The service behind ``database``: one PostgreSQL per DB instance, asked over a Unix socket.

Usage: ``python -m runbook_lib.rehearsal.database_service DIRECTORY``. It is a process of its own because instances
outlive the provider that makes them, and end with the rehearsal.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import socketserver
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from runbook_lib.errors import RunbookError
from runbook_lib.rehearsal.certificates import Authority
from runbook_lib.rehearsal.postgres import Postgres
from runbook_lib.rehearsal.tls_front import HOST

if TYPE_CHECKING:
    from types import FrameType


class Instances:
    """The running databases by DB instance identifier."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._authority = Authority(directory / "ca.pem")
        self._running: dict[str, Postgres] = {}
        self._lock = threading.Lock()
        self._folders = itertools.count(1)
        self._making = ThreadPoolExecutor(max_workers=1)
        # A stack has one database, and making it would be what its whole deployment waits for.
        self._spare: Future[Postgres] | None = self._making.submit(self._make)

    def handle(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what ``request`` asks; the methods below are the operations."""
        operation = request.pop("operation")
        with self._lock:
            answer: dict[str, Any] = getattr(self, f"do_{operation}")(**request)
            return answer

    def do_provision(self, instance: str, **settings: Any) -> dict[str, Any]:
        """Run a new one."""
        if instance in self._running:
            raise RunbookError(f"DB instance {instance} has a database already")
        spare, self._spare = self._spare, None
        server = spare.result() if spare else self._make()
        try:
            server.admit(**settings)
        except BaseException:
            server.remove()
            raise
        self._running[instance] = server
        return {"host": HOST, "port": server.front.port, "ca_bundle": str(self._authority.bundle)}

    def do_deprovision(self, instance: str) -> dict[str, Any]:
        """Remove one."""
        server = self._running.pop(instance, None)
        if server is not None:
            server.remove()
        return {}

    def do_set_password(self, instance: str, password: str) -> dict[str, Any]:
        """Change the master password."""
        self._known(instance).set_password(password)
        return {}

    def do_set_force_ssl(self, instance: str, *, on: bool) -> dict[str, Any]:
        """Follow the parameter group."""
        self._known(instance).front.force_ssl = on
        return {}

    def do_stop(self, instance: str) -> dict[str, Any]:
        """Stop one."""
        self._known(instance).stop()
        return {}

    def do_start(self, instance: str) -> dict[str, Any]:
        """Start a stopped one."""
        self._known(instance).start()
        return {}

    def close(self) -> None:
        """Stop them all."""
        if self._spare:
            with suppress(RunbookError):  # it never came up: there is nothing to stop
                self._spare.result().stop()
        for server in self._running.values():
            server.stop()

    def _make(self) -> Postgres:
        # Numbered, because an instance's name may have 63 characters and a socket's whole path 107.
        return Postgres(self._directory / str(next(self._folders)), self._authority)

    def _known(self, instance: str) -> Postgres:
        if instance not in self._running:
            raise RunbookError(f"DB instance {instance} has no database")
        return self._running[instance]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        instances = cast("_Server", self.server).instances
        try:
            answer = instances.handle(json.loads(self.rfile.readline()))
        except RunbookError as error:
            answer = {"error": error.message}
        except Exception as error:
            answer = {"error": f"the rehearsal's database service failed: {type(error).__name__}: {error}"}
            raise
        finally:
            self.wfile.write(json.dumps(answer).encode() + b"\n")


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, instances: Instances) -> None:
        self.instances = instances
        unready = path.with_suffix(".unready")
        super().__init__(str(unready), _Handler)
        unready.chmod(0o600)
        unready.rename(path)  # who sees the socket can connect to it, and only its owner ever could


def main(directory: Path) -> None:
    """Serve until SIGTERM."""
    os.umask(0o077)
    instances = Instances(directory)
    server = _Server(directory / "socket", instances)

    def end(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    server.serve_forever(poll_interval=0.1)
    instances.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
