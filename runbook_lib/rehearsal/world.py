"""A whole rehearsal world: emulator and databases, run by a supervisor process that ends with whoever started it.

    with world.start(directory) as here:
        subprocess.run([...], env=here.environment())

``here.keep()`` lets it live on after that; ``attach`` finds it again by its state file, until ``stop``.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import secrets
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, Self, cast

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from runbook_lib import places
from runbook_lib.errors import EngineError, UsageError
from runbook_lib.forked import SOCKET_VARIABLE
from runbook_lib.rehearsal import nursery as nurseries
from runbook_lib.rehearsal.database import Service
from runbook_lib.rehearsal.emulator import Emulator, healthy
from runbook_lib.rehearsal.keys import Agent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

STATE = "world.json"
KEEP = b"keep\n"
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


def start(directory: Path, *, region: str = "us-east-1", port: int = 0) -> World:
    """Start a world and wait until it answers.

    Args:
        directory: For its logs and its state file (``world.json``); made if need be.
        region: The region that clients get as their default.
        port: The emulator's port; 0 is any free one.

    Raises:
        UsageError: The port is taken.
        EngineError: It did not come up; the message says why.
    """
    directory.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", "runbook_lib.rehearsal.world", "--state", str(directory / STATE)]
    with (directory / "world.log").open("ab") as log:
        supervisor = subprocess.Popen(
            [*command, "--region", region, "--port", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=without_proxy(os.environ) | places.home(directory) | {"PYTHONPATH": str(SOURCE)},
            start_new_session=True,  # Ctrl-C is for this process, which then ends the world in its own order
        )
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


def _supervise(state_file: Path, region: str, port: int) -> None:
    """Run a world until standard input ends; after the line ``keep``, until SIGTERM."""

    def end(*_: object) -> NoReturn:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    with contextlib.ExitStack() as running:
        forking: dict[str, str] = {}
        if nursery := nurseries.start(state_file.with_name("nursery.log")):
            running.callback(nursery[1].stop)
            forking = {SOCKET_VARIABLE: str(nursery[0])}
        os.environ.update(forking)  # the emulator runs functions
        database = Service.start(state_file.with_name("database.log"))
        running.callback(database.stop)
        agent = running.enter_context(Agent(database.socket.parent))
        os.environ.update(database.env)  # the emulator stops and starts databases too
        emulator = running.enter_context(Emulator.start(state_file.with_name("emulator.log"), port=port))
        database.wait()
        state = State(
            pid=os.getpid(),
            name=secrets.token_hex(8),
            file=state_file,
            started=dt.datetime.now(dt.UTC).replace(microsecond=0),
            endpoint=emulator.endpoint,
            env={
                "AWS_ENDPOINT_URL": emulator.endpoint,
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_REGION": region,
                "AWS_DEFAULT_REGION": region,
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                **({"HOME": home} if (home := os.environ.get("HOME")) == str(state_file.parent) else {}),
                **database.env,
                **forking,
                **agent.env,  # for Pulumi's commands: the emulator and what it runs have no business with keys
            },
        )
        unfinished = state_file.with_suffix(".part")
        unfinished.write_text(state.model_dump_json(), encoding="utf-8")
        unfinished.replace(state_file)
        running.callback(state_file.unlink, missing_ok=True)
        print(state.model_dump_json(), flush=True)  # noqa: T201  # the protocol with start()
        if os.read(sys.stdin.fileno(), len(KEEP)) == KEEP:
            while True:
                select.select([], [], [], None)  # until SIGTERM


def main(arguments: list[str]) -> None:
    """The supervisor's command line."""
    parser = argparse.ArgumentParser(prog="runbook_lib.rehearsal.world")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        _supervise(given.state, given.region, given.port)
    except UsageError as error:
        print(json.dumps({"error": error.message, "remedy": error.remedy}), flush=True)  # noqa: T201  # the protocol with start()
    except Exception as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201  # the protocol with start()
        raise


if __name__ == "__main__":
    main(sys.argv[1:])
