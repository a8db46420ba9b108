"""The program's process, from the engine's side: what it is told, what it prints, how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from runbook_lib.rehearsal.engine.errors import EngineError
from runbook_lib.rehearsal.engine.spawn import spawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from runbook_lib.rehearsal.engine.project import Project
    from runbook_lib.rehearsal.engine.run import Run
    from runbook_lib.rehearsal.engine.spawn import Child

SHOWN_ITS_ERROR = 32  # the exit code of a program whose traceback the engine has been sent already
LAUNCHER = Path(__file__).with_name("launcher.py")


def launch(project: Project) -> Program:
    """Start the program's process: it imports the SDK while the engine gets ready, then waits to be told what to run.

    Args:
        project: The project, whose program runs.

    Raises:
        EngineError: if there is no program, or no interpreter for it.
    """
    program = project.program
    if not program.exists():
        raise EngineError(f"project 'main' could not be read: stat {program}: no such file or directory")
    folder = program if program.is_dir() else program.parent
    command = [str(_interpreter(project)), "-u", str(LAUNCHER)]
    return Program(project, spawn(command, folder=folder, environment=_environment(), talk=True))


def _environment() -> dict[str, str]:
    """The program's environment: without the way to this package, which is the engine's own."""
    ours = str(Path(__file__).resolve().parents[3])
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and path != ours]
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)} if paths else kept


def _interpreter(project: Project) -> Path:
    """The Python of `runtime.options.virtualenv` if it has one, else the engine's own."""
    if virtualenv := project.runtime_options.get("virtualenv"):
        for folder in (project.folder, Path.cwd()):
            python = folder / str(virtualenv) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
            if python.exists():
                return python
        raise EngineError(f"{project.file}: runtime.options.virtualenv is '{virtualenv}', but there is no Python in that folder")
    return Path(sys.executable)


class Program:
    """The program's process.

    Args:
        project: The project, whose program it runs.
        process: The process, with its standard streams as pipes.
    """

    def __init__(self, project: Project, process: Child) -> None:
        self._project = project
        self._process = process
        self._readers: list[threading.Thread] = []

    def begin(self, run: Run, address: str, on_line: Callable[[str, str], None]) -> None:
        """Tell it what to run.

        Args:
            run: The running operation.
            address: Where the engine serves both of its services.
            on_line: Gets each line it prints, with the severity `info` or `info#err`.
        """
        project = self._project
        orders = {
            "program": str(project.program),
            "project": project.name,
            "stack": run.stack,
            "address": address,
            "dry_run": run.dry_run,
            "parallel": run.options.parallel,
            "root": str(project.folder),
            "debug": run.options.debug,
            "config": {key: value.text for key, value in run.config.items()},
            "secret_keys": [key for key, value in run.config.items() if value.secret],
        }
        process = self._process
        self._readers = [self._follow(process.stdout, "info", on_line), self._follow(process.stderr, "info#err", on_line)]
        if process.stdin:
            with contextlib.suppress(BrokenPipeError), process.stdin:  # one that has ended says why on its own
                process.stdin.write(json.dumps(orders) + "\n")

    def wait(self) -> int:
        """Wait for its end and for its last line; its exit code."""
        code = self._process.wait()
        for reader in self._readers:
            reader.join(timeout=5)
        return code

    def kill(self) -> None:
        """End it at once; it has nothing to save."""
        self._process.kill()

    @staticmethod
    def _follow(stream: IO[str] | None, severity: str, on_line: Callable[[str, str], None]) -> threading.Thread:
        def follow() -> None:
            for line in stream or ():
                on_line(severity, line)

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        return thread
