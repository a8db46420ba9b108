"""The databases behind the emulator's RDS: a service that runs one real PostgreSQL per DB instance, and its client.

``Service.start`` runs the service as a guarded child; who wants a database (the provider's RDS type, a test) finds it by
the environment variable ``RUNBOOK_REHEARSAL_DATABASE``, a Unix socket only its owner can open, and calls::

    endpoint = provision("payments-staging", "payments_admin", password, "payments", force_ssl=True)
    ...
    deprovision("payments-staging")
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from runbook_lib import places
from runbook_lib.errors import EngineError
from runbook_lib.rehearsal import cluster
from runbook_lib.rehearsal.guard import Guarded

VARIABLE = "RUNBOOK_REHEARSAL_DATABASE"
CA_VARIABLE = "RUNBOOK_REHEARSAL_CA_BUNDLE"
START_SECONDS = 30.0
SOURCE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Endpoint:
    """Where an instance's database listens, and the CA that its certificate is checked against."""

    host: str
    port: int
    ca_bundle: str


class Service:
    """The running service; made by ``start``."""

    def __init__(self, directory: Path, process: Guarded) -> None:
        self._process = process
        self.socket = directory / "socket"
        self.ca_bundle = directory / "ca.pem"

    @classmethod
    def start(cls, log: Path) -> Self:
        """Start it; ``wait`` returns when it answers."""
        directory = places.private("runbook-database-", preferred=cluster.enterable)
        command = [sys.executable, "-P", "-m", "runbook_lib.rehearsal.database_service", str(directory)]
        environment = os.environ | {"PYTHONPATH": str(SOURCE)}
        return cls(directory, Guarded(command, log=log, env=environment, remove=directory))

    def wait(self) -> None:
        """Return when it answers.

        Raises:
            EngineError: It did not come up.
        """
        deadline = time.monotonic() + START_SECONDS
        while not self.socket.exists():
            if not self.alive() or time.monotonic() > deadline:
                self.stop()
                raise EngineError("the rehearsal's database service did not come up", remedy="Its log says why.")
            time.sleep(0.01)

    @property
    def env(self) -> dict[str, str]:
        """What its clients need to find it."""
        return {VARIABLE: str(self.socket), CA_VARIABLE: str(self.ca_bundle)}

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.alive()

    def stop(self) -> None:
        """Stop it with every database."""
        self._process.stop()


def provision(instance: str, user: str, password: str, dbname: str, *, force_ssl: bool) -> Endpoint:
    """Run a database for an RDS instance.

    Args:
        instance: The DB instance identifier.
        user: The master user.
        password: Its password.
        dbname: The first database; may be empty.
        force_ssl: ``rds.force_ssl`` of its parameter group.

    Returns:
        Where it listens; give its port to RDS as the instance's.

    Raises:
        EngineError: No service, or the service refused; its words are in the message.
    """
    answer = _call("provision", instance=instance, user=user, password=password, database=dbname, force_ssl=force_ssl)
    return Endpoint(**answer)


def deprovision(instance: str) -> None:
    """Remove an instance's database with its data; one that is not there is removed."""
    _call("deprovision", instance=instance)


def set_password(instance: str, password: str) -> None:
    """Change the master user's password."""
    _call("set_password", instance=instance, password=password)


def set_force_ssl(instance: str, *, on: bool) -> None:
    """Follow a change of ``rds.force_ssl``; holds for new connections."""
    _call("set_force_ssl", instance=instance, on=on)


def stop(instance: str) -> None:
    """Stop an instance's database, as StopDBInstance does; its data stay."""
    _call("stop", instance=instance)


def start(instance: str) -> None:
    """Start a stopped instance's database, on the same port."""
    _call("start", instance=instance)


def _call(operation: str, **arguments: Any) -> dict[str, Any]:
    """One request, one line of JSON each way."""
    path = os.environ.get(VARIABLE)
    if not path:
        raise EngineError(f"no rehearsal database: {VARIABLE} is not set", remedy="Start a rehearsal world first.")
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2 * START_SECONDS)
            connection.connect(path)
            connection.sendall(json.dumps({"operation": operation, **arguments}).encode() + b"\n")
            answer: dict[str, Any] = json.loads(connection.makefile("rb").readline())
    except (OSError, ValueError) as error:
        raise EngineError(f"the rehearsal's database service does not answer: {error}") from error
    if "error" in answer:
        raise EngineError(str(answer["error"]))
    return answer
