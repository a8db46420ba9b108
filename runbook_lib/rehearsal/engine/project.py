"""The project: `Pulumi.yaml`, found in the working directory or above it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runbook_lib.rehearsal.engine.errors import EngineError

NAMES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


@dataclass(frozen=True)
class Project:
    """What Pulumi.yaml says.

    Args:
        file: The project file.
        data: Its content.
    """

    file: Path
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """The project's name."""
        return str(self.data["name"])

    @property
    def folder(self) -> Path:
        """The folder of the project file."""
        return self.file.parent

    @property
    def runtime_options(self) -> dict[str, Any]:
        """The options of the language runtime."""
        runtime = self.data["runtime"]
        return dict(runtime.get("options") or {}) if isinstance(runtime, dict) else {}

    @property
    def program(self) -> Path:
        """The folder of the program, or the file itself if `main` names one."""
        return (self.folder / (self.data.get("main") or ".")).resolve()

    @property
    def backend_url(self) -> str:
        """The backend the project asks for; empty if it does not say."""
        return str((self.data.get("backend") or {}).get("url") or "")

    @property
    def config(self) -> dict[str, Any]:
        """The configuration the project declares."""
        return dict(self.data.get("config") or {}) if isinstance(self.data.get("config"), dict) else {}

    def plugin_folders(self) -> dict[str, Path]:
        """Folders of provider plugins by package, from `plugins.providers`."""
        providers = (self.data.get("plugins") or {}).get("providers") or []
        return {item["name"]: (self.folder / item["path"]).resolve() for item in providers if item.get("path")}

    def stack_file(self, stack: str, override: str | None = None) -> Path:
        """The stack's configuration file: `Pulumi.<stack>.yaml`, or what `--config-file` says."""
        if override:
            return Path(override).resolve()
        folder = self.data.get("stackConfigDir") or (self.data["config"] if isinstance(self.data.get("config"), str) else ".")
        return self.folder / folder / f"Pulumi.{stack}{self.file.suffix if self.file.suffix == '.json' else '.yaml'}"


def load_project(start: Path | None = None) -> Project:
    """Find and read the project file.

    Raises:
        EngineError: if there is none, or it is not one this engine can run.
    """
    start = start or Path.cwd()
    for folder in (start, *start.parents):
        for name in NAMES:
            if (folder / name).is_file():
                return _read(folder / name)
    raise EngineError(
        "no Pulumi.yaml project file found (searching upwards from "
        f"{os.fspath(start)}). If you have not created a project yet, use `pulumi new` to do so"
    )


def _read(file: Path) -> Project:
    import yaml

    from runbook_lib.rehearsal.engine.yaml_io import load

    try:
        data = load(file)
    except yaml.YAMLError as error:
        raise EngineError(f"could not unmarshal '{file}': {error}") from error
    if not isinstance(data, dict) or not data.get("name"):
        raise EngineError(f"failed to load project: project '{file}' is missing a 'name' attribute")
    if not data.get("runtime"):
        raise EngineError(f"failed to load project: project '{file}' is missing a 'runtime' attribute")
    runtime = data["runtime"]["name"] if isinstance(data["runtime"], dict) else data["runtime"]
    if runtime != "python":
        raise EngineError(f"{file}: the embedded engine runs Python programs only, not runtime '{runtime}'")
    return Project(file, data)
