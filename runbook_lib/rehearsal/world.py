"""A whole rehearsal world: emulator and databases, run by a process (``supervisor``) that ends with whoever started it.

    with world.start(directory) as here:
        subprocess.run([...], env=here.environment())

``here.keep()`` lets it live on after that; ``attach`` finds it again by its state file, until ``stop``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self, cast

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from runbook_lib import places
from runbook_lib.errors import EngineError, UsageError
from runbook_lib.rehearsal.emulator import healthy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

STATE = "world.json"
KEEP = b"keep\n"
SUPERVISOR = "runbook_lib.rehearsal.supervisor"
STOP_SECONDS = 30.0
PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "grpc_proxy"})
SOURCE = Path(__file__).parents[2]


class State(BaseModel):
    """What the supervisor says when it is ready, and what its state file holds.

    Attributes:
        pid: The supervisor's process id.
        file: The state file as the supervisor's command line names it: process ids are used again, and clocks are set.
        started: When it was ready, UTC.
        endpoint: The emulator's address.
        env: What clients need in their environment.
        name: Random, and no other world's; a world that was started before worlds had names has none.
    """

    model_config = ConfigDict(frozen=True)

    pid: int
    file: Path
    started: dt.datetime
    endpoint: str
    env: dict[str, str]
    name: str = ""


class World:
    """A running world; made by ``start`` or ``attach``."""

    def __init__(self, state: State, supervisor: subprocess.Popen[bytes] | None) -> None:
        self.state = state
        self._supervisor = supervisor

    @property
    def endpoint(self) -> str:
        """The emulator's address."""
        return self.state.endpoint

    @property
    def env(self) -> Mapping[str, str]:
        """What clients need in their environment, on top of one that says nothing about AWS; see ``environment``."""
        return self.state.env

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """``base`` for a process in this world: the user's own AWS settings out, this world's in, and no proxy on the way."""
        return without_proxy({name: value for name, value in base.items() if not name.startswith("AWS_")}) | self.state.env

    def alive(self) -> bool:
        """Whether the supervisor runs and the emulator answers."""
        return _process(self.state) is not None and healthy(self.endpoint)

    def keep(self) -> None:
        """Let it live on when this process ends; ``stop`` still ends it."""
        if self._supervisor is not None and self._supervisor.stdin is not None:
            self._supervisor.stdin.write(KEEP)
            self._supervisor.stdin.close()
            self._supervisor.stdin = None

    def stop(self) -> None:
        """End it, with everything in it; done when nothing of it runs."""
        process = _process(self.state)
        if process is not None:
            process.terminate()
            with contextlib.suppress(psutil.NoSuchProcess):
                process.wait(STOP_SECONDS)
        if self._supervisor is not None:
            if self._supervisor.stdin is not None:
                self._supervisor.stdin.close()
            self._supervisor.wait(STOP_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # A world that is kept is no longer this process's to end.
        if self._supervisor is not None and self._supervisor.stdin is not None:
            self.stop()


def without_proxy(base: Mapping[str, str]) -> dict[str, str]:
    """``base`` without proxies: everything in a world is on this machine, and gRPC and boto3 would go out for it."""
    return {name: value for name, value in base.items() if name.lower() not in PROXIES}


def start(directory: Path, *, region: str = "us-east-1", port: int = 0, meanwhile: Callable[[], object] | None = None) -> World:
    """Start a world and wait until it answers.

    Args:
        directory: For its logs and its state file (``world.json``); made if need be.
        region: The region that clients get as their default.
        port: The emulator's port; 0 is any free one.
        meanwhile: What to do while it comes up.

    Raises:
        UsageError: The port is taken.
        EngineError: It did not come up; the message says why.
    """
    directory.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", SUPERVISOR, "--state", str(directory / STATE)]
    with (directory / "world.log").open("ab") as log:
        supervisor = subprocess.Popen(
            [*command, "--region", region, "--port", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=without_proxy(os.environ) | places.home(directory) | {"PYTHONPATH": str(SOURCE)},
            start_new_session=True,  # Ctrl-C is for this process, which then ends the world in its own order
        )
    if meanwhile:
        meanwhile()
    with cast("IO[bytes]", supervisor.stdout) as output:
        line = output.readline()
    answer: dict[str, Any] = json.loads(line) if line else {"error": "the supervisor ended"}
    if "error" in answer:
        supervisor.wait(STOP_SECONDS)
        if "remedy" in answer:
            raise UsageError(answer["error"], remedy=answer["remedy"])
        raise EngineError(f"the rehearsal world did not come up: {answer['error']}", remedy=f"Logs are in {directory}.")
    return World(State.model_validate(answer), supervisor)


def attach(state_file: Path) -> World | None:
    """The world that ``state_file`` tells of, or None if it no longer runs."""
    try:
        state = State.model_validate_json(state_file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    return World(state, None) if _process(state) else None


def _process(state: State) -> psutil.Process | None:
    """The supervisor's process, if it still is that one."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):  # another user's is not ours either
        process = psutil.Process(state.pid)
        if str(state.file) in process.cmdline():  # a zombie has none
            return process
    return None
