"""A process that the nursery forks: what is asked for, and becoming it."""

from __future__ import annotations

import array
import atexit
import json
import os
import runpy
import signal
import socket
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from runbook_lib.forked import PASSED_ON
from runbook_lib.rehearsal.nursery_imports import SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_REQUEST = 1 << 20
STREAMS = 3
FLAGS = frozenset({"-u", "-P"})
"""Of the interpreter's options those that a child follows anyway."""


@dataclass(frozen=True)
class Request:
    """What a caller wants to have started."""

    command: list[str]
    folder: str
    environment: dict[str, str]
    ignored: list[int]

    def arguments(self) -> list[str]:
        """The command as arguments of the interpreter: a file or ``-m module``, and its own; empty if it is no such."""
        program, *arguments = self.command
        same = Path(program).parent.resolve() == Path(sys.executable).parent.resolve()
        if not same or _settings(self.environment) != _settings(os.environ):
            return []
        while arguments and arguments[0] in FLAGS:
            arguments.pop(0)
        return [] if arguments and arguments[0].startswith("-") and arguments[0] != "-m" else arguments


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    """What the interpreter reads once, when it starts, but for its path, which a child follows."""
    return {name: value for name, value in environment.items() if name.startswith("PYTHON") and name != "PYTHONPATH"}


def receive(connection: socket.socket) -> tuple[Request | None, list[int]]:
    """Read a request and the descriptors of the standard streams; no request if the caller is gone."""
    content, descriptors = b"", array.array("i")
    while not content.endswith(b"\n"):
        part, ancillary, _, _ = connection.recvmsg(LONGEST_REQUEST, socket.CMSG_SPACE(STREAMS * descriptors.itemsize))
        for _, kind, given in ancillary:
            if kind == socket.SCM_RIGHTS:
                descriptors.frombytes(given)
        if not part:
            return None, list(descriptors)
        content += part
    return Request(**json.loads(content)), list(descriptors)


def become(request: Request, streams: list[int]) -> None:
    """Take over session, signals, streams, folder and environment from the request."""
    for number in (signal.SIGCHLD, *PASSED_ON):
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN if number in request.ignored else usual)
    os.setsid()
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w", buffering=1), open(2, "w", buffering=1)  # noqa: SIM115
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    named = [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[:] = [*named, *(folder for folder in sys.path if folder != str(SOURCE))]


def run(arguments: list[str]) -> NoReturn:
    """Run a file or ``-m module`` to its end, and end as the interpreter does, but without taking apart what was shared."""
    code = _run(arguments)
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - waits for threads, as multiprocessing does
    atexit._run_exitfuncs()  # noqa: SLF001 - the interpreter's own end would, and would then free every module
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _run(arguments: list[str]) -> int:
    try:
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            sys.path.insert(0, str(Path(arguments[0]).parent))  # as the interpreter does; who minds takes it out again
            runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)  # noqa: T201 - as the interpreter does
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter itself does at its top
        traceback.print_exc()
        return 1
    return 0
