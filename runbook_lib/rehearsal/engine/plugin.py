"""Provider plugins: finding the executable `pulumi-resource-<package>`, starting it, and ending it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from runbook_lib.rehearsal.engine.errors import ProviderError
from runbook_lib.rehearsal.engine.spawn import spawn

if TYPE_CHECKING:
    from collections.abc import Callable

BIN = Path(__file__).resolve().parent.parent / "bin"
GRACE_SECONDS = 5.0


def find(package: str, folders: dict[str, Path]) -> Path:
    """Find a plugin: where Pulumi.yaml says, else on PATH, else beside the embedded command.

    Raises:
        ProviderError: if there is none.
    """
    name = f"pulumi-resource-{package}"
    if package in folders:
        declared = folders[package]
        path = declared if declared.is_file() else declared / name
        if path.is_file():
            return path
        raise ProviderError(f"plugins.providers in Pulumi.yaml: there is no {path} for package '{package}'")
    if found := shutil.which(name) or shutil.which(name, path=str(BIN)):
        return Path(found)
    if package == "pulumi-python":
        raise ProviderError("dynamic providers (pulumi.dynamic) are outside the embedded engine; use the real pulumi command")
    raise ProviderError(
        f"no provider plugin for package '{package}': {name} is neither declared under plugins.providers in "
        f"Pulumi.yaml nor on PATH; the embedded engine does not download plugins"
    )


class PluginProcess:
    """A running plugin.

    Args:
        path: The executable.
        engine_address: Where it reaches the engine, its one argument.
        folder: The program's working directory, which is the plugin's too.
        on_output: Gets each line it writes after its port, and all it writes to standard error.
    """

    def __init__(self, path: Path, *, engine_address: str, folder: Path, on_output: Callable[[str], None]) -> None:
        self.path = path
        self._on_output = on_output
        try:
            self._process = spawn([str(path), engine_address], folder=folder, environment=os.environ)
        except OSError as error:
            raise ProviderError(f"could not start plugin {path}: {error.strerror}") from error
        self._errors: list[str] = []
        self._follow(self._process.stderr, self._errors)

    def address(self) -> str:
        """Wait for the port it prints.

        Raises:
            ProviderError: if it ends, or prints something else.
        """
        stdout = self._process.stdout
        line = stdout.readline().strip() if stdout else ""
        if not line.isdigit():
            self._process.kill()
            self._process.wait()
            said = "\n".join(self._errors[-20:])
            raise ProviderError(f"could not read plugin [{self.path}] port: it printed {line!r}\n{said}".rstrip())
        self._follow(stdout, [])
        return f"127.0.0.1:{line}"

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def end(self) -> None:
        """End it: politely, then not."""
        self._process.terminate()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _follow(self, stream: IO[str] | None, kept: list[str]) -> None:
        def follow() -> None:
            for line in stream or ():
                kept.append(line.rstrip("\n"))
                self._on_output(line)

        threading.Thread(target=follow, daemon=True).start()
