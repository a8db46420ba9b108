"""The process that runs a rehearsal world: nursery, databases, emulator, and the agent for keys.

Usage: ``python -m runbook_lib.rehearsal.supervisor --state FILE``; ``world.start`` starts it and reads the one line of JSON
that it prints. The nursery is started before anything else is even imported: it has the most to import, and steps wait for it.
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
import sys
from pathlib import Path
from typing import NoReturn

from runbook_lib.errors import UsageError
from runbook_lib.forking import SOCKET_VARIABLE
from runbook_lib.rehearsal import nursery as nurseries


def _supervise(state_file: Path, region: str, port: int) -> None:
    """Run a world until standard input ends; after the line ``keep``, until SIGTERM."""
    signal.signal(signal.SIGTERM, _end)
    with contextlib.ExitStack() as running:
        forking: dict[str, str] = {}
        if nursery := nurseries.start(state_file.with_name("nursery.log")):
            running.callback(nursery[1].stop)
            forking = {SOCKET_VARIABLE: str(nursery[0])}
        os.environ.update(forking)  # the emulator runs functions
        from runbook_lib.rehearsal.database import Service

        database = Service.start(state_file.with_name("database.log"))
        running.callback(database.stop)
        os.environ.update(database.env)  # the emulator stops and starts databases too
        from runbook_lib.rehearsal.emulator import Emulator

        emulator = running.enter_context(Emulator.begin(state_file.with_name("emulator.log"), port=port, region=region))
        from runbook_lib.rehearsal.keys import Agent
        from runbook_lib.rehearsal.world import KEEP, State

        emulator.wait()
        database.wait()
        # For Pulumi's commands: the emulator and what it runs have no business with keys.
        agent = running.enter_context(Agent(database.socket.parent))
        state = State(
            pid=os.getpid(),
            name=secrets.token_hex(8),
            file=state_file,
            started=dt.datetime.now(dt.UTC).replace(microsecond=0),
            endpoint=emulator.endpoint,
            env=_environment(state_file, emulator.endpoint, region) | database.env | forking | agent.env,
        )
        unfinished = state_file.with_suffix(".part")
        unfinished.write_text(state.model_dump_json(), encoding="utf-8")
        unfinished.replace(state_file)
        running.callback(state_file.unlink, missing_ok=True)
        print(state.model_dump_json(), flush=True)  # noqa: T201  # the protocol with world.start()
        if os.read(sys.stdin.fileno(), len(KEEP)) == KEEP:
            while True:
                select.select([], [], [], None)  # until SIGTERM


def _environment(state_file: Path, endpoint: str, region: str) -> dict[str, str]:
    """What AWS's clients need to reach the emulator, and nothing of the user's own."""
    home = os.environ.get("HOME")
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **({"HOME": home} if home == str(state_file.parent) else {}),
    }


def _end(*_: object) -> NoReturn:
    raise SystemExit(0)


def main(arguments: list[str]) -> None:
    """The supervisor's command line."""
    parser = argparse.ArgumentParser(prog="runbook_lib.rehearsal.supervisor")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args(arguments)
    try:
        _supervise(given.state, given.region, given.port)
    except UsageError as error:
        print(json.dumps({"error": error.message, "remedy": error.remedy}), flush=True)  # noqa: T201  # the protocol with world.start()
    except Exception as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201  # the protocol with world.start()
        raise


if __name__ == "__main__":
    main(sys.argv[1:])
