"""The AWS emulator (MiniStack) as a child of this process, on the loopback interface and a free port.

with Emulator.start(directory) as emulator:
    boto3.client("s3", endpoint_url=emulator.endpoint)
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from runbook_lib.errors import EngineError, UsageError
from runbook_lib.rehearsal.guard import Guarded

if TYPE_CHECKING:
    from types import TracebackType

HOST = "127.0.0.1"
START_SECONDS = 60.0
SOURCE = Path(__file__).parents[2]


class Emulator:
    """A running emulator; made by ``start``."""

    def __init__(self, port: int, process: Guarded, log: Path) -> None:
        self.port = port
        self.log = log
        self._process = process

    @classmethod
    def start(cls, log: Path, *, port: int = 0, region: str = "us-east-1", enforce_iam: bool = True) -> Self:
        """Start one and wait until it answers: ``begin`` and ``wait``."""
        emulator = cls.begin(log, port=port, region=region, enforce_iam=enforce_iam)
        emulator.wait()
        return emulator

    @classmethod
    def begin(cls, log: Path, *, port: int = 0, region: str = "us-east-1", enforce_iam: bool = True) -> Self:
        """Start one; ``wait`` returns when it answers.

        Args:
            log: The file that its output is appended to.
            port: The port to serve on; 0 is any free one.
            region: Where a request belongs that does not say it: one to a load balancer, which nobody signs.
            enforce_iam: Whether policies are enforced, as AWS does.

        Raises:
            UsageError: The port is taken.
        """
        listener = _listen(port)
        port = listener.getsockname()[1]
        directory = Path(tempfile.mkdtemp(prefix="runbook-emulator-"))
        with listener:
            listener.set_inheritable(True)
            process = Guarded(
                [sys.executable, "-P", "-m", "runbook_lib.rehearsal.launcher", str(listener.fileno())],
                log=log,
                env=_environment(port, directory, region, enforce_iam=enforce_iam),
                remove=directory,
                pass_fds=[listener.fileno()],
            )
        return cls(port, process, log)

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def alive(self) -> bool:
        """Whether the process still runs; an emulator that died took its whole account with it."""
        return self._process.alive()

    def stop(self) -> None:
        """Stop it, with everything that it started."""
        self._process.stop()

    def wait(self) -> None:
        """Return when it answers.

        Raises:
            EngineError: It did not come up; it is stopped.
        """
        deadline = time.monotonic() + START_SECONDS
        while self.alive() and time.monotonic() < deadline:
            if healthy(self.endpoint):
                return
            time.sleep(0.02)
        self.stop()
        last = self.log.read_text(errors="replace").strip().rpartition("\n")[2]
        raise EngineError(f"the emulator did not come up: {last}", remedy=f"Its log is {self.log}.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def healthy(endpoint: str) -> bool:
    """Whether an emulator answers at ``endpoint``."""
    address = urlsplit(endpoint)
    # The standard library's: this is asked before anything else of a rehearsal, and httpx takes longer to import than to ask.
    connection = HTTPConnection(str(address.hostname), address.port, timeout=5)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"port {port} on {HOST} is taken ({error.strerror})", remedy="Leave the port out to get a free one."
        ) from error
    listener.listen(256)
    return listener


def _environment(port: int, directory: Path, region: str, *, enforce_iam: bool) -> dict[str, str]:
    """MiniStack's whole configuration; the user's own AWS settings stay out of it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINISTACK_"))}
    return kept | {
        "PYTHONPATH": str(SOURCE),
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": region,
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "AUTH": "true" if enforce_iam else "false",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{directory}/no-docker",  # it would run, and clean up, containers of the user's
        "TMPDIR": str(directory),
        "S3_DATA_DIR": str(directory / "s3"),
        "STATE_DIR": str(directory / "state"),
    }
